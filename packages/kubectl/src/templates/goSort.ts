/**
 * Sorting step by step as Go's `sort.Sort` does: it is not stable, and kubectl gives it comparisons that are no order
 * (what lacks the field is less than everything), so which steps are taken shows in what users see.
 * Twin: sort.Sort, pattern-defeating quicksort.
 */

/** A sorted copy. */
export function goSort<T>(items: readonly T[], less: (a: T, b: T) => boolean): readonly T[] {
  const sorted = [...items];
  new Sorter(sorted, less).sort(0, sorted.length, bitLength(sorted.length));
  return sorted;
}

const INSERTION_MAX = 12;
/** From here on a pivot is the median of medians, and a nearly sorted run is repaired instead of divided. */
const LONG = 50;
/** Pairs out of order that are worth repairing. */
const REPAIRS_MAX = 5;
/** All comparisons of three medians of medians went the other way. */
const SWAPS_MAX = 12;

type Hint = 'increasing' | 'decreasing' | 'unknown';

class Sorter<T> {
  readonly #items: T[];
  readonly #isLess: (a: T, b: T) => boolean;

  constructor(items: T[], isLess: (a: T, b: T) => boolean) {
    this.#items = items;
    this.#isLess = isLess;
  }

  /** `badLimit`: so many unbalanced divisions are put up with before the rest is sorted by heap. */
  sort(start: number, stop: number, badLimit: number): void {
    let [from, to, limit] = [start, stop, badLimit];
    let wasBalanced = true;
    let wasPartitioned = true;
    for (;;) {
      const length = to - from;
      if (length <= INSERTION_MAX) return this.#insertionSort(from, to);
      if (limit === 0) return this.#heapSort(from, to);
      if (!wasBalanced) {
        this.#breakPatterns(from, to);
        limit -= 1;
      }
      const { pivot, hint } = this.#choosePivotForward(from, to);
      if (wasBalanced && wasPartitioned && hint === 'increasing' && this.#repair(from, to)) return;
      // What stands before is no less than the pivot, so the pivot is the least there is.
      if (from > 0 && !this.#less(from - 1, pivot)) {
        from = this.#partitionEqual(from, to, pivot);
        continue;
      }
      const division = this.#partition(from, to, pivot);
      wasPartitioned = division.wasPartitioned;
      const [left, right] = [division.middle - from, to - division.middle];
      wasBalanced = Math.min(left, right) >= Math.trunc(length / 8);
      if (left < right) {
        this.sort(from, division.middle, limit);
        from = division.middle + 1;
      } else {
        this.sort(division.middle + 1, to, limit);
        to = division.middle;
      }
    }
  }

  #insertionSort(from: number, to: number): void {
    for (let at = from + 1; at < to; at += 1) this.#sink(at, from);
  }

  /** Moves an item back to where the one before it is no greater. */
  #sink(start: number, floor: number): void {
    for (let at = start; at > floor && this.#less(at, at - 1); at -= 1) this.#swap(at, at - 1);
  }

