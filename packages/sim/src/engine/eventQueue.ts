/**
 * The pending set of the simulation: which slot comes next, by (atMs, rank, seq). It knows slots and instants only, so
 * that nothing is allocated per event; whoever schedules keeps what is to happen beside the slot number.
 *
 * A timing wheel: one list per millisecond of the next minute, and bits that tell which of them hold anything, so that
 * neither adding nor taking depends on how many events wait. What is further away waits in a heap until its minute comes.
 *
 * What adding and taking read lies in small arrays, and neither asks whether a list is empty, which no processor can
 * foretell: what that bought is in docs/decisions/0020-what-made-the-engine-fast.md.
 */
import { assert, AssertionError } from '@everynode/core/assert';
import { EventHeap } from './eventHeap.ts';
import { WheelBits } from './wheelBits.ts';

/**
 * Names one scheduled event for as long as it waits; a stale one cancels nothing. The slot in the low bits, above it how
 * often the slot has been used: a number of 32 bits, since a larger one would be an object of 16 bytes for each event.
 */
export type EventHandle = number;

const SLOT_BITS = 23;
/** More events than this never wait in a sound run; the plan's own limit is below. */
const SLOTS_MAX = 2 ** SLOT_BITS;
/** A slot that has been used this often is left alone: no handle ever names a second event. */
const USES_MAX = 2 ** (32 - SLOT_BITS);
/** Rank and seq share one number of 53 bits in the heap: 15 for the rank, 38 for the seq. */
const SEQ_SPAN = 2 ** 38;
const RANK_BITS = 15;
/** Ranks are drawn below this. */
export const RANKS: number = 2 ** RANK_BITS;
/** Lists of the wheel, one for each millisecond: 65.5 s. */
const WHEEL = 2 ** 16;
const MASK = WHEEL - 1;
/** Ends a list, and the list of free slots. */
const NONE = 0;

/** What only cancelling and drawn ranks need to know of a slot, side by side: written at once, hardly ever read. */
const CELL = 3;
/** The one before it in its list; out of date for the first one. */
const PREVIOUS = 0;
/** Its list of the wheel, or FAR while it waits in the heap. */
const LIST = 1;
const RANK = 2;
const FAR = -1;
/** Later than any instant within reach, and still a small integer: numbers that are not cost 4 ns a hold. */
const NEVER = 2 ** 31 - 1;

export class EventQueue {
  readonly #bits = new WheelBits(WHEEL);
  readonly #far: EventHeap;
  /** Links: the first WHEEL entries are the heads of the lists, the one at WHEEL + slot leads to the next of its list. */
  #next: Int32Array<ArrayBuffer>;
  /**
   * By list, the link to write when one is added: of its last event, or its head while it is empty. Kept as the
   * difference (exclusive or) to the head, so that fresh arrays are empty lists and cost nothing to make.
   */
  readonly #tails = new Int32Array(WHEEL);
  /** By list, no event of it has a higher rank; out of date while it is empty. */
  readonly #ranks = new Uint16Array(WHEEL);
  #cells: Int32Array<ArrayBuffer>;
  /** By slot, how many of its events no longer wait: tells an event from the next one that gets the slot. */
  #uses: Uint16Array<ArrayBuffer>;
  #capacity: number;
  #slotCount = 0;
  /** Link of the first free slot. */
  #free = NONE;
  /** Events scheduled, and those of them that no longer wait. */
  #seq = 0;
  #gone = 0;
  /** Instant of the event taken last: the wheel holds one turn from here on. */
  #baseMs = 0;
  /** How long after `baseMs` the first event of the wheel comes; WHEEL where it is empty. */
  #nearMs = WHEEL;
  /** From this `baseMs` on the first of the heap belongs on the wheel; 0 while the wheel is empty. */
  #fetchAtMs = 0;

  constructor(capacity = 1024) {
    assert(capacity > 0 && capacity <= SLOTS_MAX, () => `capacity ${capacity} is not within 1…${SLOTS_MAX}`);
    this.#capacity = capacity;
    this.#far = new EventHeap(capacity);
    this.#next = new Int32Array(WHEEL + capacity);
    this.#cells = new Int32Array(capacity * CELL);
    this.#uses = new Uint16Array(capacity);
  }

