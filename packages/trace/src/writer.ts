/**
 * The only hand that writes a trace: numbers the records, keeps time and causes honest, adds keyframes and the digest.
 * What is wrong here is a bug of ours, so it asserts.
 */
import { assert } from '@everynode/core/assert';
import { LineDigest } from './digest.ts';
import { toLine } from './line.ts';
import {
  type AssertionRecord,
  type BodyRecord,
  type DecisionRecord,
  type EndRecord,
  type EventRecord,
  type FaultEndRecord,
  type FaultRecord,
  type HeaderRecord,
  type Level,
  type NodeRecord,
  type Patch,
  type Scalar,
  TRACE_VERSION,
  type ViolationRecord,
} from './record.ts';
import { FoldedState } from './stateHash.ts';

/** A keyframe comes after this much virtual time or this many records, whichever is first. */
const KEYFRAME_MS = 60_000;
const KEYFRAME_RECORDS = 4_096;

export interface TraceWriterOptions {
  readonly level: Level;
  /** Gets every line, without its newline, in order. */
  readonly sink: (line: string) => void;
  /** Bytes after which `limitReached` is true; absent: no limit. */
  readonly traceBytesMax?: number;
}

type Fields<T> = Omit<T, 'kind'>;

/** Writes one trace: `header`, then the body in the order of time, then `end`. */
export class TraceWriter {
  readonly level: Level;
  readonly #sink: (line: string) => void;
  readonly #bytesMax: number;
  readonly #digest = new LineDigest();
  readonly #state = new FoldedState();
  #phase: 'new' | 'open' | 'ended' = 'new';
  #nextSeq = 0;
  #atMs = 0;
  #keyframeSeq = -1;
  #keyframeAtMs = 0;

  constructor({ level, sink, traceBytesMax = Number.MAX_SAFE_INTEGER }: TraceWriterOptions) {
    assert(traceBytesMax > 0, () => `traceBytesMax is a positive number, got ${traceBytesMax}`);
    this.level = level;
    this.#sink = sink;
    this.#bytesMax = traceBytesMax;
  }

  /** First line, outside the digest. `version` and `level` are the writer's own. */
  header(fields: Omit<HeaderRecord, 'kind' | 'version' | 'level'>): void {
    assert(this.#phase === 'new', () => 'the header is the first record of a trace');
    this.#phase = 'open';
    this.#sink(toLine({ kind: 'header', version: TRACE_VERSION, level: this.level, ...fields }));
  }

  /** Before the first event that names the node. */
  node(fields: Fields<NodeRecord>): void {
    this.#advance(fields.atMs);
    this.#write({ kind: 'node', ...fields });
  }

  /** Writes an event and returns its `seq`: dense from 0, shared with decisions. `cause` must be an earlier one. */
  event(fields: Omit<EventRecord, 'kind' | 'seq'>): number {
    const seq = this.#begin(fields.atMs, fields.cause);
    if (fields.data !== undefined) checkNumbers(Object.entries(fields.data), fields.type);
    if (fields.patch !== undefined) this.#fold(fields.object, fields.patch);
    this.#write({ kind: 'event', seq, ...fields });
    return seq;
  }

  decision(fields: Omit<DecisionRecord, 'kind' | 'seq'>): number {
    const seq = this.#begin(fields.atMs, fields.cause);
    this.#write({ kind: 'decision', seq, ...fields });
    return seq;
  }

  /** After its `fault.begin` event, whose `seq` it names. */
  fault(fields: Fields<FaultRecord>): void {
    this.#checkSeq(fields.seq);
    this.#write({ kind: 'fault', ...fields });
  }

  violation(fields: Fields<ViolationRecord>): void {
    this.#checkSeq(fields.seq);
    this.#write({ kind: 'violation', ...fields });
  }

  assertion(fields: Fields<AssertionRecord>): void {
    this.#write({ kind: 'assertion', ...fields });
  }

  faultEnd(fields: Fields<FaultEndRecord>): void {
    this.#write({ kind: 'faultEnd', ...fields });
  }

  /** Last line; returns the digest, 64 hex digits. */
  end(fields: Omit<EndRecord, 'kind' | 'events' | 'digest'>): string {
    this.#advance(fields.atMs);
    if (this.#keyframeSeq < this.#nextSeq - 1) this.#keyframe();
    const digest = this.#digest.finish();
    this.#sink(toLine({ kind: 'end', events: this.#nextSeq, digest, ...fields }));
    this.#phase = 'ended';
    return digest;
  }

  /** Events and decisions written so far: the next `seq`. */
  get events(): number {
    return this.#nextSeq;
  }

  /** True: end the run with verdict `limit`. Lines are still taken, so that the trace can be ended well. */
  get limitReached(): boolean {
    return this.#digest.bytes >= this.#bytesMax;
  }

  get bytes(): number {
    return this.#digest.bytes;
  }

  #begin(atMs: number, cause: number | undefined): number {
    const seq = this.#nextSeq;
    if (seq > 0 && (seq - this.#keyframeSeq > KEYFRAME_RECORDS || crosses(this.#keyframeAtMs, atMs)))
      this.#keyframe(atMs);
    this.#advance(atMs);
    if (cause !== undefined) this.#checkSeq(cause);
    this.#nextSeq = seq + 1;
    return seq;
  }

  #advance(atMs: number): void {
    assert(Number.isSafeInteger(atMs), () => `time is whole milliseconds, got ${atMs}`);
    assert(atMs >= this.#atMs, () => `record for ${atMs} ms after one for ${this.#atMs} ms`);
    this.#atMs = atMs;
  }

  #checkSeq(seq: number): void {
    assert(Number.isInteger(seq) && seq >= 0, () => `a record names seq ${seq}, which is none`);
    assert(seq < this.#nextSeq, () => `record ${this.#nextSeq} names seq ${seq}, which is not earlier`);
  }

  #fold(object: string | undefined, patch: Patch): void {
    assert(object !== undefined, () => 'an event with a patch names its object');
    checkNumbers(patch, object);
    this.#state.apply(object, patch);
  }

  /** Covers all that is written; `nextAtMs` is the instant of the record that follows. */
  #keyframe(nextAtMs: number = this.#atMs): void {
    const seq = this.#nextSeq - 1;
    this.#write({ kind: 'keyframe', seq, atMs: this.#atMs, hash: this.#state.hash });
    this.#keyframeSeq = seq;
    this.#keyframeAtMs = nextAtMs;
  }

  #write(record: BodyRecord): void {
    assert(this.#phase === 'open', () => `a ${record.kind} record must stand between header and end`);
    const line = toLine(record);
    this.#digest.add(line);
    this.#sink(line);
  }
}

function crosses(fromMs: number, toMs: number): boolean {
  return Math.trunc(toMs / KEYFRAME_MS) > Math.trunc(fromMs / KEYFRAME_MS);
}

/** Floats print differently after arithmetic in another order; a trace holds whole numbers only. */
function checkNumbers(entries: Iterable<readonly [string, Scalar]>, where: string): void {
  for (const [key, value] of entries) {
    assert(
      typeof value !== 'number' || Number.isSafeInteger(value),
      () => `${where}: ${key} is no whole number: ${value}`,
    );
  }
}
