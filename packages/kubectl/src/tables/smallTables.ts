/** Tables of a few columns: revisions, leases, namespaces, and anything that has no table of its own. Rules: DS-C5. */
import { controllerOf } from '@everynode/core/api/meta';
import { readField, readNumber, readText } from '../readField.ts';
import { qualifiedName } from '../resourceTypes.ts';
import type { ServedObject } from '../server.ts';
import { ageSince } from './age.ts';
import { AGE_COLUMN, column, NAME_COLUMN, type TableContext, type TableMaker } from './table.ts';

export const CONTROLLER_REVISIONS: TableMaker = {
  columns: [NAME_COLUMN, column('Controller'), column('Revision'), AGE_COLUMN],
  cellsOf: (revision, context) => {
    const owner = controllerOf(revision);
    return [
      revision.metadata.name,
      owner === undefined ? '<none>' : qualifiedName(owner, owner.name),
      readNumber(revision, 'revision'),
      ageOf(revision, context),
    ];
  },
};

export const LEASES: TableMaker = {
  columns: [NAME_COLUMN, column('Holder'), AGE_COLUMN],
  cellsOf: (lease, context) => [lease.metadata.name, readText(lease, 'spec.holderIdentity'), ageOf(lease, context)],
};

export const NAMESPACES: TableMaker = {
  columns: [NAME_COLUMN, column('Status'), AGE_COLUMN],
  cellsOf: (namespace, context) => [
    namespace.metadata.name,
    readText(namespace, 'status.phase'),
    ageOf(namespace, context),
  ],
};

export const OTHERS: TableMaker = {
  columns: [NAME_COLUMN, AGE_COLUMN],
  cellsOf: (object, context) => [object.metadata.name, ageOf(object, context)],
};

function ageOf(object: ServedObject, { nowMs }: TableContext): string {
  return ageSince(readField(object, 'metadata.creationTimestamp'), nowMs);
}
