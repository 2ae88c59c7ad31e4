/** Exponential delay per key, as behind failed daemon pods. Twin: client-go util/flowcontrol Backoff. Rules: DS-F2, DS-F6. */

interface Entry {
  readonly delayMs: number;
  readonly updatedAtMs: number;
}

/** How the DaemonSet controller sets it up: 1 s, doubled up to 15 min, without jitter (DS-F2). */
const FAILED_PODS_BACKOFF = { initialMs: 1000, maxMs: 900_000 } as const;

export class Backoff {
  readonly #entries = new Map<string, Entry>();
  readonly #initialMs: number;
  readonly #maxMs: number;
  readonly #jitterMs: (delayMs: number) => number;
  readonly #expiresAfterMs: number;

  /** `jitterMs` says what comes on top of a delay; the DaemonSet controller adds nothing. `expiresAfterMs`: so long without a failure clear the slate. */
  constructor(
    initialMs: number = FAILED_PODS_BACKOFF.initialMs,
    maxMs: number = FAILED_PODS_BACKOFF.maxMs,
    jitterMs: (delayMs: number) => number = () => 0,
    expiresAfterMs: number = 2 * maxMs,
  ) {
    this.#initialMs = initialMs;
    this.#maxMs = maxMs;
    this.#jitterMs = jitterMs;
    this.#expiresAfterMs = expiresAfterMs;
  }

  /** The key's current delay, 0 for a key without an entry. */
  get(key: string): number {
    return this.#entries.get(key)?.delayMs ?? 0;
  }

  /** Notes a failure: the delay begins, doubles, or begins anew where the last one is long past. */
  next(key: string, nowMs: number): void {
    const entry = this.#entries.get(key);
    const isFirst = entry === undefined || this.#isExpired(entry, nowMs);
    const delayMs = isFirst
      ? this.#initialMs + this.#jitterMs(this.#initialMs)
      : 2 * entry.delayMs + this.#jitterMs(entry.delayMs);
    this.#entries.set(key, { delayMs: Math.min(delayMs, this.#maxMs), updatedAtMs: nowMs });
  }

  /** Whether less than the delay has passed since the last failure. */
  isInBackOffSinceUpdate(key: string, nowMs: number): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined || this.#isExpired(entry, nowMs)) return false;
    return nowMs - entry.updatedAtMs < entry.delayMs;
  }

  /** Whether less than the delay has passed since `eventAtMs`. */
  isInBackOffSince(key: string, eventAtMs: number, nowMs: number): boolean {
    const entry = this.#entries.get(key);
    if (entry === undefined || this.#isExpired(entry, eventAtMs)) return false;
    return nowMs - eventAtMs < entry.delayMs;
  }

  has(key: string): boolean {
    return this.#entries.has(key);
  }

  reset(key: string): void {
    this.#entries.delete(key);
  }

  /** Drops what has expired; upstream runs it every 60 s. */
  gc(nowMs: number): void {
    for (const [key, entry] of this.#entries) {
      if (this.#isExpired(entry, nowMs)) this.#entries.delete(key);
    }
  }

  /** Twice the longest delay without a failure clears the slate: 30 min for failed pods. */
  #isExpired(entry: Entry, nowMs: number): boolean {
    return nowMs - entry.updatedAtMs > this.#expiresAfterMs;
  }
}
