/** Hash of the state that patches fold to, kept up to date patch by patch: the sum of its entries' hashes, so order never counts. */
import type { Patch, Scalar } from './record.ts';

/** Fields of one object; a field that is gone is not in it. */
export type ObjectState = ReadonlyMap<string, Scalar>;

/**
 * All objects of a run at one moment, folded from patches. An object whose last field is gone is gone.
 * Two states with the same entries have the same `hash`, whatever way led there.
 */
export class FoldedState {
  readonly #objects = new Map<string, Map<string, Scalar>>();
  #low = 0;
  #high = 0;

  /** Applies one patch of one object; null removes a field. */
  apply(object: string, patch: Patch): void {
    let fields = this.#objects.get(object);
    if (fields === undefined) {
      fields = new Map();
      this.#objects.set(object, fields);
    }
    const seed = lanesOf(object, SEED);
    for (const [path, value] of patch) this.#set(fields, seed, path, value);
    if (fields.size === 0) this.#objects.delete(object);
  }

  get(object: string): ObjectState | undefined {
    return this.#objects.get(object);
  }

  /** In the order in which the objects appeared. */
  entries(): IterableIterator<[string, ObjectState]> {
    return this.#objects.entries();
  }

  get size(): number {
    return this.#objects.size;
  }

  /** 16 hex digits. */
  get hash(): string {
    return hex(this.#high) + hex(this.#low);
  }

  #set(fields: Map<string, Scalar>, seed: Lanes, path: string, value: Scalar): void {
    const before = fields.get(path);
    if (before === value) return;
    const lanes = lanesOf(path, seed);
    if (before !== undefined) this.#add(lanesOf(entryText(before), lanes), -1);
    if (value === null) {
      fields.delete(path);
      return;
    }
    fields.set(path, value);
    this.#add(lanesOf(entryText(value), lanes), 1);
  }

  #add({ low, high }: Lanes, sign: 1 | -1): void {
    this.#low = (this.#low + sign * avalanche(low)) >>> 0;
    this.#high = (this.#high + sign * avalanche(high ^ low)) >>> 0;
  }
}

/** Two lanes of 32 bits with different multipliers, finished as in murmur3: a single lane would collide once in 65,000 states. */
interface Lanes {
  readonly low: number;
  readonly high: number;
}

const SEED: Lanes = { low: 0x811c9dc5, high: 0x9e3779b9 };

/** Mixes a text and its end into the lanes, so that `ab` + `c` differs from `a` + `bc`. */
function lanesOf(text: string, seed: Lanes): Lanes {
  let { low, high } = seed;
  for (let i = 0; i < text.length; i += 1) {
    const code = text.charCodeAt(i);
    low = Math.imul(low ^ code, 0x01000193);
    high = (Math.imul(high ^ code, 0x5bd1e995) + 0x7ed55d16) | 0;
  }
  return { low: Math.imul(low ^ 0x10000, 0x01000193), high: Math.imul(high ^ 0x10000, 0x5bd1e995) };
}

/** Text and other scalars never look alike. */
function entryText(value: Scalar): string {
  return typeof value === 'string' ? `"${value}` : String(value);
}

function avalanche(value: number): number {
  let x = value ^ (value >>> 16);
  x = Math.imul(x, 0x85ebca6b);
  x ^= x >>> 13;
  x = Math.imul(x, 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}
