/**
 * The states of all nodes for one DaemonSet, kept as watch events come in: a pass asks for counts and for the few nodes
 * that need something, and never walks over the rest. Whatever it answers, a walk over the caches would answer too; that
 * walk is the oracle (`walkFleet.ts`). Twin: none; upstream walks. Rules: DS-0.1, DS-M1, DS-U1, DS-T1.
 */
import { assert } from '../assert.ts';
import { compareKeys, type ObjectKey } from '../api/meta.ts';
import type { Node } from '../api/node.ts';
import type { Pod } from '../api/pod.ts';
import { ClaimedPodIndex } from './claimedPodIndex.ts';
import type { Touched } from './fleet.ts';
import { type NodeState, nodeStateOf, type StateRules, type WalkState } from './nodeState.ts';
import { NodeStateTally } from './nodeStateTally.ts';
import type { StatusNumbers } from './statusNumbers.ts';

export interface IndexRules extends StateRules {
  /** Before the switch skip-deleted-terminal (DS-M1). */
  readonly includeDeletedTerminal: boolean;
}

interface Seat {
  readonly name: string;
  node: Node;
  state: NodeState;
}

/** All that is kept for one spec of the DaemonSet and one revision. */
interface Kept {
  readonly pods: ClaimedPodIndex;
  readonly tally: NodeStateTally;
}

export class NodeStateIndex {
  #rules: IndexRules | undefined;
  #kept: Kept | undefined;
  /** By rank, which is the place of a node's name among all names. */
  #seats: readonly Seat[] = [];
  readonly #ranks = new Map<string, number>();
  /** Names that hold pods and are in no cache. */
  readonly #gone = new Map<string, NodeState>();
  readonly #dirty = new Set<string>();
  #touched = new Set<string>();
  #looks = 0;
  /** Changed nodes that the sync under way does not see. */
  readonly #news = new Map<string, Node | undefined>();
  /** All nodes of the moment at which the sync began, where some came or went; else they have their seats. */
  #nodes: readonly Node[] | undefined;

