/** Tables of a few columns: revisions, leases, disruption budgets, namespaces, quotas, and anything that has no table of its own. Rules: DS-C5. */
import { compareKeys, controllerOf } from '@everynode/core/api/meta';
import type { ResourceList } from '@everynode/core/api/node';
import { canonicalQuantity } from '@everynode/core/api/quantityText';
import { readNumber, readText } from '../readField.ts';
import { qualifiedName } from '../resourceTypes.ts';
import { ageOf } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN, type TableMaker } from './table.ts';

export const CONTROLLER_REVISIONS: TableMaker = {
  columns: [NAME_COLUMN, column('Controller'), column('Revision'), AGE_COLUMN],
  cellsOf: (revision, context) => {
    const owner = controllerOf(revision);
    return [
      revision.metadata.name,
      owner === undefined ? '<none>' : qualifiedName(owner, owner.name),
      readNumber(revision, 'revision'),
      ageOf(revision, context.nowMs),
    ];
  },
};

export const LEASES: TableMaker = {
  columns: [NAME_COLUMN, column('Holder'), AGE_COLUMN],
  cellsOf: (lease, context) => [
    lease.metadata.name,
    readText(lease, 'spec.holderIdentity'),
    ageOf(lease, context.nowMs),
  ],
};

export const DISRUPTION_BUDGETS: TableMaker = {
  columns: [
    NAME_COLUMN,
    column('Min Available'),
    column('Max Unavailable'),
    column('Allowed Disruptions', { type: 'integer' }),
    AGE_COLUMN,
  ],
  cellsOf: (budget, context) => [
    budget.metadata.name,
    readText(budget, 'spec.minAvailable') || 'N/A',
    readText(budget, 'spec.maxUnavailable') || 'N/A',
    readNumber(budget, 'status.disruptionsAllowed'),
    ageOf(budget, context.nowMs),
  ],
};

export const NAMESPACES: TableMaker = {
  columns: [NAME_COLUMN, column('Status'), AGE_COLUMN],
  cellsOf: (namespace, context) => [
    namespace.metadata.name,
    readText(namespace, 'status.phase'),
    ageOf(namespace, context.nowMs),
  ],
};

/** In use and allowed, of each resource; what begins with `limits.` stands apart. */
export const RESOURCE_QUOTAS: TableMaker = {
  columns: [NAME_COLUMN, column('Request'), column('Limit'), AGE_COLUMN],
  cellsOf: (quota, context) => {
    const { hard = {}, used = {} } = (quota['status'] ?? {}) as Readonly<Record<string, ResourceList>>;
    const names = Object.keys(hard).sort(compareKeys);
    const listed = (isLimit: boolean): string =>
      names
        .filter((name) => name.startsWith('limits.') === isLimit)
        .map((name) => `${name}: ${canonicalQuantity(used[name] ?? '0')}/${canonicalQuantity(hard[name] ?? '0')}`)
        .join(', ');
    return [quota.metadata.name, listed(false), listed(true), ageOf(quota, context.nowMs)];
  },
};

export const OTHERS: TableMaker = {
  columns: [NAME_COLUMN, AGE_COLUMN],
  cellsOf: (object, context) => [object.metadata.name, ageOf(object, context.nowMs)],
};
