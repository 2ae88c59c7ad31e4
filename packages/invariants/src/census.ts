/**
 * Counts anew what a rolling update may take and add, from the very nodes and pods that the controller looked at. It
 * shares no line with the controller's own walk, so that laws can tell when that one is wrong. Rules: DS-U1…DS-U3, DS-U7, DS-U13.
 */
import { type DaemonSet, HASH_LABEL } from '@everynode/core/api/daemonSet';
import { resolveIntOrPercent } from '@everynode/core/api/intOrPercent';
import { isTerminating } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import { isPodAvailable, type Pod } from '@everynode/core/api/pod';
import { compilePlacement } from '@everynode/core/daemonset/placement';
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
    const isUnusual = node.fresh > 1 || node.old > 1;
    if (isUnusual || (node.fresh === 1 && node.old === 1 && node.freshAvailable === 0)) numSurge += 1;
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

/** DS-U2: percentages of the nodes that should run a pod, rounded up; without both one pod may be missing. */
export function budgetOf(ds: DaemonSet, desired: number): Budget {
  const rolling = ds.spec.updateStrategy?.rollingUpdate;
  const maxSurge = resolveIntOrPercent(rolling?.maxSurge ?? 0, desired) ?? 0;
  const maxUnavailable = resolveIntOrPercent(rolling?.maxUnavailable ?? 0, desired) ?? 0;
  const isSurge = maxSurge > 0;
  return { maxSurge, isSurge, maxUnavailable: desired > 0 && maxUnavailable === 0 && !isSurge ? 1 : maxUnavailable };
}
