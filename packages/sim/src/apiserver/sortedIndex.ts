/** Values by key, always listed in key order. A list once handed out never changes: it is a picture of its moment. */
import { compareKeys } from '@everynode/core/api/meta';

export class SortedIndex<T> {
  readonly #byKey = new Map<string, T>();
  /** The last picture, and its keys beside it. */
  #values: readonly T[] = [];
  #keys: readonly string[] = [];
  /** Keys whose value changed since the last picture; undefined: nobody has asked for one yet, and few ever do. */
  #changed: Set<string> | undefined;
  /** Of those, at least one came or went: the picture needs a merge, not just new values. */
  #isReshaped = false;

  get size(): number {
    return this.#byKey.size;
  }

  get(key: string): T | undefined {
    return this.#byKey.get(key);
  }

  set(key: string, value: T): void {
    if (this.#changed !== undefined) {
      if (!this.#isReshaped && !this.#byKey.has(key)) this.#isReshaped = true;
      this.#changed.add(key);
    }
    this.#byKey.set(key, value);
  }

  delete(key: string): boolean {
    const isThere = this.#byKey.delete(key);
    if (isThere && this.#changed !== undefined) {
      this.#changed.add(key);
      this.#isReshaped = true;
    }
    return isThere;
  }

  /**
   * All values by ascending key. Built when asked for: a burst of n writes costs one merge, where keeping an array in
   * order would move the rest of it n times.
   */
  list(): readonly T[] {
    if (this.#changed?.size === 0) return this.#values;
    if (this.#changed === undefined) this.#sort();
    else if (this.#isReshaped) this.#merge(this.#changed);
    else this.#replace(this.#changed);
    this.#changed = new Set();
    this.#isReshaped = false;
    return this.#values;
  }

  #sort(): void {
    this.#keys = [...this.#byKey.keys()].sort(compareKeys);
    this.#values = this.#keys.map((key) => this.#byKey.get(key) as T);
  }

  #replace(changedKeys: ReadonlySet<string>): void {
    const values = this.#values.slice();
    for (const key of changedKeys) {
      const value = this.#byKey.get(key);
      if (value !== undefined) values[findPosition(this.#keys, key)] = value;
    }
    this.#values = values;
  }

  #merge(changedKeys: ReadonlySet<string>): void {
    const changed = [...changedKeys].sort(compareKeys);
    const keys: string[] = [];
    const values: T[] = [];
    let at = 0;
    for (const key of changed) {
      const end = findPosition(this.#keys, key);
      for (; at < end; at += 1) {
        keys.push(this.#keys[at] as string);
        values.push(this.#values[at] as T);
      }
      if (this.#keys[at] === key) at += 1;
      const value = this.#byKey.get(key);
      if (value === undefined) continue;
      keys.push(key);
      values.push(value);
    }
    for (; at < this.#keys.length; at += 1) {
      keys.push(this.#keys[at] as string);
      values.push(this.#values[at] as T);
    }
    this.#keys = keys;
    this.#values = values;
  }
}

/** The first position whose key is not before `key`. */
function findPosition(keys: readonly string[], key: string): number {
  let low = 0;
  let high = keys.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((keys[middle] as string) < key) low = middle + 1;
    else high = middle;
  }
  return low;
}
