/**
 * The heartbeats of one node while they are a rule instead of events: when which beat was sent, and what a watcher had
 * been shown of them at any instant. Rules: K-1, K-2, N-3.
 */
import { LATENCIES } from './latencies.ts';

/** How long a heartbeat takes to the server, back, and from there to a watcher: the medians of V-1 and V-3. */
export const HEARTBEAT_LEGS: Readonly<Record<'requestMs' | 'responseMs' | 'watchMs', number>> = {
  requestMs: Math.trunc(LATENCIES.apiWrite.p50 / 2),
  responseMs: LATENCIES.apiWrite.p50 - Math.trunc(LATENCIES.apiWrite.p50 / 2),
  watchMs: LATENCIES.watchEvent.p50,
};

/** Beats that follow a rule: the first is sent at `nextAtMs` of the run, the others every `periodMs`. */
export interface Cadence {
  readonly nextAtMs: number;
  readonly periodMs: number;
}

/** When the last beat was sent that had left by an instant; undefined: none yet. */
function lastBeatAtMs({ nextAtMs, periodMs }: Cadence, atMs: number): number | undefined {
  return atMs < nextAtMs ? undefined : nextAtMs + Math.trunc((atMs - nextAtMs) / periodMs) * periodMs;
}

/** A time for which beats followed a rule. */
interface Spell {
  readonly cadence: Cadence;
  readonly beganAtMs: number;
  /** Infinity: it lasts. */
  readonly endedAtMs: number;
  /** The last beat that counts; of one that lasts, Infinity. */
  readonly lastAtMs: number;
}

/** Beats of one sort. After the end of a spell one can still ask what a watcher had been shown while it lasted. */
export class Beats {
  #spell: Spell | undefined;
  #before: Spell | undefined;

  get isOn(): boolean {
    return this.#spell?.endedAtMs === Infinity;
  }

  begin(cadence: Cadence, nowMs: number): void {
    this.#before = this.#spell;
    this.#spell = { cadence, beganAtMs: nowMs, endedAtMs: Infinity, lastAtMs: Infinity };
  }

  /** Beats that had not left `legMs` before `nowMs` never happened. Returns the last that did, if any. */
  end(nowMs: number, legMs: number): number | undefined {
    if (this.#spell === undefined) return undefined;
    const lastAtMs = lastBeatAtMs(this.#spell.cadence, nowMs - legMs);
    this.#spell = { ...this.#spell, endedAtMs: nowMs, lastAtMs: lastAtMs ?? -Infinity };
    return lastAtMs;
  }

  /** When the newest beat was sent that a watcher had been shown by then; undefined: it knew what the object says. */
  seenBy(atMs: number): number | undefined {
    const spell = this.#spell === undefined || atMs >= this.#spell.beganAtMs ? this.#spell : this.#before;
    if (spell === undefined) return undefined;
    const { requestMs, watchMs } = HEARTBEAT_LEGS;
    // From here on the write is seen that the end of the spell made.
    if (atMs > spell.endedAtMs + watchMs) return undefined;
    const sentAtMs = lastBeatAtMs(spell.cadence, atMs - requestMs - watchMs);
    if (sentAtMs === undefined || spell.lastAtMs === -Infinity) return undefined;
    return Math.min(sentAtMs, spell.lastAtMs);
  }
}

export class Pulse {
  readonly renewals: Beats = new Beats();
  readonly reports: Beats = new Beats();

  /** Nothing but time can change what is seen of this node. */
  get isBeating(): boolean {
    return this.reports.isOn && this.renewals.isOn;
  }
}
