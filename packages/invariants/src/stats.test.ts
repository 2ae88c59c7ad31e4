import fc from 'fast-check';
import { expect, test } from 'vitest';
import { computeStat, thousandthsText, type Weighted } from './stats.ts';

const samples = (...values: number[]): { readonly values: readonly Weighted[] } => ({
  values: values.map((value) => ({ value, weight: 1 })),
});

test.each([
  ['min', 1000],
  ['max', 9000],
  ['last', 4000],
  ['count', 4000],
  ['sum', 15_000],
  ['avg', 3750],
  ['p50', 1000],
  ['p90', 9000],
  ['p95', 9000],
  ['p99', 9000],
] as const)('of 9, 1, 1 and 4 the %s is %i thousandths', (stat, thousandths) => {
  expect(computeStat(samples(9, 1, 1, 4), stat)).toBe(thousandths);
});

test('a percentile is the value at the nearest rank', () => {
  const hundred = samples(...Array.from({ length: 100 }, (_, at) => 100 - at));
  expect(computeStat(hundred, 'p50')).toBe(50_000);
  expect(computeStat(hundred, 'p90')).toBe(90_000);
  expect(computeStat(hundred, 'p95')).toBe(95_000);
  expect(computeStat(hundred, 'p99')).toBe(99_000);
});

test('a value that stood longer weighs more in averages and percentiles, and not in the sum', () => {
  const values = [
    { value: 10, weight: 9 },
    { value: 0, weight: 1 },
  ];
  expect(computeStat({ values }, 'avg')).toBe(9000);
  expect(computeStat({ values }, 'p50')).toBe(10_000);
  expect(computeStat({ values }, 'sum')).toBe(10_000);
});

test('a count that is given beats the number of values', () => {
  expect(computeStat({ ...samples(2, 3), count: 5 }, 'count')).toBe(5000);
});

test('thousandths are printed without zeros at the end', () => {
  expect(thousandthsText(2500)).toBe('2.5');
  expect(thousandthsText(9000)).toBe('9');
  expect(thousandthsText(1)).toBe('0.001');
});

test('average and percentiles lie between least and most, and order does not matter but for last', () => {
  const weighted = fc.record({ value: fc.integer({ min: 0, max: 1e6 }), weight: fc.integer({ min: 1, max: 1e6 }) });
  fc.assert(
    fc.property(fc.array(weighted, { minLength: 1, maxLength: 30 }), (values) => {
      const [min, max] = [computeStat({ values }, 'min'), computeStat({ values }, 'max')];
      const turned = { values: [...values].reverse() };
      for (const stat of ['avg', 'p50', 'p90', 'p99'] as const) {
        const got = computeStat({ values }, stat);
        expect(got).toBeGreaterThanOrEqual(min);
        expect(got).toBeLessThanOrEqual(max);
        expect(computeStat(turned, stat)).toBe(got);
      }
    }),
  );
});
