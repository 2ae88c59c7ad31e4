/**
 * Named streams of whole numbers, one for each thing that is random, so that adding one never shifts another.
 * seedrandom's tychei: integers only, and neighbouring names give unrelated streams (measured; xor128 does not).
 */
import seedrandom from 'seedrandom';
import { assert } from '@everynode/core/assert';
import type { Draw } from '../plan.ts';
import type { Odds } from '../params.ts';

/** Whole numbers from one stream. */
export interface Rng {
  /** 0 ≤ result < limit; limit up to 2^31. */
  below(limit: number): number;
  /** min ≤ result ≤ max. */
  between(min: number, max: number): number;
  chance(odds: Odds): boolean;
  /** Milliseconds from a distribution. */
  draw(distribution: Draw): number;
  /** A new array in drawn order (Fisher–Yates). */
  shuffle<T>(list: readonly T[]): T[];
}

/** The stream `name` of a run's seed. Two calls with equal arguments give equal sequences. */
export function rngFor(seed: string, name: string): Rng {
  const source = seedrandom.tychei(`${seed}/${name}`);
  const below = (limit: number): number => {
    assert(Number.isSafeInteger(limit) && limit > 0 && limit <= 0x8000_0000, () => `draw below ${limit}`);
    return (source.int32() >>> 0) % limit;
  };
  const between = (min: number, max: number): number => {
    assert(min <= max, () => `draw between ${min} and ${max}`);
    return min + below(max - min + 1);
  };
  return {
    below,
    between,
    chance: (odds) => below(odds.denominator) < odds.numerator,
    draw: (distribution) => drawMs(distribution, below, between),
    shuffle: (list) => shuffled(list, below),
  };
}

type Below = (limit: number) => number;

function drawMs(distribution: Draw, below: Below, between: (min: number, max: number) => number): number {
  if ('fixed' in distribution) return distribution.fixed;
  if ('uniform' in distribution) return between(distribution.uniform.minMs, distribution.uniform.maxMs);
  if ('quantiles' in distribution) return quantile(distribution.quantiles, below(10_000));
  const total = distribution.choice.reduce((sum, { weight }) => sum + weight, 0);
  let rest = below(total);
  for (const { valueMs, weight } of distribution.choice) {
    if (rest < weight) return valueMs;
    rest -= weight;
  }
  return 0;
}

type Quantiles = Extract<Draw, { readonly quantiles: unknown }>['quantiles'];

/** Linear between neighbouring quantiles, in whole ms, rounded down; `u` is 0…9999. */
export function quantile(table: Quantiles, u: number): number {
  if (u < 5_000) return interpolate(table.p0, table.p50, u, 5_000);
  if (u < 9_000) return interpolate(table.p50, table.p90, u - 5_000, 4_000);
  if (u < 9_900) return interpolate(table.p90, table.p99, u - 9_000, 900);
  return interpolate(table.p99, table.p100, u - 9_900, 100);
}

function interpolate(low: number, high: number, part: number, whole: number): number {
  return low + Math.trunc(((high - low) * part) / whole);
}

function shuffled<T>(list: readonly T[], below: Below): T[] {
  const result = [...list];
  for (let i = result.length - 1; i > 0; i--) {
    const j = below(i + 1);
    const a = result[i] as T;
    result[i] = result[j] as T;
    result[j] = a;
  }
  return result;
}
