/** The table that `pnpm bench` prints: one line a case, times per unit, spread as the middle half of the samples. */
import type { Row } from './suite.ts';

/** Columns that only some suites fill are left out where no row has them. */
const COLUMNS: readonly (readonly [title: string, cell: (row: Row) => string | null])[] = [
  ['suite', ({ suite }) => suite],
  ['case', ({ name }) => name],
  ['median', ({ medianNs }) => duration(medianNs)],
  ['p25 … p75', ({ p25Ns, p75Ns }) => `${duration(p25Ns)} … ${duration(p75Ns)}`],
  ['per', ({ unit }) => unit],
  ['samples', ({ samples }) => String(samples)],
  ['against', ({ baseline }) => baseline],
  ['ratio', ({ ratio }) => (ratio === null ? null : `${ratio.toFixed(2)}×`)],
  ['~ size^', ({ exponent }) => (exponent === null ? null : exponent.toFixed(2))],
  ['upstream', ({ publishedNs }) => (publishedNs === null ? null : duration(publishedNs))],
  ['ours/upstream', ({ overPublished }) => (overPublished === null ? null : `${overPublished.toFixed(2)}×`)],
];

const EXPONENT_NOTE = '~ size^: the cost grows with this power of the size, from the next smaller case on.';
const UPSTREAM_NOTE =
  'upstream: medians of its Go benchmark after PR 140167, on a machine of 96 threads; this machine is another one.';

export function renderTable(rows: readonly Row[]): string {
  const columns = COLUMNS.filter(([, cell]) => rows.some((row) => cell(row) !== null));
  const cells = rows.map((row) => columns.map(([, cell]) => cell(row) ?? '–'));
  const widths = columns.map(([title], at) => Math.max(title.length, ...cells.map((line) => (line[at] ?? '').length)));
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, at) => text.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd();
  return [
    line(columns.map(([title]) => title)),
    ...cells.map(line),
    ...(rows.some(({ exponent }) => exponent !== null) ? [EXPONENT_NOTE] : []),
    ...(rows.some(({ publishedNs }) => publishedNs !== null) ? [UPSTREAM_NOTE] : []),
  ].join('\n');
}

function duration(ns: number): string {
  if (ns < 1_000) return `${ns.toFixed(1)} ns`;
  if (ns < 1_000_000) return `${(ns / 1e3).toFixed(2)} µs`;
  return `${(ns / 1e6).toFixed(2)} ms`;
}
