/** `-o custom-columns=NAME:.metadata.name,…`. Twin: kubectl get customcolumn.go. */
import type { PrinterChoice } from '../printer.ts';
import { isFields } from '../readField.ts';
import { alignTabs, TABLE_STYLE } from '../tabWriter.ts';
import { goPrint } from './goQuote.ts';
import { findValues } from './jsonPathEval.ts';
import type { Template } from './jsonPathParser.ts';
import { parseRelaxedPath } from './relaxedPath.ts';

interface Column {
  readonly header: string;
  readonly parse: Extract<ReturnType<typeof parseRelaxedPath>, { readonly ok: true }>['parse'];
}

/** `columns` is not empty. */
export function customColumnsPrinter(columns: string, { noHeaders }: { readonly noHeaders: boolean }): PrinterChoice {
  const parsed: Column[] = [];
  for (const part of columns.split(',')) {
    const colon = part.indexOf(':');
    if (colon < 0) {
      return { ok: false, error: `unexpected custom-columns spec: ${part}, expected <header>:<json-path-expr>` };
    }
    const path = parseRelaxedPath(part.slice(colon + 1));
    if (!path.ok) return path;
    parsed.push({ header: part.slice(0, colon), parse: path.parse });
  }
  return { ok: true, print: (data) => printRows(parsed, data, noHeaders) };
}

/** What was printed before something went wrong stays. */
function printRows(
  columns: readonly Column[],
  data: unknown,
  noHeaders: boolean,
): { readonly text: string; readonly error?: string } {
  const lines: string[] = noHeaders ? [] : [columns.map(({ header }) => header).join('\t')];
  const error = addRows(columns, data, lines);
  // A line break in a cell breaks the line for the layout too.
  const text = alignTabs(lines.join('\n').split('\n'), TABLE_STYLE)
    .map((line) => `${line}\n`)
    .join('');
  const shown = lines.length === 0 ? '' : text;
  return error === undefined ? { text: shown } : { text: shown, error };
}

function addRows(columns: readonly Column[], data: unknown, lines: string[]): string | undefined {
  const templates: Template[] = [];
  for (const { parse } of columns) {
    const parsed = parse();
    if (!parsed.ok) return parsed.error;
    templates.push(parsed.template);
  }
  const objects: readonly unknown[] = isFields(data) && Array.isArray(data['items']) ? data['items'] : [data];
  for (const object of objects) {
    const cells: string[] = [];
    for (const template of templates) {
      const found = findValues(template, object, true);
      if (!found.ok) return found.error;
      const values = found.results.flat();
      const isNone = (found.results[0] ?? []).length === 0;
      cells.push([...(isNone ? ['<none>'] : []), ...values.map(goPrint)].join(','));
    }
    lines.push(cells.join('\t'));
  }
  return undefined;
}
