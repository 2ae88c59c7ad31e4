/** `-o custom-columns=NAME:.metadata.name,…`. Twin: kubectl cmd/get customcolumn.go. */
import { formatValue } from './goValue.ts';
import { findResults } from './jsonPathEval.ts';
import type { PathNode } from './jsonPathNodes.ts';
import { parseJsonPath } from './jsonPathParser.ts';
import type { Printed, PrinterChoice } from '../printer.ts';
import { isFields } from '../readField.ts';
import { relaxedPath } from './relaxedPath.ts';
import { alignTabs, TABLE_STYLE } from '../tabWriter.ts';
import { attempt, TemplateError } from './templateError.ts';

interface Column {
  readonly header: string;
  readonly path: string;
}

/** A table with a row per object; several values of a cell apart by commas, `<none>` where there is none. */
export function customColumnsPrinter(spec: string, options: { readonly noHeaders: boolean }): PrinterChoice {
  const columns = attempt(() => spec.split(',').map(parseColumn));
  if (!columns.ok) return columns;
  return { ok: true, print: (data) => printTable(columns.value, data, options.noHeaders) };
}

function parseColumn(text: string): Column {
  const colon = text.indexOf(':');
  if (colon < 0) {
    throw new TemplateError(`unexpected custom-columns spec: ${text}, expected <header>:<json-path-expr>`);
  }
  return { header: text.slice(0, colon), path: relaxedPath(text.slice(colon + 1)) };
}

/** What came before an error is printed too: the header before any path is parsed, rows before one that fails. */
function printTable(columns: readonly Column[], data: unknown, noHeaders: boolean): Printed {
  const lines = noHeaders ? [] : [columns.map(({ header }) => header).join('\t')];
  const done = attempt(() => {
    const paths = columns.map(({ path }) => parseJsonPath(path));
    for (const object of objectsOf(data)) lines.push(paths.map((path) => cell(path, object)).join('\t'));
  });
  const text = lines.length === 0 ? '' : `${alignTabs(lines.join('\n').split('\n'), TABLE_STYLE).join('\n')}\n`;
  return done.ok ? { text } : { text, error: done.error };
}

function objectsOf(data: unknown): readonly unknown[] {
  return isFields(data) && Array.isArray(data['items']) ? data['items'] : [data];
}

function cell(path: readonly PathNode[], object: unknown): string {
  const results = findResults(path, object, { allowMissingKeys: true });
  const texts = results.flat().map((value) => escapeTerminal(formatValue(value)));
  const isFirstEmpty = (results[0] ?? []).length === 0;
  return [...(isFirstEmpty ? ['<none>'] : []), ...texts].join(',');
}

/** Text from a cluster cannot steer a terminal. */
function escapeTerminal(text: string): string {
  return text.replaceAll('\x1b', '^[').replaceAll('\r', String.raw`\r`);
}
