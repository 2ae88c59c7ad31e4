/**
 * Which old pods a delete-first rolling update (maxSurge 0) may delete now.
 * Twin: daemon/update.go rollingUpdate. Rules: DS-U3, DS-U7…DS-U12.
 */
import type { DaemonSet } from '../api/daemonSet.ts';
import { isTerminating } from '../api/meta.ts';
import { isPodAvailable, type Pod } from '../api/pod.ts';
import type { Profile } from '../profile.ts';
import type { PodsByNode } from './manage.ts';
import type { PlacementOutcome } from './placement.ts';
import { isPodUpdated } from './podTemplate.ts';

/** Switches of a release that change what an update finds. */
export type UpdateSwitches = Pick<Profile, 'countOldUnavailable' | 'surgeSunset'>;

export interface UpdateInput extends UpdateSwitches {
  readonly ds: DaemonSet;
  readonly hash: string;
  readonly podsByNode: PodsByNode;
  /** Nodes that should run a pod, and nodes that hold one, vanished ones too; in the order of the walk (DS-U1). */
  readonly nodeNames: readonly string[];
  /** Undefined for a node that is not in the cache. */
  outcomeOf(nodeName: string): PlacementOutcome | undefined;
  readonly nowMs: number;
  readonly availabilityInclusive: boolean;
}

export interface UpdatePlan {
  readonly createOn: readonly string[];
  readonly deletePods: readonly Pod[];
  readonly numUnavailable: number;
  readonly numSurge: number;
  /** Whether the old pod of a node could go, or get a new one beside it, but for the budget. */
  isWaiting(nodeName: string): boolean;
}

/** A node and its one old pod. */
export interface OldPod {
  readonly nodeName: string;
  readonly pod: Pod;
}

/** What there is for a delete-first update, in the order of the walk (DS-U7). */
export interface DeleteFirstSurvey {
  readonly numUnavailable: number;
  /** Old pods that serve nobody: deleting them costs nothing, so they go at once, and outside the budget (DS-U8). */
  readonly replaceNow: readonly Pod[];
  /** Old pods that are available; at most `limit` of them. */
  candidates(limit: number): readonly OldPod[];
  isCandidate(nodeName: string): boolean;
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

/**
 * Upstream stops to collect candidates while it still counts, once the count has reached the budget; then none of those
 * that it has collected may go either. So all of them can be kept, and the order of the walk decides who is first.
 */
export function planDeleteFirst(survey: DeleteFirstSurvey, maxUnavailable: number): UpdatePlan {
  const { numUnavailable, replaceNow } = survey;
  const chosen = survey.candidates(Math.max(0, maxUnavailable - numUnavailable));
  const chosenNodes = new Set(chosen.map(({ nodeName }) => nodeName));
  return {
    createOn: [],
    deletePods: [...replaceNow, ...chosen.map(({ pod }) => pod)],
    numUnavailable,
    numSurge: 0,
    isWaiting: (nodeName) => survey.isCandidate(nodeName) && !chosenNodes.has(nodeName),
  };
}

/** Looks at every node of the walk. */
export function surveyDeleteFirst(input: UpdateInput): DeleteFirstSurvey {
  const { ds, hash, nowMs } = input;
  const minReadySeconds = ds.spec.minReadySeconds ?? 0;
  const isAvailable = (pod: Pod): boolean => isPodAvailable(pod, minReadySeconds, nowMs, input.availabilityInclusive);
  let numUnavailable = 0;
  const replaceNow: Pod[] = [];
  const candidates: OldPod[] = [];
  for (const nodeName of input.nodeNames) {
    const { newPod, oldPod, isOk } = classifyPods(input.podsByNode.get(nodeName), hash);
    if (!isOk || (newPod === undefined) === (oldPod === undefined)) {
      // Two of a sort, none at all, or both of them: whatever it is, nothing can be counted on here.
      numUnavailable += 1;
    } else if (newPod !== undefined) {
      if (!isAvailable(newPod)) numUnavailable += 1;
    } else if (oldPod !== undefined && !isAvailable(oldPod)) {
      replaceNow.push(oldPod);
      if (input.countOldUnavailable) numUnavailable += 1;
    } else if (oldPod !== undefined) {
      candidates.push({ pod: oldPod, nodeName });
    }
  }
  const names = new Set(candidates.map(({ nodeName }) => nodeName));
  return {
    numUnavailable,
    replaceNow,
    candidates: (limit) => candidates.slice(0, limit),
    isCandidate: (nodeName) => names.has(nodeName),
  };
}
