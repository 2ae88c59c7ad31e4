/**
 * What each node needs: a pod where none is, and which surplus, misplaced or finished pods go.
 * Twin: daemon_controller.go manage, podsShouldBeOnNode, getNodesToDaemonPods. Rules: DS-M1…DS-M8.
 */
import { type DaemonSet, HASH_LABEL } from '../api/daemonSet.ts';
import { compareKeys, isTerminating } from '../api/meta.ts';
import type { Node } from '../api/node.ts';
import { isPodAvailable, isPodReady, isTerminal, type Pod } from '../api/pod.ts';
import { parseTime } from '../api/time.ts';
import type { Placement, PlacementOutcome } from './placement.ts';
import { targetNodeName } from './podTemplate.ts';
import { allowsSurge } from './updateBudget.ts';

export type PodsByNode = ReadonlyMap<string, readonly Pod[]>;

/** What becomes of finished pods; the answer for a failed one depends on the backoff and changes it (DS-F1). */
export interface FinishedPods {
  /** True: delete it now. False: it waits for its backoff. */
  admitFailed(pod: Pod, nodeName: string): boolean;
  /** True: delete it. False: it counts as one that runs (`sw:recreate-succeeded`). */
  admitSucceeded(pod: Pod, nodeName: string): boolean;
}

/** What every decision of one pass looks at. */
export interface PassInput {
  readonly ds: DaemonSet;
  readonly hash: string;
  /** In the order of the walk. */
  readonly nodes: readonly Node[];
  readonly podsByNode: PodsByNode;
  readonly placement: Placement;
  readonly nowMs: number;
  readonly availabilityInclusive: boolean;
}

/** What manage looks at: of a fleet, the nodes that may need something and the names that have no node any more. */
export interface ManageInput extends PassInput {
  readonly goneNames: readonly string[];
}

export interface ManagePlan {
  readonly createOn: readonly string[];
  readonly deletePods: readonly Pod[];
  /** Nodes on which a failed pod waits for its backoff. */
  readonly inBackoff: ReadonlySet<string>;
}

/** Claimed pods by the node that they are meant for, in the order given; pods without a target are ignored (DS-P9). */
export function groupPodsByNode(
  pods: readonly Pod[],
  options: { readonly includeDeletedTerminal: boolean },
): Map<string, Pod[]> {
  const groups = new Map<string, Pod[]>();
  for (const pod of pods) {
    if (!options.includeDeletedTerminal && isTerminal(pod) && isTerminating(pod)) continue;
    const nodeName = targetNodeName(pod);
    if (nodeName === undefined) continue;
    const group = groups.get(nodeName);
    if (group === undefined) groups.set(nodeName, [pod]);
    else group.push(pod);
  }
  return groups;
}

export function planManage(input: ManageInput, finished: FinishedPods): ManagePlan {
  const createOn: string[] = [];
  const deletePods: Pod[] = [];
  const inBackoff = new Set<string>();
  const { podsByNode, placement } = input;
  for (const node of input.nodes) {
    const { name } = node.metadata;
    const outcome = placement(node);
    const pods = podsByNode.get(name);
    if (pods === undefined) {
      if (outcome === 'run') createOn.push(name);
    } else if (outcome === 'none') {
      deletePods.push(...pods.filter((pod) => !isTerminating(pod)));
    } else {
      const running = sortOutFinished(name, pods, finished, deletePods, inBackoff);
      if (keepOnNode(outcome, running, input, deletePods)) createOn.push(name);
    }
  }
  deletePods.push(...findUnschedulablePods(input));
  return { createOn, deletePods, inBackoff };
}

/** Oldest first, pods with a node before those without, by name where the second is the same (DS-M6). Health plays no part. */
export function comparePodAge(a: Pod, b: Pod): number {
  const isBoundA = (a.spec.nodeName ?? '') !== '';
  const isBoundB = (b.spec.nodeName ?? '') !== '';
  if (isBoundA !== isBoundB) return isBoundA ? -1 : 1;
  const createdA = a.metadata.creationTimestamp ?? '';
  const createdB = b.metadata.creationTimestamp ?? '';
  if (createdA !== createdB) {
    const difference = (parseTime(createdA) ?? -Infinity) - (parseTime(createdB) ?? -Infinity);
    if (difference !== 0) return difference;
  }
  return compareKeys(a.metadata.name, b.metadata.name);
}

/** Takes finished pods out and returns those that run or may come to run; a Pending or Unknown pod counts (DS-M3). */
function sortOutFinished(
  nodeName: string,
  pods: readonly Pod[],
  finished: FinishedPods,
  deletePods: Pod[],
  inBackoff: Set<string>,
): readonly Pod[] {
  const running: Pod[] = [];
  for (const pod of pods) {
    if (isTerminating(pod)) continue;
    const phase = pod.status?.phase;
    if (phase === 'Failed') {
      if (finished.admitFailed(pod, nodeName)) deletePods.push(pod);
      else inBackoff.add(nodeName);
    } else if (phase === 'Succeeded' && finished.admitSucceeded(pod, nodeName)) {
      deletePods.push(pod);
    } else {
      running.push(pod);
    }
  }
  return running;
}

/** Deletes the surplus on a node that may keep a pod, and tells whether it needs a new one (DS-M4, DS-M5). */
function keepOnNode(outcome: PlacementOutcome, running: readonly Pod[], input: PassInput, deletePods: Pod[]): boolean {
  const { ds, hash, nowMs, availabilityInclusive } = input;
  if (running.length === 1) return false;
  const surges = allowsSurge(ds);
  if (running.length === 0) return surges && outcome === 'run';
  const oldestFirst = [...running].sort(comparePodAge);
  if (!surges) {
    deletePods.push(...oldestFirst.slice(1));
    return false;
  }
  const isNew = (pod: Pod): boolean => pod.metadata.labels?.[HASH_LABEL] === hash;
  const newPod = oldestFirst.find(isNew);
  const oldPod = oldestFirst.find((pod) => !isNew(pod));
  deletePods.push(...oldestFirst.filter((pod) => pod !== newPod && pod !== oldPod));
  if (newPod === undefined || oldPod === undefined) return false;
  const minReadySeconds = ds.spec.minReadySeconds ?? 0;
  if (!isPodReady(oldPod) || isPodAvailable(newPod, minReadySeconds, nowMs, availabilityInclusive))
    deletePods.push(oldPod);
  return false;
}

/**
 * Pods without a node whose target has vanished: they can never be scheduled, and pod GC would not touch them. Pods
 * bound to a vanished node are pod GC's (DS-M7).
 */
function findUnschedulablePods({ goneNames, podsByNode }: ManageInput): readonly Pod[] {
  return goneNames.flatMap((name) => (podsByNode.get(name) ?? []).filter((pod) => (pod.spec.nodeName ?? '') === ''));
}
