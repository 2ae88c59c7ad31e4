/** Follows one DaemonSet through a run: the state of every node at every moment, and the numbers of the coverage chart. */
import { resolveIntOrPercent } from '@everynode/core/api/intOrPercent';
import type { ObjectState } from '@everynode/trace/stateHash';
import {
  availableAtMs,
  isWanted,
  NO_NODE,
  type NodeState,
  nodeState,
  NOT_WANTED,
  OUTDATED,
  podState,
  SETTLING,
  TERMINATING,
  UPDATED,
} from './nodeState.ts';

/** State changes of one node, oldest first; a state holds from its entry until the next. */
export interface Lane {
  readonly atMs: readonly number[];
  /** Last record at or before the change. */
  readonly seq: readonly number[];
  readonly state: readonly NodeState[];
}

/** Numbers of nodes from one instant on. */
export interface CoveragePoint {
  readonly atMs: number;
  /** From the DaemonSet's status: what the controller wants. */
  readonly desired: number;
  /** Nodes with an available pod, as the API shows pods. */
  readonly available: number;
  /** Nodes with a pod of the current revision that is not terminating. */
  readonly updated: number;
  /** maxUnavailable in nodes, of `desired`; null: the strategy has none. */
  readonly budget: number | null;
  /** Wanted nodes without an available pod: taken down by the controller, lost otherwise, or never up so far. */
  readonly byRollout: number;
  readonly byFailure: number;
  readonly byStart: number;
}

export interface Revision {
  readonly atMs: number;
  readonly revision: number;
  readonly hash: string;
}

/** A pod of this DaemonSet, with what its fields of one moment cannot tell. */
export interface TrackedPod {
  readonly fields: ObjectState;
  readonly wasReady: boolean;
}

/** What the walk asks of the cluster around it. */
export interface WalkScene {
  node(name: string): ObjectState | undefined;
  daemonSet(): ObjectState | undefined;
  /** Pods of this DaemonSet aimed at the node. */
  podsOn(node: string): readonly TrackedPod[];
}

type Standing = 'up' | 'byRollout' | 'byFailure' | 'byStart' | 'none';
interface MutableLane {
  readonly atMs: number[];
  readonly seq: number[];
  readonly state: NodeState[];
}

/** Told of every change that may matter; asks the scene for the rest. */
export class DaemonSetWalk {
  readonly ref: string;
  readonly #scene: WalkScene;
  readonly #lanes = new Map<string, MutableLane>();
  readonly #codes = new Map<string, string>();
  readonly #standing = new Map<string, Standing>();
  readonly #updated = new Set<string>();
  readonly #counts = { up: 0, byRollout: 0, byFailure: 0, byStart: 0, none: 0 };
  readonly #coverage: CoveragePoint[] = [];
  readonly #revisions: Revision[] = [];
  /** Instants at which a settling pod becomes available, earliest last. */
  readonly #timers: { readonly atMs: number; readonly node: string }[] = [];

  constructor(ref: string, scene: WalkScene) {
    this.ref = ref;
    this.#scene = scene;
  }

  decided(node: string, code: string): void {
    this.#codes.set(node, code);
  }

  /** A node that was there before the DaemonSet: nothing is wanted on it yet. */
  preceded(node: string, { atMs, seq }: { readonly atMs: number; readonly seq: number }): void {
    this.#enter(node, NOT_WANTED, atMs, seq);
  }

  /** A ControllerRevision has become the newest one. */
  revised(revision: Revision): void {
    if (this.#revisions.at(-1)?.hash !== revision.hash) this.#revisions.push(revision);
  }

  get hash(): string | undefined {
    return this.#revisions.at(-1)?.hash;
  }

  /** Carries out what time alone does up to and including an instant; `seq` is the last record before it. */
  advance(atMs: number, seq: number): void {
    for (let next = this.#timers.at(-1); next !== undefined && next.atMs <= atMs; next = this.#timers.at(-1)) {
      this.#timers.pop();
      this.evaluate(next.node, { atMs: next.atMs, seq, byController: false });
      this.sample(next.atMs);
    }
  }

  /** Judges a node again after a change. */
  evaluate(
    node: string,
    moment: { readonly atMs: number; readonly seq: number; readonly byController: boolean },
  ): void {
    const { atMs, seq, byController } = moment;
    const fields = this.#scene.node(node);
    const minReadyMs = this.#minReadyMs();
    const pods = this.#scene.podsOn(node);
    const states = pods.map((pod) =>
      podState(pod.fields, { node: fields, hash: this.hash, minReadyMs, nowMs: atMs, wasReady: pod.wasReady }),
    );
    const wanted = isWanted(this.#codes.get(node));
    this.#enter(node, fields === undefined ? NO_NODE : nodeState(states, wanted), atMs, seq);
    this.#stand(
      node,
      standingAfter(this.#standing.get(node), {
        states,
        wanted: fields !== undefined && wanted === true,
        byController,
      }),
    );
    const updated = pods.some((pod, i) => pod.fields.get('hash') === this.hash && states[i] !== TERMINATING);
    if (updated && fields !== undefined) this.#updated.add(node);
    else this.#updated.delete(node);
    states.forEach((state, i) => {
      const pod = pods[i];
      if (state === SETTLING && pod !== undefined) this.#wake(node, availableAtMs(pod.fields, minReadyMs));
    });
  }

