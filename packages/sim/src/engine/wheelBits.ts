/** Which lists of a wheel hold anything: a bit for each, and a bit for each 32 of those. */
import { lowestBit } from '@everynode/core/machinery/bitSet';

export class WheelBits {
  readonly #size: number;
  readonly #words: Int32Array<ArrayBuffer>;
  readonly #summary: Int32Array<ArrayBuffer>;

  /** `size` lists; a power of two from 1024 on. */
  constructor(size: number) {
    this.#size = size;
    this.#words = new Int32Array(size >>> 5);
    this.#summary = new Int32Array(size >>> 10);
  }

  set(list: number): void {
    const at = list >>> 5;
    const word = this.#words[at] ?? 0;
    this.#words[at] = word | (1 << (list & 31));
    if (word === 0) this.#summary[at >>> 5] = (this.#summary[at >>> 5] ?? 0) | (1 << (at & 31));
  }

  clear(list: number): void {
    const at = list >>> 5;
    const word = (this.#words[at] ?? 0) & ~(1 << (list & 31));
    this.#words[at] = word;
    if (word === 0) this.#clearSummary(at);
  }

  /** Clears the bit of `list`, which is set, if `ended` is 1, and leaves it if that is 0. Returns `distance` from there. */
  settle(list: number, ended: number): number {
    const at = list >>> 5;
    const word = (this.#words[at] ?? 0) ^ (ended << (list & 31));
    this.#words[at] = word;
    const rest = word >>> (list & 31);
    if (rest !== 0) return lowestBit(rest);
    if (word === 0) this.#clearSummary(at);
    return this.#distanceBeyond(list);
  }

  /** How many lists on the first one is that holds anything, from `list` on and round; `size` where none does. */
  distance(list: number): number {
    const rest = (this.#words[list >>> 5] ?? 0) >>> (list & 31);
    return rest === 0 ? this.#distanceBeyond(list) : lowestBit(rest);
  }

  /** As `distance`, where neither `list` nor what follows it in its word holds anything. */
  #distanceBeyond(list: number): number {
    const word = this.#findWord(((list >>> 5) + 1) & (this.#words.length - 1));
    if (word < 0) return this.#size;
    const found = (word << 5) | lowestBit(this.#words[word] ?? 0);
    return (found - list) & (this.#size - 1);
  }

  #findWord(from: number): number {
    const summary = this.#summary;
    const at = from >>> 5;
    const rest = (summary[at] ?? 0) & (-1 << (from & 31));
    if (rest !== 0) return (at << 5) | lowestBit(rest);
    // Once round, and the beginning of the first one again.
    for (let step = 1; step <= summary.length; step += 1) {
      const next = (at + step) & (summary.length - 1);
      const bits = summary[next] ?? 0;
      if (bits !== 0) return (next << 5) | lowestBit(bits);
    }
    return -1;
  }

  #clearSummary(word: number): void {
    this.#summary[word >>> 5] = (this.#summary[word >>> 5] ?? 0) & ~(1 << (word & 31));
  }
}
