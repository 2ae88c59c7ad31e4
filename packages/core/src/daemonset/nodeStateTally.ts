/**
 * Counts over the states of ranked nodes, and which ranks are in which state: bit sets, so that the first few of a kind
 * are found without a walk. Twin: none; the sums and lists of manage, status and update. Rules: DS-M2, DS-U7, DS-U13, DS-T1.
 */
import { assert } from '../assert.ts';
import { BitSet } from '../machinery/bitSet.ts';
import { type NodeState, WALK_STATES, type WalkState } from './nodeState.ts';
import { type StatusNumbers, statusNumbersOf, type StatusShare } from './statusNumbers.ts';

export class NodeStateTally {
  /** Ranks that manage has to look at. */
  readonly busy: BitSet;
  /** Ranks that time alone will change. */
  readonly settling: BitSet;
  readonly #walks: ReadonlyMap<WalkState, BitSet>;
  readonly #total: { -readonly [field in keyof StatusShare]: number } = {
    desired: 0,
    current: 0,
    misscheduled: 0,
    ready: 0,
    available: 0,
    updated: 0,
  };
  #censusAvailable = 0;

  /** For the ranks 0 to `limit - 1`. */
  constructor(limit: number) {
    this.busy = new BitSet(limit);
    this.settling = new BitSet(limit);
    this.#walks = new Map(WALK_STATES.map((state) => [state, new BitSet(limit)]));
  }

  add(rank: number, state: NodeState): void {
    this.#sum(state, 1);
    this.#inWalk(state.walk).add(rank);
    if (state.isBusy) this.busy.add(rank);
    if (state.isSettling) this.settling.add(rank);
  }

  remove(rank: number, state: NodeState): void {
    this.#sum(state, -1);
    this.#inWalk(state.walk).delete(rank);
    this.busy.delete(rank);
    this.settling.delete(rank);
  }

  /** Ranks in any of these states, in order; at most `limit` of them. */
  first(states: readonly WalkState[], limit: number): readonly number[] {
    const ranks = states.flatMap((state) => this.#inWalk(state).first(limit));
    return ranks.sort((a, b) => a - b).slice(0, limit);
  }

  count(states: readonly WalkState[]): number {
    return states.reduce((sum, state) => sum + this.#inWalk(state).size, 0);
  }

  /** Nodes whose pod of the census is available (DS-U13). */
  get censusAvailable(): number {
    return this.#censusAvailable;
  }

  status(): StatusNumbers {
    return statusNumbersOf(this.#total);
  }

  #sum({ share, isCensusAvailable }: NodeState, sign: 1 | -1): void {
    const total = this.#total;
    total.desired += sign * share.desired;
    total.current += sign * share.current;
    total.misscheduled += sign * share.misscheduled;
    total.ready += sign * share.ready;
    total.available += sign * share.available;
    total.updated += sign * share.updated;
    if (isCensusAvailable) this.#censusAvailable += sign;
  }

  #inWalk(state: WalkState): BitSet {
    const set = this.#walks.get(state);
    assert(set !== undefined, () => `no nodes are kept for ${state}`);
    return set;
  }
}
