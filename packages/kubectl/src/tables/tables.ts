/** Which kind has which table. */
import type { ServedObject } from '../server.ts';
import { DAEMON_SETS } from './daemonSets.ts';
import { EVENTS } from './events.ts';
import { NODES } from './nodes.ts';
import { PODS } from './pods.ts';
import {
  CONTROLLER_REVISIONS,
  DISRUPTION_BUDGETS,
  LEASES,
  NAMESPACES,
  OTHERS,
  RESOURCE_QUOTAS,
} from './smallTables.ts';
import type { Table, TableContext, TableMaker } from './table.ts';

const TABLES: Readonly<Record<string, TableMaker>> = {
  DaemonSet: DAEMON_SETS,
  Pod: PODS,
  Node: NODES,
  Event: EVENTS,
  ControllerRevision: CONTROLLER_REVISIONS,
  Lease: LEASES,
  Namespace: NAMESPACES,
  PodDisruptionBudget: DISRUPTION_BUDGETS,
  ResourceQuota: RESOURCE_QUOTAS,
};

/** The table of some objects of one kind, in their order. */
export function makeTable(kind: string, objects: readonly ServedObject[], context: TableContext): Table {
  const { columns, cellsOf } = (Object.hasOwn(TABLES, kind) ? TABLES[kind] : undefined) ?? OTHERS;
  return { columns, rows: objects.map((object) => ({ cells: cellsOf(object, context), object })) };
}
