/** Tables of a few columns: revisions, leases, disruption budgets, namespaces, and anything that has no table of its own. Rules: DS-C5. */
import { controllerOf } from '@everynode/core/api/meta';
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

export const OTHERS: TableMaker = {
  columns: [NAME_COLUMN, AGE_COLUMN],
  cellsOf: (object, context) => [object.metadata.name, ageOf(object, context.nowMs)],
};
