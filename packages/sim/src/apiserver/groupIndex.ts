/** Objects of one kind by some property of theirs (node, namespace, owner), each group in key order. */
import { SortedIndex } from './sortedIndex.ts';

export class GroupIndex<T> {
  readonly #groupOf: (object: T) => string | undefined;
  readonly #groups = new Map<string, SortedIndex<T>>();

  /** `groupOf` must depend on the object alone. */
  constructor(groupOf: (object: T) => string | undefined) {
    this.#groupOf = groupOf;
  }

  /** Takes over one change of an object; undefined stands for an object that is not there. */
  change(key: string, before: T | undefined, after: T | undefined): void {
    const from = before === undefined ? undefined : this.#groupOf(before);
    const to = after === undefined ? undefined : this.#groupOf(after);
    if (from !== undefined && from !== to) this.#remove(from, key);
    if (to === undefined || after === undefined) return;
    let group = this.#groups.get(to);
    if (group === undefined) {
      group = new SortedIndex();
      this.#groups.set(to, group);
    }
    group.set(key, after);
  }

  list(name: string): readonly T[] {
    return this.#groups.get(name)?.list() ?? [];
  }

  #remove(name: string, key: string): void {
    const group = this.#groups.get(name);
    group?.delete(key);
    if (group?.size === 0) this.#groups.delete(name);
  }
}
