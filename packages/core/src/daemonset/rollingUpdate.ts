/**
 * Which old pods a delete-first rolling update (maxSurge 0) may delete now.
 * Twin: daemon/update.go rollingUpdate. Rules: DS-U3, DS-U7…DS-U12.
 */
import type { DaemonSet } from '../api/daemonSet.ts';
import { isTerminating } from '../api/meta.ts';
import { isPodAvailable, type Pod } from '../api/pod.ts';
import type { PodsByNode } from './manage.ts';
import type { PlacementOutcome } from './placement.ts';
import { isPodUpdated } from './podTemplate.ts';
import type { UpdateBudget } from './updateBudget.ts';

export interface UpdateInput {
  readonly ds: DaemonSet;
  readonly hash: string;
  readonly podsByNode: PodsByNode;
  /** Nodes that should run a pod, and nodes that hold one, vanished ones too; in the order of the walk (DS-U1). */
  readonly nodeNames: readonly string[];
  /** Undefined for a node that is not in the cache. */
  outcomeOf(nodeName: string): PlacementOutcome | undefined;
  readonly desired: number;
  readonly budget: UpdateBudget;
  readonly nowMs: number;
  readonly availabilityInclusive: boolean;
  readonly countOldUnavailable: boolean;
  readonly surgeSunset: boolean;
}

export interface UpdatePlan {
  readonly createOn: readonly string[];
  readonly deletePods: readonly Pod[];
  readonly numUnavailable: number;
  readonly numSurge: number;
  /** Nodes whose old pod could go, or get a new one beside it, but for the budget. */
  readonly waiting: ReadonlySet<string>;
}

/** A node's pods that are not terminating, by template. Two of a sort mean that the node is not in order. */
export interface NodePods {
  readonly newPod: Pod | undefined;
  readonly oldPod: Pod | undefined;
  readonly isOk: boolean;
}

/** Tells the new pod of a node from the old one; finished pods that wait for their backoff count too (DS-U3). */
export function classifyPods(pods: readonly Pod[] | undefined, hash: string): NodePods {
  let newPod: Pod | undefined;
  let oldPod: Pod | undefined;
  let isOk = true;
  for (const pod of pods ?? []) {
    if (isTerminating(pod)) continue;
    if (isPodUpdated(pod, hash)) {
      if (newPod !== undefined) isOk = false;
      newPod = pod;
    } else {
      if (oldPod !== undefined) isOk = false;
      oldPod = pod;
    }
  }
  return isOk ? { newPod, oldPod, isOk } : { newPod: undefined, oldPod: undefined, isOk };
}

export function planDeleteFirst(input: UpdateInput): UpdatePlan {
  const { ds, hash, budget, nowMs } = input;
  const minReadySeconds = ds.spec.minReadySeconds ?? 0;
  const isAvailable = (pod: Pod): boolean => isPodAvailable(pod, minReadySeconds, nowMs, input.availabilityInclusive);
  let numUnavailable = 0;
  const replaceNow: Pod[] = [];
  const candidates: { readonly pod: Pod; readonly nodeName: string }[] = [];
  const waiting = new Set<string>();
  for (const nodeName of input.nodeNames) {
    const { newPod, oldPod, isOk } = classifyPods(input.podsByNode.get(nodeName), hash);
    if (!isOk || (newPod === undefined) === (oldPod === undefined)) {
      // Two of a sort, none at all, or both of them: whatever it is, nothing can be counted on here.
      numUnavailable += 1;
    } else if (newPod !== undefined) {
      if (!isAvailable(newPod)) numUnavailable += 1;
    } else if (oldPod !== undefined && !isAvailable(oldPod)) {
      // It serves nobody, so deleting it costs nothing: it goes at once, and outside the budget.
      replaceNow.push(oldPod);
      if (input.countOldUnavailable) numUnavailable += 1;
    } else if (oldPod !== undefined) {
      // The walk reads the count while it still counts, as upstream does: order decides who is left out early.
      if (numUnavailable >= budget.maxUnavailable) waiting.add(nodeName);
      else candidates.push({ pod: oldPod, nodeName });
    }
  }
  const allowed = Math.max(0, budget.maxUnavailable - numUnavailable);
  for (const { nodeName } of candidates.slice(allowed)) waiting.add(nodeName);
  const deletePods = [...replaceNow, ...candidates.slice(0, allowed).map(({ pod }) => pod)];
  return { createOn: [], deletePods, numUnavailable, numSurge: 0, waiting };
}
