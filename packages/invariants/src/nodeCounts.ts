/** A number per node, and how many nodes have which: the worst one is found without looking at all nodes. */

export class NodeCounts {
  readonly #counts = new Map<string, number>();
  readonly #nodesWith = new Map<number, number>();
  readonly #listener: (name: string, count: number | undefined) => void;

  /** The listener hears of every number that is set, also of one that is the same. */
  constructor(listener: (name: string, count: number | undefined) => void = () => {}) {
    this.#listener = listener;
  }

  /** Undefined takes the node out. */
  set(name: string, count: number | undefined): void {
    const before = this.#counts.get(name);
    if (before !== count) {
      if (before !== undefined) this.#add(before, -1);
      if (count === undefined) this.#counts.delete(name);
      else {
        this.#add(count, 1);
        this.#counts.set(name, count);
      }
    }
    this.#listener(name, count);
  }

  get(name: string): number | undefined {
    return this.#counts.get(name);
  }

  get size(): number {
    return this.#counts.size;
  }

  /** The number of some node that is worst by the measure, the smaller one of equals; undefined without a node. */
  worst(measure: (count: number) => number): number | undefined {
    let worst: number | undefined;
    for (const count of this.#nodesWith.keys()) {
      const difference = worst === undefined ? 1 : measure(count) - measure(worst);
      if (worst === undefined || difference > 0 || (difference === 0 && count < worst)) worst = count;
    }
    return worst;
  }

  #add(count: number, nodes: number): void {
    const after = (this.#nodesWith.get(count) ?? 0) + nodes;
    if (after === 0) this.#nodesWith.delete(count);
    else this.#nodesWith.set(count, after);
  }
}
