/**
 * client-go's rate-limited, de-duplicating work queue as plain data: whoever drives it tells the time and asks when to
 * look again. Twin: client-go util/workqueue. Rules: DS-Q1…DS-Q3, I-9…I-12.
 */
import { assert } from '../assert.ts';
import { MinHeap } from './minHeap.ts';
import { TokenBucket } from './tokenBucket.ts';

/** Delay of a key after its first failure; doubled with each, up to the most. */
export interface FailureDelays {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** Per-key delay of failures: 5 ms doubled each time, at most 1000 s (DS-Q2). */
const FAILURE_DELAYS: FailureDelays = { firstMs: 5, maxMs: 1_000_000 };
/** 5 ms × 2^18 is beyond the maximum; more doublings would only leave the safe integers. */
const FAILURE_DOUBLINGS_MAX = 18;
/** All failures of one queue together: 10 a second, 100 at once (DS-Q2). */
const FAILURE_BUCKET = { tokens: 10, perMs: 1000, burst: 100 } as const;

interface Waiting {
  readonly key: string;
  readonly readyAtMs: number;
  /** Order of arrival, so that equal instants have one order. */
  readonly order: number;
}

export class Workqueue {
  readonly #ready: string[] = [];
  #head = 0;
  readonly #dirty = new Set<string>();
  readonly #processing = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #waiting = new Map<string, Waiting>();
  /** By (readyAtMs, order); an entry that `#waiting` no longer holds is dead and skipped. */
  readonly #heap = new MinHeap<Waiting>(isBefore);
  readonly #bucket: TokenBucket;
  #order = 0;

  readonly #delays: FailureDelays;

  /** `delays`: of the few controllers that have a limiter of their own. */
  constructor(nowMs: number, delays: FailureDelays = FAILURE_DELAYS) {
    this.#delays = delays;
    this.#bucket = new TokenBucket(FAILURE_BUCKET, nowMs);
  }

  /** Keys that `get` would hand out now, timers aside. */
  get length(): number {
    return this.#ready.length - this.#head;
  }

  /** Whether the key waits to be handled; one that is only being handled does not. */
  has(key: string): boolean {
    return this.#dirty.has(key);
  }

  /** Keys that wait to be handled, in order; for tests and for the trace. */
  readyKeys(): readonly string[] {
    return this.#ready.slice(this.#head);
  }

  add(key: string): void {
    if (this.#dirty.has(key)) return;
    this.#dirty.add(key);
    if (!this.#processing.has(key)) this.#ready.push(key);
  }

  /** Takes the next key; it is nobody else's until `done`. */
  get(nowMs: number): string | undefined {
    this.advance(nowMs);
    if (this.#head === this.#ready.length) return undefined;
    const key = this.#ready[this.#head] ?? '';
    this.#head += 1;
    if (this.#head > 1024 && this.#head * 2 > this.#ready.length) {
      this.#ready.splice(0, this.#head);
      this.#head = 0;
    }
    this.#processing.add(key);
    this.#dirty.delete(key);
    return key;
  }

  /** Ends the handling of a key; what was added meanwhile runs once more. */
  done(key: string): void {
    assert(this.#processing.delete(key), () => `${key} is done, but nobody works on it`);
    if (this.#dirty.has(key)) this.#ready.push(key);
  }

  /** Adds later. Of two pending delays of one key the earlier wins; an immediate add leaves the timer alone (DS-Q3). */
  addAfter(key: string, delayMs: number, nowMs: number): void {
    if (delayMs <= 0) {
      this.add(key);
      return;
    }
    const readyAtMs = nowMs + delayMs;
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined && waiting.readyAtMs <= readyAtMs) return;
    this.#order += 1;
    const entry = { key, readyAtMs, order: this.#order };
    this.#waiting.set(key, entry);
    this.#heap.push(entry);
  }

  /** Adds after a failure, with the longer of the key's and the queue's delay; returns it. */
  addRateLimited(key: string, nowMs: number): number {
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    const ownMs = Math.min(this.#delays.firstMs * 2 ** Math.min(failures, FAILURE_DOUBLINGS_MAX), this.#delays.maxMs);
    const delayMs = Math.max(ownMs, this.#bucket.reserve(nowMs) - nowMs);
    this.addAfter(key, delayMs, nowMs);
    return delayMs;
  }

  /** Zeroes the failures of a key; a pending timer stays (I-11). */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  failures(key: string): number {
    return this.#failures.get(key) ?? 0;
  }

  /** The earliest instant at which a timer adds a key, or undefined where none runs. */
  nextReadyAtMs(): number | undefined {
    this.#dropDead();
    return this.#heap.peek()?.readyAtMs;
  }

  /** Moves the keys whose time has come; `get` does so by itself. */
  advance(nowMs: number): void {
    for (;;) {
      this.#dropDead();
      const first = this.#heap.peek();
      if (first === undefined || first.readyAtMs > nowMs) return;
      this.#heap.pop();
      this.#waiting.delete(first.key);
      this.add(first.key);
    }
  }

  #dropDead(): void {
    for (let first = this.#heap.peek(); first !== undefined; first = this.#heap.peek()) {
      if (this.#waiting.get(first.key) === first) return;
      this.#heap.pop();
    }
  }
}

function isBefore(a: Waiting, b: Waiting): boolean {
  return a.readyAtMs !== b.readyAtMs ? a.readyAtMs < b.readyAtMs : a.order < b.order;
}
