import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { UsageModel } from '../plan.ts';
import { arbitraryUsage } from '../testing/randomUsage.ts';
import { partOf, wholeOf } from './machineUsage.ts';
import { firstAboveMs, growthAt, mostUsage, usageAt } from './usage.ts';

const MIB = 2 ** 20;

describe('usageAt', () => {
  const leak = { leak: { start: 100, rate: { amount: 7, perMs: 1000 }, max: 130 } };
  const burst = { burst: { base: 10, peak: 90, everyMs: 60_000, forMs: 5_000 } };
  const log = { logGrowth: { rate: { amount: 10, perMs: 1000 }, rotateAt: 100, keep: 2 } };
  test.each<[string, UsageModel, readonly (readonly [atMs: number, amount: number])[]]>([
    [
      'a constant',
      { constant: 5 },
      [
        [0, 5],
        [1_000_000, 5],
      ],
    ],
    [
      'a leak, rounded down, up to its end',
      leak,
      [
        [0, 100],
        [142, 100],
        [143, 101],
        [1000, 107],
        [4285, 129],
        [4286, 130],
        [99_999, 130],
      ],
    ],
    [
      'a burst: the first one comes after the first period',
      burst,
      [
        [0, 10],
        [4999, 10],
        [59_999, 10],
        [60_000, 90],
        [64_999, 90],
        [65_000, 10],
        [120_000, 90],
      ],
    ],
    [
      'a log: one file grows, so many full ones stay',
      log,
      [
        [0, 0],
        [9_999, 99],
        [10_000, 100],
        [29_999, 299],
        [30_000, 200],
        [35_000, 250],
        [40_000, 200],
      ],
    ],
  ])('%s', (_name, model, expected) => {
    expect(expected.map(([atMs]) => [atMs, usageAt(model, atMs)])).toEqual(expected);
  });

  test('is exact where amount times time would leave the safe integers', () => {
    const model = { leak: { start: 0, rate: { amount: 10 * 1024 * MIB, perMs: 3_600_000 } } };
    const day = 86_400_000;
    expect(usageAt(model, 30 * day + 1)).toBe(Number((BigInt(10 * 1024 * MIB) * BigInt(30 * day + 1)) / 3_600_000n));
  });
});

test('nothing ever uses more than mostUsage says', () => {
  fc.assert(
    fc.property(arbitraryUsage, fc.nat(10_000_000), (model, atMs) => {
      expect(usageAt(model, atMs)).toBeLessThanOrEqual(mostUsage(model));
    }),
  );
});

test('within a piece nothing grows faster than growthAt says', () => {
  fc.assert(
    fc.property(arbitraryUsage, fc.nat(10_000_000), fc.integer({ min: 1, max: 300 }), (model, fromMs, steps) => {
      const { perStep, untilMs } = growthAt(model, fromMs, 10_000);
      const toMs = fromMs + steps * 10_000;
      if (toMs >= untilMs) return;
      expect(usageAt(model, toMs)).toBeLessThanOrEqual(usageAt(model, fromMs) + steps * perStep);
    }),
  );
});

test('firstAboveMs names the first ms above the limit, and the one before is not above it', () => {
  const steady = arbitraryUsage.filter((model) => !('logGrowth' in model));
  fc.assert(
    fc.property(steady, fc.nat(5_000), (model, limit) => {
      const atMs = firstAboveMs(model, limit);
      if (atMs === undefined) expect(usageAt(model, 100_000_000)).toBeLessThanOrEqual(limit);
      else {
        expect(usageAt(model, atMs)).toBeGreaterThan(limit);
        if (atMs > 0) expect(usageAt(model, atMs - 1)).toBeLessThanOrEqual(limit);
      }
    }),
  );
});

test('the parts of a whole are equal but for one, and together they are the whole', () => {
  fc.assert(
    fc.property(fc.nat(100_000), fc.integer({ min: 1, max: 6 }), fc.nat(1000), (amount, count, limit) => {
      const parts = Array.from({ length: count }, (_, index) => partOf(amount, { pod: {}, index, count }));
      expect(parts.reduce((sum, part) => sum + part, 0)).toBe(amount);
      expect(Math.max(...parts) - Math.min(...parts)).toBeLessThanOrEqual(1);
      for (let index = 0; index < count; index += 1) {
        const container = { pod: {}, index, count };
        const whole = wholeOf(limit, container);
        expect([partOf(whole, container), partOf(whole + 1, container)]).toEqual([limit, limit + 1]);
      }
    }),
  );
});
