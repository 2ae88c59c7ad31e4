import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compileDraw } from './draws.ts';

test('a duration is a fixed draw, uniform and choice are in milliseconds', () => {
  expect(compileDraw('20s')).toEqual({ fixed: 20_000 });
  expect(compileDraw({ fixed: '1m' })).toEqual({ fixed: 60_000 });
  expect(compileDraw({ uniform: { min: '2s', max: '6s' } })).toEqual({ uniform: { minMs: 2_000, maxMs: 6_000 } });
  expect(
    compileDraw({
      choice: [
        { value: '1s', weight: 3 },
        { value: '1m', weight: 1 },
      ],
    }),
  ).toEqual({
    choice: [
      { valueMs: 1_000, weight: 3 },
      { valueMs: 60_000, weight: 1 },
    ],
  });
});

test('a lognormal becomes five quantiles, the outer ones at 1 in 10,000', () => {
  // By hand: 8000 · 5.625^(1.28155/2.32635) = 20,713 and 8000 · 5.625^(3.71902/2.32635) = 126,551.
  expect(compileDraw({ lognormal: { p50: '8s', p99: '45s' } })).toEqual({
    quantiles: { p0: 506, p50: 8_000, p90: 20_713, p99: 45_000, p100: 126_550 },
  });
  expect(compileDraw({ lognormal: { p50: '8s', p99: '45s', cap: '30s' } })).toEqual({
    quantiles: { p0: 506, p50: 8_000, p90: 20_713, p99: 30_000, p100: 30_000 },
  });
});

test('quantiles never fall, whatever the numbers and the cap', () => {
  const ms = fc.integer({ min: 1, max: 100_000 });
  fc.assert(
    fc.property(ms, ms, ms, (p50, more, cap) => {
      const draw = compileDraw({ lognormal: { p50: `${p50}ms`, p99: `${p50 + more}ms`, cap: `${p50 + cap}ms` } });
      const {
        p0,
        p50: middle,
        p90,
        p99,
        p100,
      } = (draw as { quantiles: Record<string, number> }).quantiles as Record<
        'p0' | 'p50' | 'p90' | 'p99' | 'p100',
        number
      >;
      const all = [p0, middle, p90, p99, p100];
      expect(all.every(Number.isSafeInteger)).toBe(true);
      expect([...all].sort((a, b) => a - b)).toEqual(all);
    }),
  );
});

test.each([
  [{ uniform: { min: '6s', max: '2s' } }, 'min 6s is more than max 2s; swap them'],
  [{ lognormal: { p50: '6s', p99: '2s' } }, 'p50 6s must be more than 0 and at most p99 2s; swap them'],
  [{ lognormal: { p50: '6s', p99: '8s', cap: '1s' } }, 'cap 1s is less than p50 6s; write a longer one'],
])('%j is refused', (text, problem) => {
  expect(compileDraw(text)).toEqual({ problem });
});
