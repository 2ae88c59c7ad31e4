/**
 * Counts anew what a rolling update may take and add, from the very nodes and pods that the controller looked at. It
 * shares no line with the controller's own walk, so that laws can tell when that one is wrong. Rules: DS-U1…DS-U3, DS-U7, DS-U13.
 */
import { type DaemonSet, HASH_LABEL } from '@everynode/core/api/daemonSet';
import { resolveIntOrPercent } from '@everynode/core/api/intOrPercent';
import { isTerminating } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import { isPodAvailable, isPodReady, type Pod } from '@everynode/core/api/pod';
import { compilePlacement } from '@everynode/core/daemonset/placement';
import type { PassView, SyncPass } from '@everynode/core/daemonset/syncContext';
import type { Profile } from '@everynode/core/profile';

/** What is counted, and by which clock: a pass of the controller, or the truth at rest. */
export interface CensusInput {
  readonly ds: DaemonSet;
  readonly hash: string;
  readonly nodes: readonly Node[];
  readonly podsByNode: ReadonlyMap<string, readonly Pod[]>;
  readonly nowMs: number;
  readonly profile: Profile;
}

/** What a DaemonSet's update strategy allows for a number of nodes. */
export interface Budget {
  readonly isSurge: boolean;
  readonly maxUnavailable: number;
  readonly maxSurge: number;
}

export interface Census extends Budget {
  /** Nodes that should run a pod (DS-U1). */
  readonly desired: number;
  /** Nodes that cannot be counted on (DS-U7); what they leave of maxUnavailable may be taken down. */
  readonly numUnavailable: number;
  /** Nodes that use up the surge (DS-U13). */
  readonly numSurge: number;
  isWanted(nodeName: string): boolean;
  isAvailable(pod: Pod): boolean;
}

/** Surge is on where it resolves to something for a single node, so `1%` counts (DS-0.3). */
export function allowsSurge(ds: DaemonSet): boolean {
  return budgetOf(ds, 1).isSurge;
}

/** What is known of one name of the walk. */
interface Mark {
  readonly isWanted: boolean;
  readonly isUnavailable: boolean;
  readonly isSurging: boolean;
  /** Time alone may change it. */
  readonly isSettling: boolean;
}

/** The census of every pass of one DaemonSet, kept from pass to pass: only what was touched is counted anew. */
class RunningCensus {
  readonly #marks = new Map<string, Mark>();
  readonly #settling = new Set<string>();
  #desired = 0;
  #numUnavailable = 0;
  #numSurge = 0;
  #last: PassView | undefined;

