/** The far future of the event queue, in order. */
const NOT_HERE = -1;

/**
 * A 4-ary heap of slots by (atMs, tie) in typed arrays. Flatter than a binary one: about half the levels, and the four
 * children share a cache line. The event queue keeps the far future in it.
 */
export class EventHeap {
  #atMs: Float64Array<ArrayBuffer>;
  #tie: Float64Array<ArrayBuffer>;
  #slots: Int32Array<ArrayBuffer>;
  /** By slot: where it stands in the heap, plus one; 0 where it does not. */
  #position: Int32Array<ArrayBuffer>;
  #size = 0;

  constructor(capacity: number) {
    this.#atMs = new Float64Array(capacity);
    this.#tie = new Float64Array(capacity);
    this.#slots = new Int32Array(capacity);
    this.#position = new Int32Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  /** Infinity when it is empty. */
  get leastAtMs(): number {
    return this.#size === 0 ? Infinity : (this.#atMs[0] ?? Infinity);
  }

  has(slot: number): boolean {
    return (this.#position[slot] ?? 0) !== 0;
  }

  /** Slots are below the capacity, which `grow` raises. */
  add(slot: number, atMs: number, tie: number): void {
    const at = this.#size;
    this.#size += 1;
    this.#siftUp(at, atMs, tie, slot);
  }

  /** Takes the first one out; there must be one. */
  take(): number {
    const slot = this.#slots[0] ?? 0;
    this.#removeAt(0);
    return slot;
  }

  remove(slot: number): void {
    this.#removeAt((this.#position[slot] ?? 0) - 1);
  }

  grow(capacity: number): void {
    this.#atMs = grown(this.#atMs, new Float64Array(capacity));
    this.#tie = grown(this.#tie, new Float64Array(capacity));
    this.#slots = grown(this.#slots, new Int32Array(capacity));
    this.#position = grown(this.#position, new Int32Array(capacity));
  }

  #removeAt(position: number): void {
    const slot = this.#slots[position] ?? 0;
    this.#position[slot] = 0;
    this.#size -= 1;
    const last = this.#size;
    if (position === last) return;
    const atMs = this.#atMs[last] ?? 0;
    const tie = this.#tie[last] ?? 0;
    const moved = this.#slots[last] ?? 0;
    // The last one may belong above a hole that a cancel made in another branch.
    const parent = (position - 1) >> 2;
    if (position > 0 && this.#isBefore(atMs, tie, parent)) this.#siftUp(position, atMs, tie, moved);
    else this.#siftDown(position, atMs, tie, moved);
  }

  #isBefore(atMs: number, tie: number, position: number): boolean {
    const other = this.#atMs[position] ?? 0;
    return atMs < other || (atMs === other && tie < (this.#tie[position] ?? 0));
  }

  #siftUp(from: number, atMs: number, tie: number, slot: number): void {
    let hole = from;
    while (hole > 0) {
      const parent = (hole - 1) >> 2;
      if (!this.#isBefore(atMs, tie, parent)) break;
      this.#move(parent, hole);
      hole = parent;
    }
    this.#place(hole, atMs, tie, slot);
  }

  #siftDown(from: number, atMs: number, tie: number, slot: number): void {
    let hole = from;
    for (;;) {
      const least = this.#leastChild(hole);
      if (least === NOT_HERE || this.#isBefore(atMs, tie, least)) break;
      this.#move(least, hole);
      hole = least;
    }
    this.#place(hole, atMs, tie, slot);
  }

  #leastChild(parent: number): number {
    const first = parent * 4 + 1;
    if (first >= this.#size) return NOT_HERE;
    const end = Math.min(first + 4, this.#size);
    let least = first;
    for (let child = first + 1; child < end; child += 1) {
      if (this.#isBefore(this.#atMs[child] ?? 0, this.#tie[child] ?? 0, least)) least = child;
    }
    return least;
  }

  #move(from: number, to: number): void {
    this.#place(to, this.#atMs[from] ?? 0, this.#tie[from] ?? 0, this.#slots[from] ?? 0);
  }

  #place(position: number, atMs: number, tie: number, slot: number): void {
    this.#atMs[position] = atMs;
    this.#tie[position] = tie;
    this.#slots[position] = slot;
    this.#position[slot] = position + 1;
  }
}

/** A larger array with the same beginning. */
function grown<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
