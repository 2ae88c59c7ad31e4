import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from './duration.ts';

test.each([
  ['0', 0],
  ['500ms', 500],
  ['30s', 30_000],
  ['1h30m', 5_400_000],
  ['2.5s', 2_500],
  ['0.1s', 100],
  ['1.001s', 1_001],
  ['1m1m', 120_000],
])('%s is %i ms', (text, ms) => {
  expect(parseDuration(text)).toBe(ms);
});

test.each([
  '',
  '30',
  's',
  '5 s',
  '-5s',
  '1d',
  '0.0001s',
  '1.5ms',
  '5S',
  '1e3s',
  '99999999999999999h',
  '1000000h10000000000h',
])('%j is no duration', (text) => {
  expect(parseDuration(text)).toBeUndefined();
});

test('every number of milliseconds survives being written and read', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 31_557_600_000_000 }), (ms) => {
      expect(parseDuration(formatDuration(ms))).toBe(ms);
    }),
  );
});
