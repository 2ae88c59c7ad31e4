import { expect, test } from 'vitest';
import { ageSince, formatAge } from './age.ts';

const SECOND = 1000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

test.each([
  [-2 * SECOND, '<invalid>'],
  [-2 * SECOND + 1, '0s'],
  [-1, '0s'],
  [0, '0s'],
  [999, '0s'],
  [2 * MINUTE - 1, '119s'],
  [2 * MINUTE, '2m'],
  [2 * MINUTE + SECOND, '2m1s'],
  [10 * MINUTE - 1, '9m59s'],
  [10 * MINUTE, '10m'],
  [3 * HOUR - 1, '179m'],
  [3 * HOUR, '3h'],
  [3 * HOUR + MINUTE, '3h1m'],
  [8 * HOUR - 1, '7h59m'],
  [8 * HOUR, '8h'],
  [2 * DAY - 1, '47h'],
  [2 * DAY, '2d'],
  [2 * DAY + HOUR, '2d1h'],
  [8 * DAY - 1, '7d23h'],
  [8 * DAY, '8d'],
  [2 * YEAR - 1, '729d'],
  [2 * YEAR, '2y'],
  [2 * YEAR + DAY, '2y1d'],
  [8 * YEAR - 1, '7y364d'],
  [8 * YEAR, '8y'],
  [9 * YEAR - 1, '8y'],
])('%i ms are %s', (ms, text) => {
  expect(formatAge(ms)).toBe(text);
});

test('an age is counted from a timestamp, and unknown without one', () => {
  expect(ageSince('2026-01-01T00:00:10Z', 70_000)).toBe('60s');
  expect(ageSince(undefined, 0)).toBe('<unknown>');
  expect(ageSince(null, 0)).toBe('<unknown>');
});
