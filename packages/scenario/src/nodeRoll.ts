/** The nodes that a run will have, known while compiling: names, zones, labels, and when they come and go. */
import { type NodeSpec, nodeSpec } from '@everynode/sim/cluster/topology';
import type { NodePool } from '@everynode/sim/plan';

/** A node as the plan foresees it. */
export interface PlannedNode extends Pick<NodeSpec, 'name' | 'pool' | 'zone' | 'labels'> {
  readonly fromMs: number;
  /** When a step removes it; undefined: it stays. */
  readonly toMs: number | undefined;
}

/** Grows while the steps are compiled in the order of time. */
export class NodeRoll {
  readonly #pools: ReadonlyMap<string, NodePool>;
  readonly #nodes: PlannedNode[] = [];
  readonly #counts = new Map<string, number>();

  constructor(pools: readonly NodePool[]) {
    this.#pools = new Map(pools.map((pool) => [pool.name, pool]));
    for (const pool of pools) this.add(pool.name, pool.count, 0);
  }

  /** All nodes that ever exist, in the order in which they come. */
  get all(): readonly PlannedNode[] {
    return this.#nodes;
  }

  get zones(): readonly string[] {
    return [...new Set(this.#nodes.flatMap(({ zone }) => (zone === undefined ? [] : [zone])))];
  }

  get pools(): readonly string[] {
    return [...this.#pools.keys()];
  }

  /** The next `count` nodes of a pool, as the run will name them: `<pool>-<i>`. False: no such pool. */
  add(poolName: string, count: number, atMs: number): boolean {
    const pool = this.#pools.get(poolName);
    if (pool === undefined) return false;
    const first = this.#counts.get(poolName) ?? 0;
    for (let at = first; at < first + count; at += 1) {
      const { name, zone, labels } = nodeSpec(pool, at, atMs > 0);
      this.#nodes.push({ name, pool: poolName, zone, labels, fromMs: atMs, toMs: undefined });
    }
    this.#counts.set(poolName, first + count);
    return true;
  }

  remove(name: string, atMs: number): void {
    const at = this.#nodes.findIndex((node) => node.name === name && node.toMs === undefined);
    const node = this.#nodes[at];
    if (node !== undefined) this.#nodes[at] = { ...node, toMs: atMs };
  }

  /** Nodes that exist at the instant. */
  at(atMs: number): readonly PlannedNode[] {
    return this.#nodes.filter(({ fromMs, toMs }) => fromMs <= atMs && (toMs === undefined || toMs > atMs));
  }
}
