/** Distributions as a scenario writes them, to the integer ones that a plan carries. */
import type { Draw } from '@everynode/sim/plan';
import { parseDuration } from './duration.ts';

interface DrawText {
  readonly fixed?: string;
  readonly uniform?: { readonly min: string; readonly max: string };
  readonly lognormal?: { readonly p50: string; readonly p99: string; readonly cap?: string };
  readonly choice?: readonly { readonly value: string; readonly weight: number }[];
}

/** A checked draw: a duration or one of the distributions. A sentence where its numbers contradict each other, or are none. */
export function compileDraw(value: unknown): Draw | { readonly problem: string } {
  const wrong = durationsIn(value).find((text) => parseDuration(text) === undefined);
  if (wrong !== undefined) return { problem: noDuration(wrong) };
  if (typeof value === 'string') return { fixed: durationMs(value) };
  const { fixed, uniform, lognormal, choice } = value as DrawText;
  if (fixed !== undefined) return { fixed: durationMs(fixed) };
  if (uniform !== undefined) {
    const [minMs, maxMs] = [durationMs(uniform.min), durationMs(uniform.max)];
    if (maxMs - minMs >= RANGE_MAX) return { problem: 'the range is longer than 24 days; write a smaller one' };
    return minMs <= maxMs
      ? { uniform: { minMs, maxMs } }
      : { problem: `min ${uniform.min} is more than max ${uniform.max}; swap them` };
  }
  if (lognormal !== undefined) return compileLognormal(lognormal);
  return { choice: (choice ?? []).map(({ value: text, weight }) => ({ valueMs: durationMs(text), weight })) };
}

export function isProblem(draw: Draw | { readonly problem: string }): draw is { readonly problem: string } {
  return 'problem' in draw;
}

/** A stream yields numbers below 2^31. */
const RANGE_MAX = 0x7fff_ffff;

/** Every duration that a draw is written with. */
function durationsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  const { fixed, uniform, lognormal, choice = [] } = value as DrawText;
  return [
    fixed,
    uniform?.min,
    uniform?.max,
    lognormal?.p50,
    lognormal?.p99,
    lognormal?.cap,
    ...choice.map((each) => each.value),
  ].filter((text) => text !== undefined);
}

/** The sentence about a text that looks like a duration, and is too fine or too long for one. */
export function noDuration(text: string): string {
  return `${JSON.stringify(text)} is no duration in whole milliseconds up to 1,000 years; write one such as 500ms, 30s or 1h30m`;
}

function durationMs(text: string): number {
  return parseDuration(text) ?? 0;
}

/**
 * z-values of a normal distribution over that of p99 (2.3263), as binary fractions of 1/4096: p90 1.2816, p99.99 3.7190.
 * A lognormal quantile is p50 · (p99/p50)^(z/z99).
 */
const P90_OF_P99 = 2256;
const P9999_OF_P99 = 6548;

function compileLognormal({ p50, p99, cap }: NonNullable<DrawText['lognormal']>): Draw | { readonly problem: string } {
  const [p50Ms, p99Ms] = [durationMs(p50), durationMs(p99)];
  if (p50Ms === 0 || p99Ms < p50Ms)
    return { problem: `p50 ${p50} must be more than 0 and at most p99 ${p99}; swap them` };
  const ratio = p99Ms / p50Ms;
  const farMs = Math.round(p50Ms * power4096(ratio, P9999_OF_P99));
  const capMs = cap === undefined ? farMs : durationMs(cap);
  if (capMs < p50Ms) return { problem: `cap ${cap} is less than p50 ${p50}; write a longer one` };
  const capped = (ms: number): number => Math.min(Math.round(ms), capMs);
  return {
    quantiles: {
      p0: capped(p50Ms / power4096(ratio, P9999_OF_P99)),
      p50: p50Ms,
      p90: capped(p50Ms * power4096(ratio, P90_OF_P99)),
      p99: capped(p99Ms),
      p100: capped(farMs),
    },
  };
}

/** base^(n/4096) by repeated square roots: unlike `pow` and `exp`, a square root is the same to the last bit on every engine. */
function power4096(base: number, n: number): number {
  let root = base;
  let result = 1;
  // The whole part of the exponent, then its twelve binary digits.
  for (let whole = Math.trunc(n / 4096); whole > 0; whole -= 1) result *= base;
  for (let bit = 2048; bit >= 1; bit /= 2) {
    root = Math.sqrt(root);
    if ((n & bit) !== 0) result *= root;
  }
  return result;
}
