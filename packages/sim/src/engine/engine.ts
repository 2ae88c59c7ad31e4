/**
 * The loop of the simulation: takes the next event, sets clock and cause, lets it happen, counts it against the limits.
 * It knows nothing of Kubernetes. `runUntil` is a plain synchronous call, so that a caller may own the outer loop.
 */
import { assert } from '@everynode/core/assert';
import { type EventHandle, EventQueue, RANKS, slotOf } from './eventQueue.ts';
import { type Rng, rngFor } from './rng.ts';

export interface EngineLimits {
  readonly events: number;
  readonly queueLength: number;
  readonly virtualMs: number;
}

export interface EngineOptions {
  readonly seed: string;
  /** Events of one instant come in drawn order instead of the order in which they were scheduled. */
  readonly explore: boolean;
  readonly limits: EngineLimits;
}

/** Why a run stopped before its planned end. */
export interface EngineStop {
  readonly why: 'stopped' | 'interrupted' | 'limit';
  /** For people; a limit names its number and the busiest actor. */
  readonly reason: string;
}

export interface EngineHooks {
  /** After the last event of an instant, before the clock moves. May schedule and stop. */
  readonly instantEnded?: () => void;
  /** About every `PULSE_EVENTS` events. */
  readonly pulse?: () => void;
}

/** What stands outside the drawn order of an instant. */
export type Place = 'input' | 'heartbeat' | 'onlooker';

const PULSE_EVENTS = 10_000;
const NO_CAUSE = -1;

export class Engine {
  readonly #queue = new EventQueue();
  /** By slot, beside the queue: no object is made per event. */
  readonly #runs: ((() => void) | undefined)[] = [];
  readonly #actors: string[] = [];
  readonly #causes: number[] = [];
  readonly #limits: EngineLimits;
  readonly #ranks: Rng | undefined;
  /** By actor; one look at the map an event, since the count is changed in place. */
  readonly #eventsOf = new Map<string, { events: number }>();
  #hooks: EngineHooks = {};
  #nowMs = 0;
  #cause = NO_CAUSE;
  #events = 0;
  #stop: EngineStop | undefined;
  #isPaused = false;

  constructor({ seed, explore, limits }: EngineOptions) {
    this.#limits = limits;
    this.#ranks = explore ? rngFor(seed, 'engine/rank') : undefined;
  }

  /** Virtual ms since the start of the run. */
  get nowMs(): number {
    return this.#nowMs;
  }

  /** Seq of the trace record that led to what runs now; undefined for an input. */
  get cause(): number | undefined {
    return this.#cause === NO_CAUSE ? undefined : this.#cause;
  }

  /** Events handled so far. */
  get events(): number {
    return this.#events;
  }

  /** Events that wait. */
  get queueLength(): number {
    return this.#queue.size;
  }

  get stopped(): EngineStop | undefined {
    return this.#stop;
  }

  setHooks(hooks: EngineHooks): void {
    this.#hooks = hooks;
  }

  /**
   * Lets `run` happen `delayMs` from now, with what is the cause now as its cause. `actor` is counted for it. `place`
   * puts it aside of what has an order of its own: inputs come first in their instant, heartbeats after them, onlookers
   * last. No number is drawn for these, so that neither looking on nor leaving heartbeats out changes what happens.
   */
  schedule(delayMs: number, actor: string, run: () => void, place?: Place): EventHandle {
    assert(delayMs >= 0, () => `${actor} schedules ${delayMs} ms into the past`);
    const handle = this.#queue.schedule(this.#nowMs + delayMs, this.#rankOf(place));
    const slot = slotOf(handle);
    this.#runs[slot] = run;
    this.#actors[slot] = actor;
    this.#causes[slot] = this.#cause;
    if (this.#queue.size > this.#limits.queueLength) {
      this.limitReached(`${this.#limits.queueLength} events wait; ${actor} scheduled the last one`);
    }
    return handle;
  }

