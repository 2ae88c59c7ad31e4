/** The table of nodes. Taints and pressure are not in it. Rules: DS-C4. */
import { compareKeys } from '@everynode/core/api/meta';
import { readField, readList, readMap, readText } from '../readField.ts';
import type { ServedObject } from '../server.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN, type TableMaker, wide } from './table.ts';

export const NODES: TableMaker = {
  columns: [
    NAME_COLUMN,
    column('Status'),
    column('Roles'),
    AGE_COLUMN,
    column('Version'),
    ...['Internal-IP', 'External-IP', 'OS-Image', 'Kernel-Version', 'Container-Runtime'].map((name) => wide(name)),
  ],
  cellsOf: (node, { nowMs }) => [
    node.metadata.name,
    statusOf(node),
    rolesOf(node),
    ageOf(node, nowMs),
    readText(node, 'status.nodeInfo.kubeletVersion'),
    addressOf(node, 'InternalIP'),
    addressOf(node, 'ExternalIP'),
    readText(node, 'status.nodeInfo.osImage') || '<unknown>',
    readText(node, 'status.nodeInfo.kernelVersion') || '<unknown>',
    readText(node, 'status.nodeInfo.containerRuntimeVersion') || '<unknown>',
  ],
};

/** A condition that stands there twice counts as it stands there last. */
function statusOf(node: ServedObject): string {
  const ready = readList(node, 'status.conditions')
    .filter((condition) => condition['type'] === 'Ready')
    .at(-1);
  const status = ready === undefined ? 'Unknown' : ready['status'] === 'True' ? 'Ready' : 'NotReady';
  return readField(node, 'spec.unschedulable') === true ? `${status},SchedulingDisabled` : status;
}

const ROLE_PREFIX = 'node-role.kubernetes.io/';

function rolesOf(node: ServedObject): string {
  const roles = new Set<string>();
  for (const [key, value] of Object.entries(readMap(node.metadata, 'labels'))) {
    if (key.startsWith(ROLE_PREFIX) && key.length > ROLE_PREFIX.length) roles.add(key.slice(ROLE_PREFIX.length));
    else if (key === 'kubernetes.io/role' && value !== '') roles.add(value);
  }
  return roles.size === 0 ? '<none>' : [...roles].sort(compareKeys).join(',');
}

function addressOf(node: ServedObject, type: string): string {
  const found = readList(node, 'status.addresses').find((address) => address['type'] === type);
  return found === undefined ? '<none>' : readText(found, 'address');
}