  get size(): number {
    return this.#seq - this.#gone;
  }

  /** Instant of the next event in ms; Infinity when none waits. */
  get nextAtMs(): number {
    // All of the wheel comes before anything in the heap.
    return this.#nearMs < WHEEL ? this.#baseMs + this.#nearMs : this.#far.leastAtMs;
  }

  /**
   * Adds an event; at equal instants the lower rank comes first, then the one scheduled earlier. `atMs` must not lie
   * before the event that was taken last.
   */
  schedule(atMs: number, rank: number): EventHandle {
    const delayMs = atMs - this.#baseMs;
    if (delayMs >>> 0 !== delayMs || delayMs >= WHEEL || rank >>> RANK_BITS !== 0) return this.#scheduleFar(atMs, rank);
    const link = this.#takeSlot();
    this.#link(link, atMs & MASK, rank);
    if (delayMs < this.#nearMs) this.#nearMs = delayMs;
    this.#seq += 1;
    return this.#handleOf(link);
  }

  /** Takes the next event out and returns its slot, which may be given to another event from now on. */
  pop(): number {
    this.#baseMs += this.#nearMs;
    if (this.#baseMs >= this.#fetchAtMs) this.#fetchFar();
    const list = this.#baseMs & MASK;
    const next = this.#next;
    const link = next[list] ?? NONE;
    const after = next[link] ?? NONE;
    next[list] = after;
    // All ones if that was the last of its list, else 0: two lists of five end here, and a wrong guess costs 5 ns.
    const ended = (after - 1) >> 31;
    const tails = this.#tails;
    tails[list] = (tails[list] ?? 0) & ~ended;
    this.#nearMs = this.#bits.settle(list, ended & 1);
    if (this.#nearMs === WHEEL) this.#fetchAtMs = 0;
    this.#release(link);
    return link - WHEEL;
  }

  /** Takes a waiting event out. False: it has happened, or was cancelled before. */
  cancel(handle: EventHandle): boolean {
    const slot = slotOf(handle);
    const link = slot + WHEEL;
    if (slot >= this.#slotCount || this.#uses[slot] !== handle >>> SLOT_BITS) return false;
    // The heap is looked into a little early when its first one is gone; that costs nothing.
    if (this.#cells[slot * CELL + LIST] === FAR) this.#far.remove(slot);
    else this.#unlink(link);
    this.#release(link);
    return true;
  }

  /** Apart, so that the way of nearly every event stays short. */
  #scheduleFar(atMs: number, rank: number): EventHandle {
    assert(Number.isSafeInteger(atMs), () => `an instant is whole milliseconds, got ${atMs}`);
    assert(rank >= 0 && rank < RANKS, () => `a rank is within 0…${RANKS - 1}, got ${rank}`);
    assert(atMs >= this.#baseMs, () => `${atMs} ms lies before the event taken last, at ${this.#baseMs} ms`);
    const link = this.#takeSlot();
    const cell = (link - WHEEL) * CELL;
    this.#cells[cell + LIST] = FAR;
    this.#cells[cell + RANK] = rank;
    this.#far.add(link - WHEEL, atMs, rank * SEQ_SPAN + this.#seq);
    if (this.#nearMs < WHEEL) this.#fetchAtMs = this.#far.leastAtMs - MASK;
    this.#seq += 1;
    return this.#handleOf(link);
  }

  #handleOf(link: number): EventHandle {
    const slot = link - WHEEL;
    return ((this.#uses[slot] ?? 0) << SLOT_BITS) | slot;
  }

  /** The wheel has moved on, and what has come within one turn leaves the heap: in its order, and before anything is added there. */
  #fetchFar(): void {
    if (this.#nearMs === WHEEL) this.#baseMs = this.#far.leastAtMs;
    if (this.#baseMs === Infinity) throw new AssertionError('no event waits');
    for (let farMs = this.#far.leastAtMs; farMs - this.#baseMs < WHEEL; farMs = this.#far.leastAtMs) {
      const slot = this.#far.take();
      this.#link(slot + WHEEL, farMs & MASK, this.#cells[slot * CELL + RANK] ?? 0);
    }
    if (this.#far.size === 0) this.#fetchAtMs = NEVER;
    else this.#fetchAtMs = this.#far.leastAtMs - MASK;
  }

  /** Into the list of its millisecond, behind all of its rank: nearly always at the end. */
  #link(link: number, list: number, rank: number): void {
    if ((this.#ranks[list] ?? 0) > rank) {
      this.#insert(link, list, rank);
      return;
    }
    const next = this.#next;
    const tail = (this.#tails[list] ?? 0) ^ list;
    next[link] = NONE;
    // The head, where the list is empty.
    next[tail] = link;
    this.#tails[list] = link ^ list;
    this.#ranks[list] = rank;
    const cell = (link - WHEEL) * CELL;
    this.#cells[cell + PREVIOUS] = tail;
    this.#cells[cell + LIST] = list;
    this.#cells[cell + RANK] = rank;
    this.#bits.set(list);
  }

  /** Before those of a higher rank, if there are any. */
  #insert(link: number, list: number, rank: number): void {
    const next = this.#next;
    const cells = this.#cells;
    let before = (this.#tails[list] ?? 0) ^ list;
    while (before !== list && (cells[(before - WHEEL) * CELL + RANK] ?? 0) > rank) {
      before = this.#before(before, list);
    }
    const after = next[before] ?? NONE;
    const cell = (link - WHEEL) * CELL;
    next[link] = after;
    next[before] = link;
    cells[cell + PREVIOUS] = before;
    cells[cell + LIST] = list;
    cells[cell + RANK] = rank;
    if (after === NONE) {
      this.#tails[list] = link ^ list;
      this.#ranks[list] = rank;
    } else cells[(after - WHEEL) * CELL + PREVIOUS] = link;
    this.#bits.set(list);
  }

  #unlink(link: number): void {
    const cells = this.#cells;
    const list = cells[(link - WHEEL) * CELL + LIST] ?? 0;
    const before = this.#before(link, list);
    const after = this.#next[link] ?? NONE;
    this.#next[before] = after;
    if (after === NONE) this.#tails[list] = before ^ list;
    else cells[(after - WHEEL) * CELL + PREVIOUS] = before;
    if (after !== NONE || before !== list) return;
    this.#bits.clear(list);
    const base = this.#baseMs & MASK;
    if (((base + this.#nearMs) & MASK) !== list) return;
    this.#nearMs = this.#bits.distance(base);
    if (this.#nearMs === WHEEL) this.#fetchAtMs = 0;
  }

  /** What leads to this one in its list: the one before, or the head. */
  #before(link: number, list: number): number {
    return this.#next[list] === link ? list : (this.#cells[(link - WHEEL) * CELL + PREVIOUS] ?? 0);
  }

  /** The link of a free slot. */
  #takeSlot(): number {
    const free = this.#free;
    if (free !== NONE) {
      this.#free = this.#next[free] ?? NONE;
      return free;
    }
    if (this.#slotCount === this.#capacity) this.#grow();
    this.#slotCount += 1;
    return WHEEL + this.#slotCount - 1;
  }

  #release(link: number): void {
    const uses = (this.#uses[link - WHEEL] ?? 0) + 1;
    this.#uses[link - WHEEL] = uses;
    this.#gone += 1;
    if (uses === USES_MAX) return;
    this.#next[link] = this.#free;
    this.#free = link;
  }

  #grow(): void {
    assert(this.#slotCount < SLOTS_MAX, () => `${SLOTS_MAX} events wait: somebody schedules without end`);
    this.#capacity = Math.min(this.#capacity * 2, SLOTS_MAX);
    this.#far.grow(this.#capacity);
    const next = new Int32Array(WHEEL + this.#capacity);
    next.set(this.#next);
    this.#next = next;
    const cells = new Int32Array(this.#capacity * CELL);
    cells.set(this.#cells);
    this.#cells = cells;
    const uses = new Uint16Array(this.#capacity);
    uses.set(this.#uses);
    this.#uses = uses;
  }
}

/** The slot of a handle: an index for what the scheduler keeps beside the queue. */
export function slotOf(handle: EventHandle): number {
  return handle & (SLOTS_MAX - 1);
}
