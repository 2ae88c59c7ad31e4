/**
 * Usage of memory, disk, inodes and processes as whole-number functions of the time since a container's start: so
 * nothing has to happen while they grow, and the instant at which they reach a limit can be computed.
 */
import type { Rate, UsageModel } from '../plan.ts';

/** How a usage goes on from some instant: at most `perStep` more in each step of time, until it changes its ways. */
export interface Growth {
  readonly perStep: number;
  /** Ms after the start at which the next piece begins; Infinity: never. */
  readonly untilMs: number;
}

/** Amount in use `elapsedMs` after the container's start. */
export function usageAt(model: UsageModel, elapsedMs: number): number {
  if ('constant' in model) return model.constant;
  if ('leak' in model) {
    const { start, rate, max = Infinity } = model.leak;
    return Math.min(Math.max(start, max), start + grown(rate, elapsedMs));
  }
  if ('burst' in model) {
    const { base, peak, everyMs, forMs } = model.burst;
    return elapsedMs >= everyMs && elapsedMs % everyMs < forMs ? peak : base;
  }
  const { rate, rotateAt, keep } = model.logGrowth;
  const written = grown(rate, elapsedMs);
  return Math.min(keep, Math.trunc(written / rotateAt)) * rotateAt + (written % rotateAt);
}

/** Never exceeded by the whole usage; Infinity for a leak without end. */
export function mostUsage(model: UsageModel): number {
  if ('constant' in model) return model.constant;
  if ('leak' in model) return Math.max(model.leak.start, model.leak.max ?? (model.leak.rate.amount > 0 ? Infinity : 0));
  if ('burst' in model) return Math.max(model.burst.base, model.burst.peak);
  return (model.logGrowth.keep + 1) * model.logGrowth.rotateAt - 1;
}

/** How fast it grows at most from `elapsedMs` on, per step of `stepMs`. */
export function growthAt(model: UsageModel, elapsedMs: number, stepMs: number): Growth {
  if ('constant' in model) return { perStep: 0, untilMs: Infinity };
  if ('leak' in model) {
    const isFull = usageAt(model, elapsedMs) >= mostUsage(model);
    // One more than the rate: rounding may fall into a step.
    return { perStep: isFull ? 0 : grown(model.leak.rate, stepMs) + 1, untilMs: Infinity };
  }
  if ('burst' in model) {
    const { everyMs, forMs } = model.burst;
    const beganMs = Math.trunc(elapsedMs / everyMs) * everyMs;
    const endsAtMs = beganMs + forMs;
    return { perStep: 0, untilMs: beganMs > 0 && elapsedMs < endsAtMs ? endsAtMs : beganMs + everyMs };
  }
  return { perStep: grown(model.logGrowth.rate, stepMs) + 1, untilMs: Infinity };
}

/** Ms after the start at which it is more than `limit` for the first time; undefined: never. */
export function firstAboveMs(model: UsageModel, limit: number): number | undefined {
  if (usageAt(model, 0) > limit) return 0;
  if (mostUsage(model) <= limit || 'constant' in model) return undefined;
  if ('burst' in model) return model.burst.forMs > 0 ? model.burst.everyMs : undefined;
  // A log that is rotated before it gets there is below the limit already.
  if ('logGrowth' in model) return timeToGrowMs(model.logGrowth.rate, limit + 1);
  return timeToGrowMs(model.leak.rate, limit + 1 - model.leak.start);
}

/** Whole amount that comes together in this time, rounded down; exact, since the factors are taken apart first. */
function grown({ amount, perMs }: Rate, elapsedMs: number): number {
  const wholes = Math.trunc(elapsedMs / perMs);
  const restMs = elapsedMs % perMs;
  const perMsWhole = Math.trunc(amount / perMs);
  return amount * wholes + perMsWhole * restMs + Math.trunc(((amount % perMs) * restMs) / perMs);
}

/** The first ms at which `needed` has come together. */
function timeToGrowMs(rate: Rate, needed: number): number {
  const wholes = Math.trunc((needed - 1) / rate.amount);
  const rest = needed - wholes * rate.amount;
  // Less than one period is left: by halves, since the rest of a product may not be divided exactly.
  let [low, high] = [0, rate.perMs];
  while (low < high) {
    const middle = Math.trunc((low + high) / 2);
    if (grown(rate, middle) >= rest) high = middle;
    else low = middle + 1;
  }
  return wholes * rate.perMs + low;
}
