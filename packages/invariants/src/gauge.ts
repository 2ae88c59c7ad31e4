/** A number over time, inside a window: each value counts for the instants at which it stood. */
import { assert } from '@everynode/core/assert';
import type { Window } from '@everynode/sim/plan';
import type { Samples, Weighted } from './stats.ts';

/** What stood at the end of each millisecond counts; what came and went within one never stood. */
export class Gauge {
  readonly #fromMs: number;
  readonly #toMs: number;
  readonly #values: Weighted[] = [];
  #value: number | undefined;
  #sinceMs = 0;

  constructor({ fromMs, toMs }: Window) {
    this.#fromMs = fromMs;
    this.#toMs = toMs;
  }

  /** Undefined: there is nothing to measure from here on. Instants must not go back. */
  set(value: number | undefined, nowMs: number): void {
    if (value === this.#value) return;
    this.#close(nowMs);
    this.#value = value;
    this.#sinceMs = nowMs;
  }

  /** The last instant of the run counts as one. Undefined where the window saw no value. */
  finish(endMs: number): Samples | undefined {
    this.#close(endMs + 1);
    this.#value = undefined;
    return this.#values.length === 0 ? undefined : { values: this.#values };
  }

  /** `untilMs` is the first instant at which the value no longer stands. */
  #close(untilMs: number): void {
    assert(untilMs >= this.#sinceMs, () => `a gauge goes back from ${this.#sinceMs} to ${untilMs} ms`);
    const weight = Math.min(untilMs, this.#toMs + 1) - Math.max(this.#sinceMs, this.#fromMs);
    if (this.#value !== undefined && weight > 0) this.#values.push({ value: this.#value, weight });
  }
}
