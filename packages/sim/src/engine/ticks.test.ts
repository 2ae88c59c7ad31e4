import fc from 'fast-check';
import { expect, test } from 'vitest';
import { nextTickAtMs } from './ticks.ts';

test('the next tick is the first one after now that keeps phase and period', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: -1e6, max: 1e9 }),
      fc.nat(20_000),
      fc.integer({ min: 1, max: 20_000 }),
      (nowMs, phaseMs, periodMs) => {
        const atMs = nextTickAtMs(nowMs, phaseMs, periodMs);
        expect(atMs).toBeGreaterThan(nowMs);
        expect(atMs - nowMs).toBeLessThanOrEqual(periodMs);
        expect(Math.abs((atMs - phaseMs) % periodMs)).toBe(0);
      },
    ),
  );
});

test('an inclusive tick may be now', () => {
  expect(nextTickAtMs(13_000, 3000, 10_000, true)).toBe(13_000);
  expect(nextTickAtMs(13_000, 3000, 10_000)).toBe(23_000);
  expect(nextTickAtMs(13_001, 3000, 10_000, true)).toBe(23_000);
});
