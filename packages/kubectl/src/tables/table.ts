/**
 * What the server answers to a request for a table: columns and rows, in the shape of `meta.k8s.io/v1 Table`.
 * Twin: kubernetes pkg/printers. Rules: DS-C2…DS-C10.
 */
import type { ServedObject } from '../server.ts';

export interface Column {
  /** As in the API, such as `Up-to-date`; a header shows it in capitals. */
  readonly name: string;
  readonly type: 'string' | 'integer';
  /** `name` marks the column that a table of several kinds prefixes. */
  readonly format: '' | 'name';
  /** 0 is always shown, anything above in wide tables only. */
  readonly priority: number;
}

export type Cell = string | number;

export interface Row {
  /** One cell per column. */
  readonly cells: readonly Cell[];
  readonly object: ServedObject;
}

export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly Row[];
}

/** What rows depend on beside their object. */
export interface TableContext {
  readonly nowMs: number;
  /** Minor of the server's version: it makes the cells. */
  readonly minor: number;
}

/** The table of one kind. */
export interface TableMaker {
  readonly columns: readonly Column[];
  readonly cellsOf: (object: ServedObject, context: TableContext) => readonly Cell[];
}

export function column(name: string, options: Partial<Omit<Column, 'name'>> = {}): Column {
  return { name, type: 'string', format: '', priority: 0, ...options };
}

export const NAME_COLUMN: Column = column('Name', { format: 'name' });
export const AGE_COLUMN: Column = column('Age');

/** A column of wide tables. */
export function wide(name: string, options: Partial<Omit<Column, 'name'>> = {}): Column {
  return column(name, { priority: 1, ...options });
}