  /** Takes a waiting event back. False: it has happened already, or was taken back before. */
  cancel(handle: EventHandle): boolean {
    const isWaiting = this.#queue.cancel(handle);
    if (isWaiting) this.#runs[slotOf(handle)] = undefined;
    return isWaiting;
  }

  /** Runs with another cause: whatever is scheduled meanwhile inherits it. Undefined: an input of the run. */
  withCause<T>(seq: number | undefined, run: () => T): T {
    const before = this.#cause;
    this.#cause = seq ?? NO_CAUSE;
    const result = run();
    this.#cause = before;
    return result;
  }

  /**
   * Handles every event up to and including this instant, unless something stops the run before. False: it was paused
   * on the way; called again with the same instant it goes on as if nothing had been.
   */
  runUntil(atMs: number): boolean {
    assert(atMs >= this.#nowMs, () => `asked to run until ${atMs} ms, but it is ${this.#nowMs} ms`);
    this.#isPaused = false;
    while (this.#stop === undefined && !this.#isPaused) {
      const nextAtMs = this.#queue.nextAtMs;
      if (nextAtMs > this.#nowMs) this.#endInstant();
      // The hook may have stopped the run, or scheduled something for this very instant.
      if (this.#stop !== undefined) return true;
      const laterAtMs = this.#queue.nextAtMs;
      if (laterAtMs > atMs) break;
      if (laterAtMs > this.#limits.virtualMs) {
        this.limitReached(`${this.#limits.virtualMs} ms of virtual time are over`);
        return true;
      }
      this.#nowMs = laterAtMs;
      this.#handleNext();
    }
    if (this.#stop !== undefined) return true;
    if (this.#isPaused) return false;
    this.#nowMs = atMs;
    return true;
  }

  /** Lets `runUntil` return after the event that runs now, so that a caller can look around. */
  pause(): void {
    this.#isPaused = true;
  }

  /** Ends the run after what runs now; the first reason stands. */
  stop(why: EngineStop['why'], reason: string): void {
    this.#stop ??= { why, reason };
  }

  /** Ends the run because of a limit, and says who was busiest. */
  limitReached(what: string): void {
    const { actor, events } = this.busiest();
    const busiest = events === 0 ? '' : `; busiest was ${actor} with ${events} of ${this.#events} events`;
    this.stop('limit', `${what}${busiest}`);
  }

  /** Who had most events so far; of two equals the one that came first. */
  busiest(): { readonly actor: string; readonly events: number } {
    let actor = '';
    let events = 0;
    for (const [name, tally] of this.#eventsOf) {
      if (tally.events > events) [actor, events] = [name, tally.events];
    }
    return { actor, events };
  }

  #rankOf(place: Place | undefined): number {
    if (place === 'input') return 0;
    if (place === 'heartbeat') return 1;
    if (place === 'onlooker') return RANKS - 1;
    return this.#ranks === undefined ? 2 : this.#ranks.between(2, RANKS - 2);
  }

  #endInstant(): void {
    this.#cause = NO_CAUSE;
    this.#hooks.instantEnded?.();
  }

  #handleNext(): void {
    const slot = this.#queue.pop();
    const run = this.#runs[slot];
    const actor = this.#actors[slot] ?? '';
    this.#cause = this.#causes[slot] ?? NO_CAUSE;
    this.#runs[slot] = undefined;
    this.#events += 1;
    const tally = this.#eventsOf.get(actor);
    if (tally === undefined) this.#eventsOf.set(actor, { events: 1 });
    else tally.events += 1;
    assert(run !== undefined, () => `slot ${slot} came up without anything to run`);
    run();
    this.#cause = NO_CAUSE;
    if (this.#events >= this.#limits.events) this.limitReached(`${this.#limits.events} events were handled`);
    if (this.#events % PULSE_EVENTS === 0) this.#hooks.pulse?.();
  }
}
