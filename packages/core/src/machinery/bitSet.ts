/** A set of small whole numbers, always walked in ascending order: one bit each. */
import { assert } from '../assert.ts';

export class BitSet {
  readonly #words: Uint32Array;
  #size = 0;

  /** For the numbers 0 to `limit - 1`. */
  constructor(limit: number) {
    this.#words = new Uint32Array((limit + 31) >>> 5);
  }

  get size(): number {
    return this.#size;
  }

  has(value: number): boolean {
    return ((this.#words[value >>> 5] ?? 0) & (1 << (value & 31))) !== 0;
  }

  add(value: number): void {
    if (this.has(value)) return;
    assert(value >>> 5 < this.#words.length, () => `${value} is out of bounds`);
    this.#words[value >>> 5] = (this.#words[value >>> 5] ?? 0) | (1 << (value & 31));
    this.#size += 1;
  }

  delete(value: number): void {
    if (!this.has(value)) return;
    this.#words[value >>> 5] = (this.#words[value >>> 5] ?? 0) & ~(1 << (value & 31));
    this.#size -= 1;
  }

  /** The lowest members, at most `limit` of them. */
  first(limit: number = this.#size): readonly number[] {
    const found: number[] = [];
    const wanted = Math.min(limit, this.#size);
    for (let at = 0; found.length < wanted; at += 1) {
      let word = this.#words[at] ?? 0;
      while (word !== 0 && found.length < wanted) {
        found.push((at << 5) | lowestBit(word));
        word &= word - 1;
      }
    }
    return found;
  }
}

/** The number of the lowest bit that is set in a word; there must be one. */
export function lowestBit(word: number): number {
  return 31 - Math.clz32(word & -word);
}
