/** Random usage models for property tests: small amounts, periods of seconds to an hour. */
import fc from 'fast-check';
import type { Rate, UsageModel } from '../plan.ts';

const rate: fc.Arbitrary<Rate> = fc.record({
  amount: fc.integer({ min: 1, max: 3_000 }),
  perMs: fc.constantFrom(1_000, 60_000, 3_600_000),
});

export const arbitraryUsage: fc.Arbitrary<UsageModel> = fc.oneof(
  fc.record({ constant: fc.nat(4_000) }),
  fc
    .record({ start: fc.nat(2_000), rate, more: fc.option(fc.nat(4_000), { nil: undefined }) })
    .map(({ start, more, ...rest }): UsageModel => ({
      leak: { start, ...rest, ...(more === undefined ? {} : { max: start + more }) },
    })),
  fc
    .record({
      base: fc.nat(1_000),
      peak: fc.nat(4_000),
      everyMs: fc.integer({ min: 1, max: 3_600_000 }),
      share: fc.integer({ min: 1, max: 100 }),
    })
    .map(({ everyMs, share, ...rest }): UsageModel => ({
      burst: { ...rest, everyMs, forMs: Math.max(1, Math.trunc((everyMs * share) / 100)) },
    })),
  fc
    .record({ rate, rotateAt: fc.integer({ min: 1, max: 2_000 }), keep: fc.nat(4) })
    .map((logGrowth): UsageModel => ({ logGrowth })),
);
