/**
 * What every node means to one DaemonSet, kept up to date change by change: a judge adds its counters in a listener
 * and never looks at all pods. Whoever judges by the truth of the API stands on this.
 */
import type { DaemonSet } from '@everynode/core/api/daemonSet';
import { controllerOf, type HasMeta, isTerminating, type ObjectKey, objectKey } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import { isPodReady, isTerminal, type Pod } from '@everynode/core/api/pod';
import { parseTime } from '@everynode/core/api/time';
import { compilePlacement, type PlacementOutcome } from '@everynode/core/daemonset/placement';
import { isPodUpdated, targetNodeName } from '@everynode/core/daemonset/podTemplate';
import type { NodeFilter } from '@everynode/sim/plan';
import type { Change, WatchKind, WorldView } from '@everynode/sim/cluster/worldView';
import { Deadlines } from './deadlines.ts';
import { compileNodeFilter, type NodeTest } from './nodeFilter.ts';
import { findTemplateHash } from './templateText.ts';

/** One node in the eyes of the DaemonSet. */
export interface NodeState {
  /** There is a Node object of that name. */
  readonly exists: boolean;
  /** The filter picks it. */
  readonly isIncluded: boolean;
  /** DS-R1; `none` without a Node object or a DaemonSet. */
  readonly placement: PlacementOutcome;
  /** Pods that are available by the API (DS-0.3); one that is terminating counts as long as it is ready. */
  readonly available: number;
  /** Of those, the ones of the newest template that are not terminating. */
  readonly availableNew: number;
  /** Pods that are neither finished nor terminating, by template. */
  readonly liveNew: number;
  readonly liveOld: number;
  /** Pods that are not finished, terminating ones too. */
  readonly unfinished: number;
}

export type NodeListener = (name: string, before: NodeState, after: NodeState, nowMs: number) => void;

export const UNKNOWN_NODE: NodeState = {
  exists: false,
  isIncluded: false,
  placement: 'none',
  available: 0,
  availableNew: 0,
  liveNew: 0,
  liveOld: 0,
  unfinished: 0,
};

/** The kinds of change that a board must be told of. */
export const BOARD_WATCHES: readonly WatchKind[] = ['Pod', 'Node', 'DaemonSet', 'ControllerRevision'];

export class NodeBoard {
  readonly #key: ObjectKey;
  readonly #test: NodeTest;
  readonly #listener: NodeListener;
  readonly #states = new Map<string, NodeState>();
  readonly #settling = new Deadlines();
  #ds: DaemonSet | undefined;
  #hash: string | undefined;
  #hasExisted = false;
  #hasBegun = false;

  /** The listener hears of every node whose state changes, also while the board reads the world for the first time. */
  constructor(daemonSet: ObjectKey, filter: NodeFilter | undefined, listener: NodeListener) {
    this.#key = daemonSet;
    this.#test = compileNodeFilter(filter);
    this.#listener = listener;
  }

  /** The object as stored; undefined before it was applied and after it has gone. */
  get daemonSet(): DaemonSet | undefined {
    return this.#ds;
  }

  /** It is or was there: from then on, no pods means no pods, and not that nothing can be said. */
  get hasExisted(): boolean {
    return this.#hasExisted;
  }

  /** Hash of the present template; undefined until the controller has recorded it. */
  get hash(): string | undefined {
    return this.#hash;
  }

  /** Instant at which a pod turns available although nothing happens. */
  get nextMs(): number | undefined {
    return this.#settling.earliestMs;
  }

  /** State of one node; nothing at all for a name that was never heard of. */
  stateOf(name: string): NodeState {
    return this.#states.get(name) ?? UNKNOWN_NODE;
  }

