/** A table as `kubectl get` shows it: which columns, what stands before a name, which labels. Twin: cli-runtime printers tableprinter.go. Rules: DS-C1. */
import { qualifiedName } from './resourceTypes.ts';
import { formatLabels } from './tables/labels.ts';
import type { Row, Table } from './tables/table.ts';

export interface TableTextOptions {
  readonly wide: boolean;
  readonly noHeaders: boolean;
  readonly withNamespace: boolean;
  /** Names get their kind: `daemonset.apps/x`. */
  readonly withKind: boolean;
  readonly labelColumns: readonly string[];
  readonly showLabels: boolean;
}

/** The header and the rows, cells apart by tabs; nothing where there is no row. */
export function tableLines({ columns, rows }: Table, options: TableTextOptions): readonly string[] {
  const shown = columns.flatMap(({ priority }, at) => (options.wide || priority === 0 ? [at] : []));
  const header = decorate(
    shown.map((at) => columns[at]?.name ?? ''),
    {
      namespace: 'Namespace',
      labels: options.labelColumns.map((label) => label.slice(label.lastIndexOf('/') + 1)),
      all: 'Labels',
    },
    options,
  );
  const nameAt = options.withKind
    ? columns.findIndex(({ format, type }) => format === 'name' && type === 'string')
    : -1;
  const lines = rows.map((row) => rowCells(row, shown, nameAt, options).map(cellText).join('\t'));
  return options.noHeaders || rows.length === 0 ? lines : [header.join('\t').toUpperCase(), ...lines];
}

interface Extras {
  readonly namespace: string;
  readonly labels: readonly string[];
  readonly all: string;
}

function decorate(cells: readonly string[], extras: Extras, options: TableTextOptions): readonly string[] {
  return [
    ...(options.withNamespace ? [extras.namespace] : []),
    ...cells,
    ...extras.labels,
    ...(options.showLabels ? [extras.all] : []),
  ];
}

function rowCells(row: Row, shown: readonly number[], nameAt: number, options: TableTextOptions): readonly string[] {
  const { object } = row;
  const labels = object.metadata.labels ?? {};
  const cells = shown.map((at) => {
    const text = String(row.cells[at] ?? '');
    return at === nameAt ? qualifiedName(object, text) : text;
  });
  const extras = {
    namespace: object.metadata.namespace ?? '',
    labels: options.labelColumns.map((label) => (Object.hasOwn(labels, label) ? (labels[label] ?? '') : '')),
    all: options.showLabels ? formatLabels(labels) : '',
  };
  return decorate(cells, extras, options);
}

/** A cell is one line, and cannot steer a terminal. */
function cellText(text: string): string {
  const end = text.search(/[\f\n\r]/);
  const shown = end < 0 ? text : `${text.slice(0, end)}...`;
  return shown.replaceAll('\x1b', '^[');
}
