/**
 * What an eviction manager remembers between its evaluations: which thresholds are met and since when, which it still
 * has to get well clear of, and when each condition was seen last. It knows no clock and does nothing.
 * Twin: kubelet/eviction eviction_manager.go synchronize, helpers.go. Rules: E-2, E-4, E-19.
 */
import { amountOf, EVICTION_SIGNALS, type SignalName, type Threshold } from './evictionManagerThresholds.ts';

/** What one look at a signal finds. */
export interface Reading {
  readonly available: number;
  readonly capacity: number;
  /** Nobody is evicted for it: a fault presses the condition alone. */
  readonly isConditionOnly: boolean;
  /** Measured since the last evaluation. */
  readonly isNew: boolean;
}

export type ReadSignal = (signal: SignalName) => Reading;

export interface Evaluation {
  /** At least one threshold is met, or was met and is not left far enough behind. */
  readonly isLow: boolean;
  /** Those to act on now: their grace is over, and what they rest on is newer than what was acted on before. */
  readonly acting: readonly Threshold[];
}

/** Whether less is available than the threshold asks for; strictly, and with what must be reclaimed on top where asked. */
export function isMet(threshold: Threshold, { available, capacity }: Reading, withReclaim: boolean): boolean {
  const { value, minimumReclaim } = threshold;
  const extra = withReclaim && minimumReclaim !== undefined ? amountOf(minimumReclaim, capacity) : 0;
  return amountOf(value, capacity) + extra > available;
}

export class EvictionState {
  readonly #thresholds: readonly Threshold[];
  readonly #transitionMs: number;
  readonly #metSinceMs = new Map<Threshold, number>();
  readonly #lastSeenMs = new Map<string, number>();
  /** Met at the last evaluation, and their grace was over. */
  #due: readonly Threshold[] = [];

  constructor(thresholds: readonly Threshold[], transitionMs: number) {
    this.#thresholds = thresholds;
    this.#transitionMs = transitionMs;
  }

  evaluate(read: ReadSignal, nowMs: number): Evaluation {
    const met = this.#thresholds.filter((threshold) => {
      const reading = read(threshold.signal);
      return isMet(threshold, reading, false) || (this.#due.includes(threshold) && isMet(threshold, reading, true));
    });
    for (const threshold of this.#thresholds) {
      if (!met.includes(threshold)) this.#metSinceMs.delete(threshold);
      else if (!this.#metSinceMs.has(threshold)) this.#metSinceMs.set(threshold, nowMs);
    }
    // The conditions do not wait for any grace.
    for (const { signal } of met) this.#lastSeenMs.set(EVICTION_SIGNALS[signal].condition, nowMs);
    this.#due = met.filter((threshold) => nowMs - (this.#metSinceMs.get(threshold) ?? nowMs) >= threshold.graceMs);
    const acting = this.#due.filter(({ signal }) => read(signal).isNew && !read(signal).isConditionOnly);
    return { isLow: met.length > 0, acting };
  }

  /** Conditions seen within the transition period, strictly. */
  conditionsAt(nowMs: number): readonly string[] {
    const conditions = new Set(Object.values(EVICTION_SIGNALS).map(({ condition }) => condition));
    return [...conditions].filter((condition) => nowMs < (this.#endsAtMs(condition) ?? nowMs));
  }

  /** When the first of the conditions that are in force will be over, if nothing is seen again; Infinity: none is. */
  firstEndMs(nowMs: number): number {
    return Math.min(Infinity, ...this.conditionsAt(nowMs).map((condition) => this.#endsAtMs(condition) ?? Infinity));
  }

  #endsAtMs(condition: string): number | undefined {
    const seenMs = this.#lastSeenMs.get(condition);
    return seenMs === undefined ? undefined : seenMs + this.#transitionMs;
  }
}
