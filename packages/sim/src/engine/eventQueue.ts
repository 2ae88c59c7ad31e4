/**
 * The pending set of the simulation: which slot comes next, by (atMs, rank, seq). It knows slots and instants only, so
 * that nothing is allocated per event; whoever schedules keeps what is to happen beside the slot number.
 *
 * A timing wheel: one list per millisecond of the next minute, and bits that tell which of them hold anything, so that
 * neither adding nor taking depends on how many events wait. What is further away waits in a heap until its minute comes.
 */
import { assert, AssertionError } from '@everynode/core/assert';
import { EventHeap } from './eventHeap.ts';
import { WheelBits } from './wheelBits.ts';

/** Names one scheduled event for as long as it waits: generation × SLOTS_MAX + slot. A stale one cancels nothing. */
export type EventHandle = number;

/** More events than this never wait in a sound run; the plan's own limit is far below. */
const SLOTS_MAX = 2 ** 24;
/** Rank and seq share one number of 53 bits in the heap: 15 for the rank, 38 for the seq. */
const SEQ_SPAN = 2 ** 38;
/** Ranks are drawn below this. */
export const RANKS: number = 2 ** 15;
/** Lists of the wheel, one for each millisecond: 65.5 s. */
const WHEEL = 2 ** 16;
const MASK = WHEEL - 1;
/** Links and list ends hold a slot plus one, so that fresh arrays are empty lists. */
const NONE = 0;

/** What is kept of a slot lies side by side, in one line of the cache: 2 ** 2 numbers. */
const CELL = 2;
const NEXT = 0;
const PREVIOUS = 1;
/** Its rank in the upper half, its list of the wheel in the lower; negative while it waits in the heap. */
const PLACE = 2;
/** Raised when the slot is taken and when it is freed: odd while its event waits. */
const GENERATION = 3;
const GENERATIONS = 2 ** 29;
const RANK_SHIFT = 16;
const FAR = 1 << 31;

export class EventQueue {
  readonly #heads = new Int32Array(WHEEL);
  readonly #tails = new Int32Array(WHEEL);
  readonly #bits = new WheelBits(WHEEL);
  readonly #far: EventHeap;
  #cells: Int32Array<ArrayBuffer>;
  #capacity: number;
  #slotCount = 0;
  /** First of the free slots, which are linked by `NEXT`. */
  #free = NONE;
  #size = 0;
  #seq = 0;
  /** Instant of the event taken last: the wheel holds one turn from here on. */
  #baseMs = 0;
  /** Instant of the wheel's first event. */
  #nearMs = Infinity;

  constructor(capacity = 1024) {
    assert(capacity > 0 && capacity <= SLOTS_MAX, () => `capacity ${capacity} is not within 1…${SLOTS_MAX}`);
    this.#capacity = capacity;
    this.#far = new EventHeap(capacity);
    this.#cells = new Int32Array(capacity << CELL);
  }

  get size(): number {
    return this.#size;
  }

  /** Instant of the next event in ms; Infinity when none waits. */
  get nextAtMs(): number {
    // All of the wheel comes before anything in the heap.
    return this.#nearMs === Infinity ? this.#far.leastAtMs : this.#nearMs;
  }

