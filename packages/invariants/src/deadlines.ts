/** Instants at which time alone changes something about a node: the earliest is found without looking at all of them. */
import { assert } from '@everynode/core/assert';

interface Entry {
  readonly name: string;
  readonly atMs: number;
}

/** At most one instant per name. A binary heap whose outdated entries are dropped when they come up. */
export class Deadlines {
  readonly #current = new Map<string, number>();
  readonly #heap: Entry[] = [];

  /** Replaces what was set for the name; undefined clears it. */
  set(name: string, atMs: number | undefined): void {
    if (atMs === undefined) {
      this.#current.delete(name);
      return;
    }
    assert(Number.isSafeInteger(atMs), () => `time is whole milliseconds, got ${atMs}`);
    if (this.#current.get(name) === atMs) return;
    this.#current.set(name, atMs);
    this.#push({ name, atMs });
  }

  get earliestMs(): number | undefined {
    this.#dropOutdated();
    return this.#heap[0]?.atMs;
  }

  /** Takes out one name whose instant has come, in the order of the instants; undefined when none has. */
  takeDue(nowMs: number): string | undefined {
    this.#dropOutdated();
    const first = this.#heap[0];
    if (first === undefined || first.atMs > nowMs) return undefined;
    this.#current.delete(first.name);
    this.#pop();
    return first.name;
  }

  #dropOutdated(): void {
    for (let first = this.#heap[0]; first !== undefined; first = this.#heap[0]) {
      if (this.#current.get(first.name) === first.atMs) return;
      this.#pop();
    }
  }

  #push(entry: Entry): void {
    const heap = this.#heap;
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const above = heap[parent];
      if (above === undefined || above.atMs <= entry.atMs) break;
      heap[at] = above;
      at = parent;
    }
    heap[at] = entry;
  }

  #pop(): void {
    const heap = this.#heap;
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const right = left + 1;
      const isRightLess = (heap[right]?.atMs ?? Infinity) < (heap[left]?.atMs ?? Infinity);
      const child = isRightLess ? right : left;
      const below = heap[child];
      if (below === undefined || below.atMs >= last.atMs) break;
      heap[at] = below;
      at = child;
    }
    heap[at] = last;
  }
}
