/**
 * Token bucket that reserves, as client-go's rate limiter does: a caller always gets a token, and with it the instant
 * from which it may be used. Whole numbers only, so that the same seed gives the same bytes. Twin: golang.org/x/time/rate
 * Limiter. Rules: I-12, I-13, I-15, DS-Q2, DS-Q12.
 */
import { assert } from '../assert.ts';

export interface TokenBucketLimit {
  /** So many tokens flow in … */
  readonly tokens: number;
  /** … within so many milliseconds: 20 tokens per 1000 ms are 20 requests a second. */
  readonly perMs: number;
  readonly burst: number;
}

export class TokenBucket {
  readonly #limit: TokenBucketLimit;
  /** In parts of a token, `perMs` parts each: `tokens` parts flow in per millisecond. Negative while reserved ahead. */
  #parts: number;
  #lastMs: number;

  constructor(limit: TokenBucketLimit, nowMs: number) {
    assert(limit.tokens > 0 && limit.perMs > 0 && limit.burst > 0, () => `bad limit ${JSON.stringify(limit)}`);
    this.#limit = limit;
    this.#parts = limit.burst * limit.perMs;
    this.#lastMs = nowMs;
  }

  /** Takes one token and returns the instant from which it may be used, `nowMs` when one is there. */
  reserve(nowMs: number): number {
    this.#refill(nowMs);
    this.#parts -= this.#limit.perMs;
    if (this.#parts >= 0) return nowMs;
    return nowMs + Math.trunc((-this.#parts + this.#limit.tokens - 1) / this.#limit.tokens);
  }

  /** Takes one token only if one is there now. */
  tryTake(nowMs: number): boolean {
    this.#refill(nowMs);
    if (this.#parts < this.#limit.perMs) return false;
    this.#parts -= this.#limit.perMs;
    return true;
  }

  #refill(nowMs: number): void {
    const { tokens, perMs, burst } = this.#limit;
    // A clock that was set back brings no tokens, and takes none away.
    const elapsedMs = Math.max(0, nowMs - this.#lastMs);
    this.#lastMs = nowMs;
    const full = burst * perMs;
    const missingMs = Math.trunc((full - this.#parts + tokens - 1) / tokens);
    this.#parts = elapsedMs >= missingMs ? full : this.#parts + elapsedMs * tokens;
  }
}
