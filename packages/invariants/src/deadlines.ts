/** Instants at which time alone changes something about a node: the earliest is found without looking at all of them. */
import { assert } from '@everynode/core/assert';
import { MinHeap } from '@everynode/core/machinery/minHeap';

interface Entry {
  readonly name: string;
  readonly atMs: number;
}

/** At most one instant per name. Outdated entries stay in the heap and are dropped when they come up. */
export class Deadlines {
  readonly #current = new Map<string, number>();
  readonly #heap = new MinHeap<Entry>((a, b) => a.atMs < b.atMs);

  /** Replaces what was set for the name; undefined clears it. */
  set(name: string, atMs: number | undefined): void {
    if (atMs === undefined) {
      this.#current.delete(name);
      return;
    }
    assert(Number.isSafeInteger(atMs), () => `time is whole milliseconds, got ${atMs}`);
    if (this.#current.get(name) === atMs) return;
    this.#current.set(name, atMs);
    this.#heap.push({ name, atMs });
  }

  get earliestMs(): number | undefined {
    this.#dropOutdated();
    return this.#heap.peek()?.atMs;
  }

  /** Takes out one name whose instant has come, in the order of the instants; undefined when none has. */
  takeDue(nowMs: number): string | undefined {
    this.#dropOutdated();
    const first = this.#heap.peek();
    if (first === undefined || first.atMs > nowMs) return undefined;
    this.#current.delete(first.name);
    this.#heap.pop();
    return first.name;
  }

  #dropOutdated(): void {
    for (let first = this.#heap.peek(); first !== undefined; first = this.#heap.peek()) {
      if (this.#current.get(first.name) === first.atMs) return;
      this.#heap.pop();
    }
  }
}