  /** A watch event about a pod of the namespace; undefined: it is gone. */
  podChanged(key: ObjectKey, pod: Pod | undefined): void {
    for (const name of this.#kept?.pods.change(key, pod) ?? []) this.#dirty.add(name);
  }

  /** A watch event about a node; undefined: it is gone. It counts from the next sync on. */
  nodeChanged(name: string, node: Node | undefined): void {
    this.#news.set(name, node);
  }

  /** A sync begins: it works on the nodes of this moment to its end (DS-0.1 step 3). `list` gives all of them in key order. */
  beginSync(list: () => readonly Node[]): void {
    for (const [name, node] of this.#news) {
      const seat = this.#seatOf(name);
      if (node === undefined || seat === undefined) this.#kept = undefined;
      else {
        seat.node = node;
        this.#dirty.add(name);
      }
    }
    this.#news.clear();
    if (this.#kept === undefined) this.#nodes = list();
  }

  /**
   * Brings the states to a pass's moment. False: somebody has to be adopted or released first, and the pass must look at
   * the caches itself.
   */
  bringUpToDate(rules: IndexRules, pods: () => readonly Pod[]): boolean {
    const known = this.#rules;
    const kept = this.#kept;
    this.#rules = rules;
    if (kept === undefined || known === undefined || !isSameJudge(known, rules)) this.#rebuild(rules, pods());
    else {
      // Whatever waits for time alone is judged anew, and so are the few that have no node.
      for (const rank of kept.tally.settling.first()) this.#dirty.add(this.#seat(rank).name);
      for (const name of this.#gone.keys()) this.#dirty.add(name);
      for (const name of this.#dirty) this.#judge(name, rules, kept);
    }
    this.#dirty.clear();
    return !this.hasStrays;
  }

  /** Somebody waits to be adopted or released. */
  get hasStrays(): boolean {
    return this.#current().pods.hasStrays;
  }

  get podsByNode(): ReadonlyMap<string, readonly Pod[]> {
    return this.#current().pods.byNode;
  }

  allNodes(): readonly Node[] {
    return this.#nodes ?? this.#seats.map(({ node }) => node);
  }

  nodeOf(name: string): Node | undefined {
    return this.#seatOf(name)?.node;
  }

  stateOf(name: string): NodeState | undefined {
    return this.#seatOf(name)?.state ?? this.#gone.get(name);
  }

  /** Nodes that manage has to look at, by name. */
  busyNodes(): readonly Node[] {
    return this.#current()
      .tally.busy.first()
      .map((rank) => this.#seat(rank).node);
  }

  /** Names that hold pods and are in no cache, in order. */
  goneNames(): readonly string[] {
    return [...this.#gone.keys()].sort(compareKeys);
  }

  /** Nodes in these states by name, those without a node last; at most `limit` of them. */
  inState(states: readonly WalkState[], limit: number = Number.MAX_SAFE_INTEGER): readonly string[] {
    const ranks = this.#current().tally.first(states, limit);
    const names = ranks.map((rank) => this.#seat(rank).name);
    const gone = this.goneNames().filter((name) => states.includes(this.#gone.get(name)?.walk ?? 'outside'));
    return [...names, ...gone].slice(0, limit);
  }

  countInState(states: readonly WalkState[]): number {
    const gone = [...this.#gone.values()].filter(({ walk }) => states.includes(walk)).length;
    return this.#current().tally.count(states) + gone;
  }

  /** Names whose pod of the census is available (DS-U13). */
  countCensusAvailable(): number {
    const gone = [...this.#gone.values()].filter(({ isCensusAvailable }) => isCensusAvailable).length;
    return this.#current().tally.censusAvailable + gone;
  }

  status(): StatusNumbers {
    return this.#current().tally.status();
  }

  /** Names whose node, pods or state changed since the last call. */
  takeTouched(): Touched {
    const names = this.#touched;
    this.#touched = new Set();
    this.#looks += 1;
    return { look: this.#looks, names };
  }

  #rebuild(rules: IndexRules, pods: readonly Pod[]): void {
    const nodes = this.allNodes();
    for (const name of [...this.#ranks.keys(), ...this.#gone.keys()]) this.#touched.add(name);
    this.#ranks.clear();
    this.#gone.clear();
    const index = new ClaimedPodIndex(rules.ds, rules.includeDeletedTerminal);
    const kept: Kept = { pods: index, tally: new NodeStateTally(nodes.length) };
    for (const pod of pods) index.change(`${pod.metadata.namespace ?? ''}/${pod.metadata.name}`, pod);
    this.#seats = nodes.map((node, rank) => {
      const { name } = node.metadata;
      this.#ranks.set(name, rank);
      this.#touched.add(name);
      const state = nodeStateOf(node, index.byNode.get(name) ?? NO_PODS, rules);
      kept.tally.add(rank, state);
      return { name, node, state };
    });
    for (const name of index.byNode.keys()) if (!this.#ranks.has(name)) this.#judge(name, rules, kept);
    this.#kept = kept;
    this.#nodes = undefined;
  }

  #judge(name: string, rules: IndexRules, { pods: index, tally }: Kept): void {
    this.#touched.add(name);
    const pods = index.byNode.get(name) ?? NO_PODS;
    const rank = this.#ranks.get(name);
    if (rank === undefined) {
      if (pods.length === 0) this.#gone.delete(name);
      else this.#gone.set(name, nodeStateOf(undefined, pods, rules));
      return;
    }
    const seat = this.#seat(rank);
    tally.remove(rank, seat.state);
    seat.state = nodeStateOf(seat.node, pods, rules);
    tally.add(rank, seat.state);
  }

  #current(): Kept {
    assert(this.#kept !== undefined, () => 'an index is asked before it was brought up to date');
    return this.#kept;
  }

  #seatOf(name: string): Seat | undefined {
    const rank = this.#ranks.get(name);
    return rank === undefined ? undefined : this.#seat(rank);
  }

  #seat(rank: number): Seat {
    const seat = this.#seats[rank];
    assert(seat !== undefined, () => `there is no node of rank ${rank}`);
    return seat;
  }
}

const NO_PODS: readonly Pod[] = [];

/**
 * Whether states judged by the one still hold for the other, but for what time changes. Status and annotations play no
 * part in them; a clock that was set back changes all.
 */
function isSameJudge(a: IndexRules, b: IndexRules): boolean {
  const isSameDaemonSet = a.ds.spec === b.ds.spec && a.ds.metadata.uid === b.ds.metadata.uid;
  return isSameDaemonSet && a.hash === b.hash && a.nowMs <= b.nowMs;
}
