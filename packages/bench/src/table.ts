/** The table that `pnpm bench` prints: one line a case, times per unit, spread as the middle half of the samples. */
import type { Row } from './suite.ts';

const HEADER = ['suite', 'case', 'median', 'p25 … p75', 'per', 'samples', 'against', 'ratio'] as const;

export function renderTable(rows: readonly Row[]): string {
  const cells = rows.map((row) => [
    row.suite,
    row.name,
    duration(row.medianNs),
    `${duration(row.p25Ns)} … ${duration(row.p75Ns)}`,
    row.unit,
    String(row.samples),
    row.baseline ?? '–',
    row.ratio === null ? '–' : `${row.ratio.toFixed(2)}×`,
  ]);
  const widths = HEADER.map((title, column) =>
    Math.max(title.length, ...cells.map((line) => (line[column] ?? '').length)),
  );
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, column) => text.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  return [line(HEADER), ...cells.map(line)].join('\n');
}

function duration(ns: number): string {
  if (ns < 1_000) return `${ns.toFixed(1)} ns`;
  if (ns < 1_000_000) return `${(ns / 1e3).toFixed(2)} µs`;
  return `${(ns / 1e6).toFixed(2)} ms`;
}