  /** Every node that has a Node object or a pod, in no order that means anything. */
  each(visit: (name: string, state: NodeState) => void): void {
    for (const [name, state] of this.#states) visit(name, state);
  }

  observe(change: Change, view: WorldView): void {
    if (!this.#hasBegun) {
      this.advance(view);
      return;
    }
    switch (change.kind) {
      case 'Pod':
        this.#observePod(change.before as Pod | undefined, change.after as Pod | undefined, view);
        break;
      case 'Node':
        this.#refresh(change.key, view);
        break;
      case 'DaemonSet':
        if (change.key === this.#key) this.#readDaemonSet(view);
        break;
      case 'ControllerRevision':
        if (this.#ds !== undefined && this.#owns(change.before ?? change.after)) this.#readHash(this.#ds, view);
        break;
      default:
    }
    this.#settle(view);
  }

  /** Brings in what time alone has changed; the first call reads the whole world. */
  advance(view: WorldView): void {
    if (!this.#hasBegun) {
      this.#hasBegun = true;
      this.#readDaemonSet(view);
      this.#refreshAll(view);
    }
    this.#settle(view);
  }

  #observePod(before: Pod | undefined, after: Pod | undefined, view: WorldView): void {
    for (const pod of [before, after]) {
      const name = pod === undefined || !this.#owns(pod) ? undefined : targetNodeName(pod);
      if (name !== undefined) this.#refresh(name, view);
    }
  }

  /** By name: whether the uid is the right one, the view knows. */
  #owns(object: HasMeta | undefined): boolean {
    if (object === undefined) return false;
    const owner = controllerOf(object);
    return owner?.kind === 'DaemonSet' && objectKey(object.metadata.namespace, owner.name) === this.#key;
  }

  #readDaemonSet(view: WorldView): void {
    const before = this.#ds;
    const ds = view.get('DaemonSet', this.#key);
    this.#ds = ds;
    if (ds !== undefined) this.#hasExisted = true;
    // A status write changes nothing here, and there is one for nearly every pod that turns ready.
    const isSameSpec = before?.spec === ds?.spec || before?.metadata.generation === ds?.metadata.generation;
    const isSame = before !== undefined && before.metadata.uid === ds?.metadata.uid && isSameSpec;
    if (isSame || before === ds) return;
    this.#hash = ds === undefined ? undefined : findTemplateHash(ds, view);
    this.#refreshAll(view);
  }

  #readHash(ds: DaemonSet, view: WorldView): void {
    const hash = findTemplateHash(ds, view);
    if (hash === this.#hash) return;
    this.#hash = hash;
    this.#refreshAll(view);
  }

  #refreshAll(view: WorldView): void {
    const names = new Set(this.#states.keys());
    for (const node of view.list('Node')) names.add(node.metadata.name);
    for (const pod of view.daemonPods(this.#key)) {
      const name = targetNodeName(pod);
      if (name !== undefined) names.add(name);
    }
    for (const name of names) this.#refresh(name, view);
  }

  #settle(view: WorldView): void {
    for (let name = this.#settling.takeDue(view.nowMs); name !== undefined; name = this.#settling.takeDue(view.nowMs)) {
      this.#refresh(name, view);
    }
  }

  #refresh(name: string, view: WorldView): void {
    const before = this.stateOf(name);
    const node = view.get('Node', name);
    const pods = view.daemonPodsOn(this.#key, name);
    const isGone = node === undefined && pods.length === 0;
    const after = isGone ? UNKNOWN_NODE : this.#stateFrom(name, node, pods, view);
    if (isGone) this.#settling.set(name, undefined);
    if (isSameState(before, after)) return;
    if (isGone) this.#states.delete(name);
    else this.#states.set(name, after);
    this.#listener(name, before, after, view.nowMs);
  }

  #stateFrom(name: string, node: Node | undefined, pods: readonly Pod[], view: WorldView): NodeState {
    const ds = this.#ds;
    const hash = this.#hash ?? '';
    let settlesAtMs: number | undefined;
    const counts = { available: 0, availableNew: 0, liveNew: 0, liveOld: 0, unfinished: 0 };
    for (const pod of pods) {
      const atMs = availableAtMs(pod, ds, view.profile.availabilityInclusive);
      const isAvailable = atMs !== undefined && atMs <= view.nowMs;
      if (atMs !== undefined && !isAvailable) settlesAtMs = Math.min(settlesAtMs ?? atMs, atMs);
      const isNew = isPodUpdated(pod, hash);
      const isLive = !isTerminal(pod) && !isTerminating(pod);
      if (isAvailable) counts.available += 1;
      if (isAvailable && isNew && isLive) counts.availableNew += 1;
      if (isLive && isNew) counts.liveNew += 1;
      if (isLive && !isNew) counts.liveOld += 1;
      if (!isTerminal(pod)) counts.unfinished += 1;
    }
    this.#settling.set(name, settlesAtMs);
    return {
      exists: node !== undefined,
      isIncluded: this.#test(name, node),
      placement:
        node === undefined || ds === undefined ? 'none' : compilePlacement(ds, view.profile.tolerationCompare)(node),
      ...counts,
    };
  }
}

/** First instant at which the pod is available if it stays as it is; undefined where it is not ready (DS-0.3). */
function availableAtMs(pod: Pod, ds: DaemonSet | undefined, isInclusive: boolean): number | undefined {
  if (!isPodReady(pod)) return undefined;
  const minReadySeconds = ds?.spec.minReadySeconds ?? 0;
  if (minReadySeconds === 0) return 0;
  const ready = pod.status?.conditions?.find(({ type }) => type === 'Ready');
  const sinceMs = parseTime(ready?.lastTransitionTime);
  // Below the whole second `<` and `≤` differ by one instant (availability-inclusive).
  return sinceMs === undefined ? undefined : sinceMs + minReadySeconds * 1000 + (isInclusive ? 0 : 1);
}

function isSameState(a: NodeState, b: NodeState): boolean {
  return (
    a.exists === b.exists &&
    a.isIncluded === b.isIncluded &&
    a.placement === b.placement &&
    a.available === b.available &&
    a.availableNew === b.availableNew &&
    a.liveNew === b.liveNew &&
    a.liveOld === b.liveOld &&
    a.unfinished === b.unfinished
  );
}
