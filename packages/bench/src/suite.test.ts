import { expect, test } from 'vitest';
import { summarize, type Suite } from './suite.ts';
import { renderTable } from './table.ts';

const sample = (): number => 0;
const SUITE: Suite = {
  name: 'demo',
  summary: 'for this test',
  cases: [
    { name: 'small', unit: 'sync', size: 100, sample },
    { name: 'other', unit: 'walk', sample },
    { name: 'large', unit: 'sync', size: 1_000, baseline: 'small', publishedNs: 4_000, sample },
  ],
};
const ROWS = summarize(SUITE, [[30, 10, 20], [5], [2_000, 2_500, 1_000]]);

test('a row has the median of its samples, their spread, and the ratio against its baseline', () => {
  expect(ROWS[0]).toMatchObject({ samples: 3, medianNs: 20, p25Ns: 10, p75Ns: 30, baseline: null, ratio: null });
  expect(ROWS[2]).toMatchObject({ medianNs: 2_000, baseline: 'small', ratio: 0.01, overPublished: 0.5 });
});

test('a hundred times the cost at ten times the size is an exponent of 2, against the last smaller case of that unit', () => {
  expect(ROWS.map(({ exponent }) => exponent)).toEqual([null, null, 2]);
});

test('the table leaves out columns that no row fills, and says of which machine the published numbers are', () => {
  expect(renderTable(ROWS)).toMatch(/upstream: .* this machine is another one\.$/);
  expect(renderTable(ROWS.slice(0, 2))).not.toMatch(/upstream|size\^|ratio/);
});
