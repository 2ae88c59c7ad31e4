import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quantile, rngFor } from './rng.ts';
import { RngStreams } from './rngStreams.ts';

const TABLE = { p0: 3, p50: 8, p90: 25, p99: 200, p100: 1000 };

describe('rngFor', () => {
  test('the same seed and name give the same numbers, another name gives others', () => {
    const draw = (name: string): number[] => {
      const rng = rngFor('7', name);
      return Array.from({ length: 8 }, () => rng.below(1_000_000));
    };
    expect(draw('kubelet/node-7')).toEqual(draw('kubelet/node-7'));
    expect(draw('kubelet/node-7')).not.toEqual(draw('kubelet/node-8'));
  });

  test('draws stay within what was asked for', () => {
    fc.assert(
      fc.property(
        fc.string(),
        fc.integer({ min: 1, max: 2 ** 31 }),
        fc.nat(1000),
        fc.nat(1000),
        (name, limit, min, span) => {
          const rng = rngFor('s', name);
          const below = rng.below(limit);
          expect(below >= 0 && below < limit && Number.isInteger(below)).toBe(true);
          const between = rng.between(min, min + span);
          expect(between >= min && between <= min + span).toBe(true);
          const drawn = rng.draw({ quantiles: TABLE });
          expect(drawn >= TABLE.p0 && drawn <= TABLE.p100).toBe(true);
        },
      ),
    );
  });

  test('a shuffle keeps every element', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(50)), (list) => {
        const shuffled = rngFor('s', 'shuffle').shuffle(list);
        expect([...shuffled].sort((a, b) => a - b)).toEqual([...list].sort((a, b) => a - b));
      }),
    );
  });

  test('a weighted choice draws only its values, about as often as their weights say', () => {
    const rng = rngFor('s', 'choice');
    const choice = [
      { valueMs: 1, weight: 3 },
      { valueMs: 2, weight: 1 },
    ];
    const ones = Array.from({ length: 4000 }, () => rng.draw({ choice })).filter((value) => value === 1).length;
    expect(ones).toBeGreaterThan(2850);
    expect(ones).toBeLessThan(3150);
  });

  test('a quantile table is met at its five points and never falls between them', () => {
    expect([0, 5_000, 9_000, 9_900].map((u) => quantile(TABLE, u))).toEqual([3, 8, 25, 200]);
    const all = Array.from({ length: 10_000 }, (_, u) => quantile(TABLE, u));
    expect(all.every((value, i) => i === 0 || value >= (all[i - 1] ?? 0))).toBe(true);
    expect(all.at(-1)).toBe(992);
  });
});

test('a stream that is asked for again goes on where it stopped', () => {
  const streams = new RngStreams('7');
  const first = streams.of('a').below(1_000_000);
  const second = streams.of('a').below(1_000_000);
  const fresh = rngFor('7', 'a');
  expect([first, second]).toEqual([fresh.below(1_000_000), fresh.below(1_000_000)]);
});