  /** Must hear of all passes that work; one that it missed makes it count everything. */
  follow(pass: PassView, profile: Profile): Census {
    const { ds, nowMs } = pass;
    const isAvailable = (pod: Pod): boolean =>
      isPodAvailable(pod, ds.spec.minReadySeconds ?? 0, nowMs, profile.availabilityInclusive);
    for (const name of this.#namesToCount(pass)) this.#count(name, pass, profile, isAvailable);
    this.#last = pass;
    return {
      desired: this.#desired,
      ...budgetOf(ds, this.#desired),
      numUnavailable: this.#numUnavailable,
      numSurge: this.#numSurge,
      isWanted: (nodeName) => this.#marks.get(nodeName)?.isWanted === true,
      isAvailable,
    };
  }

  #namesToCount({ ds, hash, nowMs, fleet }: PassView): ReadonlySet<string> {
    const last = this.#last;
    const { touched } = fleet;
    const isNext =
      touched !== undefined &&
      touched.look === (last?.fleet.touched?.look ?? Number.NaN) + 1 &&
      last?.ds.spec === ds.spec &&
      last.hash === hash &&
      last.nowMs <= nowMs;
    if (isNext) return new Set([...touched.names, ...this.#settling]);
    const nodes = fleet.allNodes().map(({ metadata }) => metadata.name);
    return new Set([...nodes, ...fleet.podsByNode.keys(), ...this.#marks.keys()]);
  }

  #count(name: string, { ds, hash, fleet }: PassView, profile: Profile, isAvailable: (pod: Pod) => boolean): void {
    this.#add(this.#marks.get(name), -1);
    this.#marks.delete(name);
    this.#settling.delete(name);
    const node = fleet.nodeOf(name);
    const pods = fleet.podsByNode.get(name) ?? [];
    const isWanted = node !== undefined && compilePlacement(ds, profile.tolerationCompare)(node) === 'run';
    if (!isWanted && pods.length === 0) return;
    const count = countNode(pods, hash, isAvailable);
    const mark: Mark = {
      isWanted,
      isUnavailable: isNodeUnavailable(count, profile.countOldUnavailable),
      isSurging: isNodeSurging(count),
      isSettling: pods.some((pod) => isPodReady(pod) && !isAvailable(pod)),
    };
    this.#marks.set(name, mark);
    if (mark.isSettling) this.#settling.add(name);
    this.#add(mark, 1);
  }

  #add(mark: Mark | undefined, sign: 1 | -1): void {
    if (mark === undefined) return;
    if (mark.isWanted) this.#desired += sign;
    if (mark.isUnavailable) this.#numUnavailable += sign;
    if (mark.isSurging) this.#numSurge += sign;
  }
}

/** The running censuses of all DaemonSets. */
export class Censuses {
  readonly #byUid = new Map<string, RunningCensus>();

  /** Undefined for a pass that only waits. */
  follow(pass: SyncPass, profile: Profile): Census | undefined {
    if (pass.pass !== 'manage' && pass.pass !== 'rollingUpdate') return undefined;
    const uid = pass.ds.metadata.uid ?? '';
    const census = this.#byUid.get(uid) ?? new RunningCensus();
    this.#byUid.set(uid, census);
    return census.follow(pass, profile);
  }
}

export function takeCensus(input: CensusInput): Census {
  const { ds, podsByNode, profile } = input;
  const placement = compilePlacement(ds, profile.tolerationCompare);
  const wanted = new Set<string>();
  for (const node of input.nodes) if (placement(node) === 'run') wanted.add(node.metadata.name);
  const isAvailable = (pod: Pod): boolean =>
    isPodAvailable(pod, ds.spec.minReadySeconds ?? 0, input.nowMs, profile.availabilityInclusive);
  let numUnavailable = 0;
  let numSurge = 0;
  for (const name of new Set([...wanted, ...podsByNode.keys()])) {
    const node = countNode(podsByNode.get(name) ?? [], input.hash, isAvailable);
    if (isNodeUnavailable(node, profile.countOldUnavailable)) numUnavailable += 1;
    if (isNodeSurging(node)) numSurge += 1;
  }
  return {
    desired: wanted.size,
    ...budgetOf(ds, wanted.size),
    numUnavailable,
    numSurge,
    isWanted: (nodeName) => wanted.has(nodeName),
    isAvailable,
  };
}

/** Pods of one node that are not terminating, by template. */
interface NodeCount {
  readonly fresh: number;
  readonly freshAvailable: number;
  readonly old: number;
  readonly oldAvailable: number;
}

function countNode(pods: readonly Pod[], hash: string, isAvailable: (pod: Pod) => boolean): NodeCount {
  const live = pods.filter((pod) => !isTerminating(pod));
  const fresh = live.filter((pod) => hash !== '' && pod.metadata.labels?.[HASH_LABEL] === hash);
  const old = live.filter((pod) => !fresh.includes(pod));
  return {
    fresh: fresh.length,
    freshAvailable: fresh.filter(isAvailable).length,
    old: old.length,
    oldAvailable: old.filter(isAvailable).length,
  };
}

/** The table of DS-U7, read as one question: is there exactly one pod, and is it available? */
function isNodeUnavailable(node: NodeCount, countsOldUnavailable: boolean): boolean {
  if (node.fresh + node.old !== 1) return true;
  return node.fresh === 1 ? node.freshAvailable === 0 : node.oldAvailable === 0 && countsOldUnavailable;
}

/** The table of DS-U13: a new pod that is not there yet for its users, or a node in disorder. */
function isNodeSurging({ fresh, freshAvailable, old }: NodeCount): boolean {
  return fresh > 1 || old > 1 || (fresh === 1 && old === 1 && freshAvailable === 0);
}

/** DS-U2: percentages of the nodes that should run a pod, rounded up; without both one pod may be missing. */
export function budgetOf(ds: DaemonSet, desired: number): Budget {
  const rolling = ds.spec.updateStrategy?.rollingUpdate;
  const maxSurge = resolveIntOrPercent(rolling?.maxSurge ?? 0, desired) ?? 0;
  const maxUnavailable = resolveIntOrPercent(rolling?.maxUnavailable ?? 0, desired) ?? 0;
  const isSurge = maxSurge > 0;
  return { maxSurge, isSurge, maxUnavailable: desired > 0 && maxUnavailable === 0 && !isSurge ? 1 : maxUnavailable };
}
