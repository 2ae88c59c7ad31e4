/**
 * The pending set of the simulation: which slot comes next, by (atMs, rank, seq). It knows slots and instants only, so
 * that nothing is allocated per event; whoever schedules keeps what is to happen beside the slot number.
 */
import { assert } from '@everynode/core/assert';

/** Names one scheduled event for as long as it waits: generation × SLOTS_MAX + slot. A stale one cancels nothing. */
export type EventHandle = number;

/** More events than this never wait in a sound run; the plan's own limit is far below. */
const SLOTS_MAX = 2 ** 24;
/** Rank and seq share one number of 53 bits: 20 for the rank, 33 for the seq (8.5e9 events). */
const SEQ_SPAN = 2 ** 33;
/** Ranks are drawn below this. */
export const RANKS: number = 2 ** 20;
const NOT_WAITING = -1;

/**
 * A 4-ary heap in typed arrays. Flatter than a binary one: about half the levels, and the four children share a
 * cache line.
 */
export class EventQueue {
  #atMs: Float64Array<ArrayBuffer>;
  #tie: Float64Array<ArrayBuffer>;
  #slots: Int32Array<ArrayBuffer>;
  /** By slot: where it stands in the heap. */
  #position: Int32Array<ArrayBuffer>;
  #generation: Uint32Array<ArrayBuffer>;
  #free: Int32Array<ArrayBuffer>;
  #freeCount = 0;
  #slotCount = 0;
  #size = 0;
  #seq = 0;

  constructor(capacity = 1024) {
    assert(capacity > 0 && capacity <= SLOTS_MAX, () => `capacity ${capacity} is not within 1…${SLOTS_MAX}`);
    this.#atMs = new Float64Array(capacity);
    this.#tie = new Float64Array(capacity);
    this.#slots = new Int32Array(capacity);
    this.#position = new Int32Array(capacity);
    this.#generation = new Uint32Array(capacity);
    this.#free = new Int32Array(capacity);
  }

  get size(): number {
    return this.#size;
  }

  /** Instant of the next event in ms; Infinity when none waits. */
  get nextAtMs(): number {
    return this.#size === 0 ? Infinity : (this.#atMs[0] ?? Infinity);
  }

  /** Adds an event; at equal instants the lower rank comes first, then the one scheduled earlier. */
  schedule(atMs: number, rank: number): EventHandle {
    assert(Number.isSafeInteger(atMs) && atMs >= 0, () => `an instant is whole milliseconds, got ${atMs}`);
    assert(rank >= 0 && rank < RANKS, () => `a rank is within 0…${RANKS - 1}, got ${rank}`);
    assert(this.#seq < SEQ_SPAN, () => `${SEQ_SPAN} events were scheduled: no number is left`);
    const slot = this.#takeSlot();
    const tie = rank * SEQ_SPAN + this.#seq;
    this.#seq += 1;
    const at = this.#size;
    this.#size += 1;
    this.#siftUp(at, atMs, tie, slot);
    return (this.#generation[slot] ?? 0) * SLOTS_MAX + slot;
  }

  /** Takes the next event out and returns its slot, which is free again at once. */
  pop(): number {
    assert(this.#size > 0, () => 'no event waits');
    const slot = this.#slots[0] ?? 0;
    this.#removeAt(0);
    return slot;
  }

  /** Takes a waiting event out. False: it has happened, or was cancelled before. */
  cancel(handle: EventHandle): boolean {
    const slot = slotOf(handle);
    if (slot >= this.#slotCount) return false;
    const position = this.#position[slot] ?? NOT_WAITING;
    const generation = Math.trunc(handle / SLOTS_MAX);
    if (position === NOT_WAITING || this.#generation[slot] !== generation) return false;
    this.#removeAt(position);
    return true;
  }

  #takeSlot(): number {
    if (this.#freeCount > 0) {
      this.#freeCount -= 1;
      return this.#free[this.#freeCount] ?? 0;
    }
    const slot = this.#slotCount;
    assert(slot < SLOTS_MAX, () => `${SLOTS_MAX} events wait: somebody schedules without end`);
    if (slot === this.#slots.length) this.#grow();
    this.#slotCount += 1;
    return slot;
  }

  #removeAt(position: number): void {
    const slot = this.#slots[position] ?? 0;
    this.#position[slot] = NOT_WAITING;
    this.#generation[slot] = (this.#generation[slot] ?? 0) + 1;
    this.#free[this.#freeCount] = slot;
    this.#freeCount += 1;
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
      if (least === NOT_WAITING || this.#isBefore(atMs, tie, least)) break;
      this.#move(least, hole);
      hole = least;
    }
    this.#place(hole, atMs, tie, slot);
  }

  #leastChild(parent: number): number {
    const first = parent * 4 + 1;
    if (first >= this.#size) return NOT_WAITING;
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
    this.#position[slot] = position;
  }

  #grow(): void {
    const capacity = Math.min(this.#slots.length * 2, SLOTS_MAX);
    this.#atMs = grown(this.#atMs, new Float64Array(capacity));
    this.#tie = grown(this.#tie, new Float64Array(capacity));
    this.#slots = grown(this.#slots, new Int32Array(capacity));
    this.#position = grown(this.#position, new Int32Array(capacity));
    this.#generation = grown(this.#generation, new Uint32Array(capacity));
    this.#free = grown(this.#free, new Int32Array(capacity));
  }
}

/** The slot of a handle: an index for what the scheduler keeps beside the queue. */
export function slotOf(handle: EventHandle): number {
  return handle % SLOTS_MAX;
}

function grown<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from);
  return to;
}
