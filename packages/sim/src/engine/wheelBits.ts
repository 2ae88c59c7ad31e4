/** Which lists of a wheel hold anything: a bit for each, and a bit for each 32 of those. */
import { lowestBit } from '@everynode/core/machinery/bitSet';

export class WheelBits {
  readonly #words: Int32Array;
  readonly #summary: Int32Array;

  /** `size` lists; a multiple of 1024. */
  constructor(size: number) {
    this.#words = new Int32Array(size >>> 5);
    this.#summary = new Int32Array(size >>> 10);
  }

  set(list: number): void {
    const at = list >>> 5;
    this.#words[at] = (this.#words[at] ?? 0) | (1 << (list & 31));
    this.#summary[at >>> 5] = (this.#summary[at >>> 5] ?? 0) | (1 << (at & 31));
  }

  clear(list: number): void {
    const at = list >>> 5;
    const word = (this.#words[at] ?? 0) & ~(1 << (list & 31));
    this.#words[at] = word;
    if (word === 0) this.#summary[at >>> 5] = (this.#summary[at >>> 5] ?? 0) & ~(1 << (at & 31));
  }

  /** The first list that holds anything, from one on and round; -1 where none does. */
  findFrom(from: number): number {
    const at = from >>> 5;
    const rest = (this.#words[at] ?? 0) & (-1 << (from & 31));
    if (rest !== 0) return (at << 5) | lowestBit(rest);
    const word = this.#findWord(at + 1);
    return word < 0 ? -1 : (word << 5) | lowestBit(this.#words[word] ?? 0);
  }

  #findWord(from: number): number {
    const start = from % this.#words.length;
    const at = start >>> 5;
    const rest = (this.#summary[at] ?? 0) & (-1 << (start & 31));
    if (rest !== 0) return (at << 5) | lowestBit(rest);
    // Once round, and the beginning of the first one again.
    for (let step = 1; step <= this.#summary.length; step += 1) {
      const next = (at + step) % this.#summary.length;
      const bits = this.#summary[next] ?? 0;
      if (bits !== 0) return (next << 5) | lowestBit(bits);
    }
    return -1;
  }
}