  /**
   * Adds an event; at equal instants the lower rank comes first, then the one scheduled earlier. `atMs` must not lie
   * before the event that was taken last.
   */
  schedule(atMs: number, rank: number): EventHandle {
    if (!Number.isSafeInteger(atMs) || atMs < this.#baseMs || rank < 0 || rank >= RANKS) this.#refuse(atMs, rank);
    const slot = this.#takeSlot();
    const cell = slot << CELL;
    const cells = this.#cells;
    const generation = (cells[cell + GENERATION] ?? 0) + 1;
    cells[cell + GENERATION] = generation;
    if (atMs - this.#baseMs < WHEEL) this.#link(slot, atMs, rank);
    else {
      cells[cell + PLACE] = FAR | (rank << RANK_SHIFT);
      this.#far.add(slot, atMs, rank * SEQ_SPAN + this.#seq);
    }
    this.#seq += 1;
    this.#size += 1;
    return generation * SLOTS_MAX + slot;
  }

  /** Takes the next event out and returns its slot, which is free again at once. */
  pop(): number {
    if (this.#size === 0) throw new AssertionError('no event waits');
    if (this.nextAtMs !== this.#baseMs) this.#turnTo(this.nextAtMs);
    const slot = (this.#heads[this.#baseMs & MASK] ?? 0) - 1;
    this.#unlink(slot);
    this.#release(slot);
    return slot;
  }

  /** Takes a waiting event out. False: it has happened, or was cancelled before. */
  cancel(handle: EventHandle): boolean {
    const slot = slotOf(handle);
    const cell = slot << CELL;
    const generation = Math.floor(handle / SLOTS_MAX);
    if (slot >= this.#slotCount || this.#cells[cell + GENERATION] !== generation) return false;
    if ((this.#cells[cell + PLACE] ?? 0) < 0) this.#far.remove(slot);
    else this.#unlink(slot);
    this.#release(slot);
    return true;
  }

  /** The wheel moves on, and what has come within one turn leaves the heap: in its order, and before anything is added there. */
  #turnTo(atMs: number): void {
    this.#baseMs = atMs;
    for (let farMs = this.#far.leastAtMs; farMs - atMs < WHEEL; farMs = this.#far.leastAtMs) {
      const slot = this.#far.take();
      this.#link(slot, farMs, ((this.#cells[(slot << CELL) + PLACE] ?? 0) & ~FAR) >> RANK_SHIFT);
    }
  }

  /** Into the list of its millisecond, behind all of its rank: nearly always at the end. */
  #link(slot: number, atMs: number, rank: number): void {
    const cells = this.#cells;
    const list = atMs & MASK;
    const cell = slot << CELL;
    const tail = this.#tails[list] ?? NONE;
    cells[cell + PLACE] = (rank << RANK_SHIFT) | list;
    if (tail === NONE) {
      this.#bits.set(list);
      if (atMs < this.#nearMs) this.#nearMs = atMs;
    }
    let before = tail;
    while (before !== NONE && (cells[((before - 1) << CELL) + PLACE] ?? 0) >> RANK_SHIFT > rank) {
      before = cells[((before - 1) << CELL) + PREVIOUS] ?? NONE;
    }
    const after = before === NONE ? (this.#heads[list] ?? NONE) : (cells[((before - 1) << CELL) + NEXT] ?? NONE);
    cells[cell + PREVIOUS] = before;
    cells[cell + NEXT] = after;
    if (before === NONE) this.#heads[list] = slot + 1;
    else cells[((before - 1) << CELL) + NEXT] = slot + 1;
    if (after === NONE) this.#tails[list] = slot + 1;
    else cells[((after - 1) << CELL) + PREVIOUS] = slot + 1;
  }

  #unlink(slot: number): void {
    const cells = this.#cells;
    const cell = slot << CELL;
    const list = (cells[cell + PLACE] ?? 0) & MASK;
    const before = cells[cell + PREVIOUS] ?? NONE;
    const after = cells[cell + NEXT] ?? NONE;
    if (before === NONE) this.#heads[list] = after;
    else cells[((before - 1) << CELL) + NEXT] = after;
    if (after === NONE) this.#tails[list] = before;
    else cells[((after - 1) << CELL) + PREVIOUS] = before;
    if (before !== NONE || after !== NONE) return;
    this.#bits.clear(list);
    if ((this.#nearMs & MASK) === list) this.#nearMs = this.#findNear();
  }

  /** The instant of the first list that holds anything, from the wheel's present place on. */
  #findNear(): number {
    const from = this.#baseMs & MASK;
    const list = this.#bits.findFrom(from);
    return list < 0 ? Infinity : this.#baseMs + ((list - from) & MASK);
  }

  #takeSlot(): number {
    const free = this.#free;
    if (free !== NONE) {
      this.#free = this.#cells[((free - 1) << CELL) + NEXT] ?? NONE;
      return free - 1;
    }
    const slot = this.#slotCount;
    if (slot === this.#capacity) this.#grow();
    this.#slotCount += 1;
    return slot;
  }

  #release(slot: number): void {
    const cell = slot << CELL;
    this.#cells[cell + GENERATION] = ((this.#cells[cell + GENERATION] ?? 0) + 1) % GENERATIONS;
    this.#cells[cell + NEXT] = this.#free;
    this.#free = slot + 1;
    this.#size -= 1;
  }

  #grow(): void {
    assert(this.#slotCount < SLOTS_MAX, () => `${SLOTS_MAX} events wait: somebody schedules without end`);
    this.#capacity = Math.min(this.#capacity * 2, SLOTS_MAX);
    this.#far.grow(this.#capacity);
    const cells = new Int32Array(this.#capacity << CELL);
    cells.set(this.#cells);
    this.#cells = cells;
  }

  /** Apart, so that the way of every event stays short. */
  #refuse(atMs: number, rank: number): never {
    assert(Number.isSafeInteger(atMs), () => `an instant is whole milliseconds, got ${atMs}`);
    assert(rank >= 0 && rank < RANKS, () => `a rank is within 0…${RANKS - 1}, got ${rank}`);
    throw new AssertionError(`${atMs} ms lies before the event taken last, at ${this.#baseMs} ms`);
  }
}

/** The slot of a handle: an index for what the scheduler keeps beside the queue. */
export function slotOf(handle: EventHandle): number {
  return handle - Math.floor(handle / SLOTS_MAX) * SLOTS_MAX;
}