  #heapSort(from: number, to: number): void {
    const length = to - from;
    for (let root = Math.trunc((length - 1) / 2); root >= 0; root -= 1) this.#siftDown(root, length, from);
    for (let last = length - 1; last >= 0; last -= 1) {
      this.#swap(from, from + last);
      this.#siftDown(0, last, from);
    }
  }

  #siftDown(start: number, length: number, from: number): void {
    let root = start;
    for (let child = 2 * root + 1; child < length; child = 2 * root + 1) {
      if (child + 1 < length && this.#less(from + child, from + child + 1)) child += 1;
      if (!this.#less(from + root, from + child)) return;
      this.#swap(from + root, from + child);
      root = child;
    }
  }

  /** Items less than the pivot before it, the others behind. */
  #partition(from: number, to: number, pivot: number): { readonly middle: number; readonly wasPartitioned: boolean } {
    this.#swap(from, pivot);
    let [left, right] = [from + 1, to - 1];
    for (let swaps = 0; ; swaps += 1) {
      while (left <= right && this.#less(left, from)) left += 1;
      while (left <= right && !this.#less(right, from)) right -= 1;
      if (left > right) {
        this.#swap(right, from);
        return { middle: right, wasPartitioned: swaps === 0 };
      }
      this.#swap(left, right);
      left += 1;
      right -= 1;
    }
  }

  /** Items equal to the pivot first; returns where those begin that are greater. */
  #partitionEqual(from: number, to: number, pivot: number): number {
    this.#swap(from, pivot);
    let [left, right] = [from + 1, to - 1];
    for (;;) {
      while (left <= right && !this.#less(from, left)) left += 1;
      while (left <= right && this.#less(from, right)) right -= 1;
      if (left > right) return left;
      this.#swap(left, right);
      left += 1;
      right -= 1;
    }
  }

  /** Whether a run with few pairs out of order could be put in order. */
  #repair(from: number, to: number): boolean {
    let at = from + 1;
    for (let repairs = 0; repairs < REPAIRS_MAX; repairs += 1) {
      while (at < to && !this.#less(at, at - 1)) at += 1;
      if (at === to) return true;
      if (to - from < LONG) return false;
      this.#swap(at, at - 1);
      // Upstream goes back to the start of everything here, not of the run.
      if (at - from >= 2) this.#sink(at - 1, 0);
      if (to - at >= 2) this.#rise(at + 1, to);
    }
    return false;
  }

  #rise(start: number, to: number): void {
    for (let at = start; at < to && this.#less(at, at - 1); at += 1) this.#swap(at, at - 1);
  }

  /** Stirs the middle, with numbers that depend on the length alone. */
  #breakPatterns(from: number, to: number): void {
    const length = to - from;
    const middle = from + Math.trunc(length / 4) * 2;
    const mask = (1n << BigInt(bitLength(length))) - 1n;
    let random = BigInt(length);
    for (let at = middle - 1; at <= middle + 1; at += 1) {
      random = xorshift(random);
      const other = Number(random & mask);
      this.#swap(at, from + (other >= length ? other - length : other));
    }
  }

  /** A run that seems to fall is turned around first. */
  #choosePivotForward(from: number, to: number): { readonly pivot: number; readonly hint: Hint } {
    const { pivot, hint } = this.#choosePivot(from, to);
    if (hint !== 'decreasing') return { pivot, hint };
    for (let [left, right] = [from, to - 1]; left < right; left += 1, right -= 1) this.#swap(left, right);
    return { pivot: to - 1 - (pivot - from), hint: 'increasing' };
  }

  #choosePivot(from: number, to: number): { readonly pivot: number; readonly hint: Hint } {
    const quarter = Math.trunc((to - from) / 4);
    let swaps = 0;
    const median = (...candidates: readonly [number, number, number]): number => {
      let [a, b, c] = candidates;
      const order = (x: number, y: number): readonly [number, number] => {
        if (!this.#less(y, x)) return [x, y];
        swaps += 1;
        return [y, x];
      };
      [a, b] = order(a, b);
      [b, c] = order(b, c);
      [a, b] = order(a, b);
      return b;
    };
    const near = (at: number): number => (to - from >= LONG ? median(at - 1, at, at + 1) : at);
    const pivot = median(near(from + quarter), near(from + quarter * 2), near(from + quarter * 3));
    return { pivot, hint: swaps === 0 ? 'increasing' : swaps === SWAPS_MAX ? 'decreasing' : 'unknown' };
  }

  #less(a: number, b: number): boolean {
    return this.#isLess(this.#items[a] as T, this.#items[b] as T);
  }

  #swap(a: number, b: number): void {
    const item = this.#items[a] as T;
    this.#items[a] = this.#items[b] as T;
    this.#items[b] = item;
  }
}

function bitLength(value: number): number {
  return value === 0 ? 0 : value.toString(2).length;
}

function xorshift(state: bigint): bigint {
  let next = BigInt.asUintN(64, state ^ (state << 13n));
  next ^= next >> 7n;
  return BigInt.asUintN(64, next ^ (next << 17n));
}
