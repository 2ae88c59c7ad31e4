/**
 * What a process's event recorder makes of the events it is given: equal ones are counted, similar ones combined, and
 * an object that is talked about too much is talked about no more. A state machine without a store: it says what would
 * be written. Twin: client-go tools/record EventCorrelator. Rules: I-15, I-16.
 */
import { TokenBucket } from './tokenBucket.ts';

/** One thing a component has to say about an object. */
export interface Occurrence {
  /** Who says it, and on which node where that matters: one recorder, one source. */
  readonly source: string;
  /** Identity of the object, its uid and the part of it that is meant. */
  readonly object: string;
  readonly type: string;
  readonly reason: string;
  readonly message: string;
  readonly atMs: number;
}

/** What is written: a new event, or the one of that id again with a higher count. */
export interface CorrelatedEvent {
  /** Number of the occurrence that made the event; an event that is counted up keeps it. */
  readonly id: number;
  readonly message: string;
  readonly count: number;
  readonly firstAtMs: number;
}

/** From so many different messages on, similar events become one. */
const SIMILAR_MAX = 10;
/** Similar events further apart than this have nothing to do with each other. */
const SIMILAR_WITHIN_MS = 600_000;
const COMBINED_PREFIX = '(combined from similar events): ';
const SPAM_LIMIT = { tokens: 1, perMs: 300_000, burst: 25 } as const;
/** Each memory forgets what was used longest ago. */
const REMEMBERED_MAX = 4096;

interface Similar {
  readonly messages: Set<string>;
  lastAtMs: number;
}

interface Seen {
  readonly id: number;
  readonly firstAtMs: number;
  count: number;
}

export class EventCorrelator {
  readonly #similar = new Map<string, Similar>();
  readonly #seen = new Map<string, Seen>();
  readonly #buckets = new Map<string, TokenBucket>();

  /** `id` numbers the occurrence. Undefined: the recorder drops it, after it has counted it. */
  observe(id: number, occurrence: Occurrence): CorrelatedEvent | undefined {
    const { source, object, type, reason, message, atMs } = occurrence;
    const topic = JSON.stringify([source, object, type, reason]);
    const isCombined = this.#countsAsSimilar(topic, message, atMs);
    const seen = this.#count(isCombined ? topic : JSON.stringify([topic, message]), id, atMs);
    const bucket = recall(this.#buckets, JSON.stringify([source, object]), () => new TokenBucket(SPAM_LIMIT, atMs));
    if (!bucket.tryTake(atMs)) return undefined;
    const text = isCombined ? `${COMBINED_PREFIX}${message}` : message;
    return { id: seen.id, message: text, count: seen.count, firstAtMs: seen.firstAtMs };
  }

  #countsAsSimilar(topic: string, message: string, atMs: number): boolean {
    const known = recall(this.#similar, topic, (): Similar => ({ messages: new Set(), lastAtMs: atMs }));
    if (atMs - known.lastAtMs > SIMILAR_WITHIN_MS) known.messages.clear();
    known.lastAtMs = atMs;
    known.messages.add(message);
    if (known.messages.size < SIMILAR_MAX) return false;
    // Upstream forgets any one of them, so that the set does not grow; here it is the oldest.
    for (const oldest of known.messages) {
      known.messages.delete(oldest);
      break;
    }
    return true;
  }

  #count(key: string, id: number, atMs: number): Seen {
    const seen = recall(this.#seen, key, (): Seen => ({ id, firstAtMs: atMs, count: 0 }));
    seen.count += 1;
    return seen;
  }
}

/** The entry of a key, made where there is none; the entry used longest ago makes room. */
function recall<T>(memory: Map<string, T>, key: string, create: () => T): T {
  const entry = memory.get(key) ?? create();
  memory.delete(key);
  memory.set(key, entry);
  if (memory.size > REMEMBERED_MAX) {
    for (const oldest of memory.keys()) {
      memory.delete(oldest);
      break;
    }
  }
  return entry;
}
