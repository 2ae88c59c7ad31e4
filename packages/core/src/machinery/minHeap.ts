/** A binary heap of small records: the least one is at hand, the rest in no order. For queues with few entries; events have their own. */

export class MinHeap<T> {
  readonly #isBefore: (a: T, b: T) => boolean;
  readonly #entries: T[] = [];

  /** `isBefore` is a strict order; entries of which neither comes before the other leave in any order. */
  constructor(isBefore: (a: T, b: T) => boolean) {
    this.#isBefore = isBefore;
  }

  /** The least entry, left where it is; undefined when there is none. */
  peek(): T | undefined {
    return this.#entries[0];
  }

  push(entry: T): void {
    const entries = this.#entries;
    let at = entries.length;
    entries.push(entry);
    while (at > 0) {
      const parentAt = (at - 1) >> 1;
      const parent = entries[parentAt];
      if (parent === undefined || !this.#isBefore(entry, parent)) break;
      entries[at] = parent;
      at = parentAt;
    }
    entries[at] = entry;
  }

  /** Takes the least entry out. */
  pop(): T | undefined {
    const entries = this.#entries;
    const [first] = entries;
    const last = entries.pop();
    if (last === undefined || entries.length === 0) return first;
    let at = 0;
    for (;;) {
      const leftAt = 2 * at + 1;
      const left = entries[leftAt];
      if (left === undefined) break;
      const right = entries[leftAt + 1];
      const [child, childAt] =
        right !== undefined && this.#isBefore(right, left) ? [right, leftAt + 1] : [left, leftAt];
      if (!this.#isBefore(child, last)) break;
      entries[at] = child;
      at = childAt;
    }
    entries[at] = last;
    return first;
  }
}
