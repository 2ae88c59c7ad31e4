/**
 * The breaches of one assertion, told as episodes: a number that flickers around its bound is one story, not a
 * hundred. Writes each episode into the trace when it is over.
 */
import { assert } from '@everynode/core/assert';
import type { ViolationRecord } from '@everynode/trace/record';
import type { Finding } from './expectation.ts';
import type { FaultLog } from './faultLog.ts';

/** Breaches that are less than this apart are one episode. */
export const EPISODE_GAP_MS = 30_000;

/** Takes violations; the trace's writer is one. */
export interface ViolationSink {
  violation(fields: Omit<ViolationRecord, 'kind'>): void;
}

/** What all episodes of an assertion have in common. */
export type EpisodeHead = Pick<ViolationRecord, 'id' | 'invariant' | 'block' | 'severity'>;

interface Episode {
  readonly fromMs: number;
  readonly seq: number;
  readonly finding: Finding;
  readonly faults: readonly string[];
  /** Undefined: still broken. */
  toMs: number | undefined;
}

export class Episodes {
  readonly #head: EpisodeHead;
  readonly #sink: ViolationSink;
  readonly #faults: FaultLog;
  #episode: Episode | undefined;
  #brokenSinceMs = 0;
  #first: Episode | undefined;
  #violatedMs = 0;
  #count = 0;

  constructor({ id, invariant, block, severity }: EpisodeHead, sink: ViolationSink, faults: FaultLog) {
    this.#head = { id, invariant, block, severity };
    this.#sink = sink;
    this.#faults = faults;
  }

  /** Instants of broken judgements; `seq` is the trace record at which it broke. */
  breach(fromMs: number, seq: number, finding: Finding): void {
    const open = this.#episode;
    if (open !== undefined && open.toMs === undefined) return;
    this.#brokenSinceMs = fromMs;
    if (open !== undefined && open.toMs !== undefined && fromMs - open.toMs < EPISODE_GAP_MS) {
      open.toMs = undefined;
      return;
    }
    this.#write();
    this.#count += 1;
    this.#episode = { fromMs, seq, finding, faults: this.#faults.felt(fromMs, finding.node), toMs: undefined };
    this.#first ??= this.#episode;
  }

  /** It holds again; without effect where nothing is broken. */
  heal(toMs: number): void {
    const open = this.#episode;
    if (open === undefined || open.toMs !== undefined) return;
    assert(toMs >= this.#brokenSinceMs, () => `${this.#head.id} healed at ${toMs} ms, before it broke`);
    open.toMs = toMs;
    this.#violatedMs += toMs - this.#brokenSinceMs;
  }

  /** Ends the record; what is broken stays open in the trace, and counts up to `endMs`. */
  finish(endMs: number): void {
    if (this.isBroken) this.#violatedMs += endMs - this.#brokenSinceMs;
    this.#write();
  }

  get isBroken(): boolean {
    return this.#episode !== undefined && this.#episode.toMs === undefined;
  }

  get firstViolatedAtMs(): number | null {
    return this.#first?.fromMs ?? null;
  }

  /** Of the first episode; empty if there was none. */
  get message(): string {
    return this.#first?.finding.message ?? '';
  }

  get violatedMs(): number {
    return this.#violatedMs;
  }

  get count(): number {
    return this.#count;
  }

  #write(): void {
    const episode = this.#episode;
    if (episode === undefined) return;
    const { fromMs, toMs = null, seq, finding, faults } = episode;
    const { message, object, node } = finding;
    this.#sink.violation({
      ...this.#head,
      fromMs,
      toMs,
      seq,
      message,
      ...(object === undefined ? {} : { object }),
      ...(node === undefined ? {} : { node }),
      faults,
    });
    this.#episode = undefined;
  }
}