  /** Adds a point to the chart where a number has changed; one point an instant. */
  sample(atMs: number): void {
    const ds = this.#scene.daemonSet();
    const desired = Number(ds?.get('desired') ?? 0);
    const { up: available, byRollout, byFailure, byStart } = this.#counts;
    const budget = budgetOf(ds, desired);
    const point: CoveragePoint = {
      atMs,
      desired,
      available,
      updated: this.#updated.size,
      budget,
      byRollout,
      byFailure,
      byStart,
    };
    const last = this.#coverage.at(-1);
    if (last !== undefined && sameNumbers(last, point)) return;
    if (last?.atMs === atMs) this.#coverage.pop();
    this.#coverage.push(point);
  }

  get lanes(): ReadonlyMap<string, Lane> {
    return this.#lanes;
  }

  get coverage(): readonly CoveragePoint[] {
    return this.#coverage;
  }

  get revisions(): readonly Revision[] {
    return this.#revisions;
  }

  #minReadyMs(): number {
    return Number(this.#scene.daemonSet()?.get('minReadySeconds') ?? 0) * 1000;
  }

  #enter(node: string, state: NodeState, atMs: number, seq: number): void {
    let lane = this.#lanes.get(node);
    if (lane === undefined) {
      lane = { atMs: [], seq: [], state: [] };
      this.#lanes.set(node, lane);
    }
    if (lane.state.at(-1) === state) return;
    lane.atMs.push(atMs);
    lane.seq.push(seq);
    lane.state.push(state);
  }

  #stand(node: string, standing: Standing): void {
    const before = this.#standing.get(node) ?? 'none';
    this.#counts[before] -= this.#standing.has(node) ? 1 : 0;
    this.#counts[standing] += 1;
    this.#standing.set(node, standing);
  }

  #wake(node: string, atMs: number): void {
    let at = this.#timers.length;
    // From the end, where the earliest stand: waits are of one length, so a new one belongs far from it, near the front.
    const later = this.#timers.findIndex((timer) => timer.atMs <= atMs);
    if (later >= 0) at = later;
    if (this.#timers[at]?.atMs === atMs && this.#timers[at]?.node === node) return;
    this.#timers.splice(at, 0, { atMs, node });
  }
}

interface Judged {
  readonly states: readonly NodeState[];
  readonly wanted: boolean;
  readonly byController: boolean;
}

function standingAfter(before: Standing | undefined, { states, wanted, byController }: Judged): Standing {
  if (!wanted) return 'none';
  if (states.some((state) => state === UPDATED || state === OUTDATED)) return 'up';
  if (before === 'up') return byController ? 'byRollout' : 'byFailure';
  return before === undefined || before === 'none' ? 'byStart' : before;
}

/** maxUnavailable in nodes: a number, or a percentage of `desired`, rounded up (DS-U2). */
function budgetOf(ds: ObjectState | undefined, desired: number): number | null {
  const text = ds?.get('maxUnavailable');
  if (typeof text !== 'string' || ds?.get('strategy') !== 'RollingUpdate') return null;
  return resolveIntOrPercent(/^\d+$/.test(text) ? Number(text) : text, desired) ?? null;
}

function sameNumbers(a: CoveragePoint, b: CoveragePoint): boolean {
  return (
    a.desired === b.desired &&
    a.available === b.available &&
    a.updated === b.updated &&
    a.budget === b.budget &&
    a.byRollout === b.byRollout &&
    a.byFailure === b.byFailure &&
    a.byStart === b.byStart
  );
}
