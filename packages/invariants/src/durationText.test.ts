import { expect, test } from 'vitest';
import { durationText } from './durationText.ts';

test.each([
  [0, '0s'],
  [1, '0.001s'],
  [1500, '1.5s'],
  [60_000, '1m'],
  [61_000, '1m1s'],
  [3_600_000, '1h'],
  [3_723_004, '1h2m3.004s'],
  [-1500, '-1.5s'],
])('%i ms read as %s', (ms, text) => {
  expect(durationText(ms)).toBe(text);
});
