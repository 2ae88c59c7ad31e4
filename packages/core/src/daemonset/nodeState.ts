/**
 * What one node means to a DaemonSet: everything that the counts and decisions of a pass take from it, judged from the
 * node, its pods and the clock alone. So a change of one pod changes one node's state, and whoever keeps these states
 * need not look at the others. Twin: none; one node's part of manage, updateDaemonSetStatus and rollingUpdate. Rules: DS-R1, DS-M2…DS-M5, DS-U3, DS-U7, DS-U13, DS-T1.
 */
import type { DaemonSet } from '../api/daemonSet.ts';
import { isTerminating } from '../api/meta.ts';
import type { Node } from '../api/node.ts';
import { isPodAvailable, isPodReady, isTerminal, type Pod } from '../api/pod.ts';
import { codeAtRest, type DecisionCode } from './decisions.ts';
import type { Placement, PlacementOutcome } from './placement.ts';
import { isPodUpdated } from './podTemplate.ts';
import { classifyPods } from './rollingUpdate.ts';
import { oldestOf, type StatusShare } from './statusNumbers.ts';

/** How a rolling update may find a node; `Gone` in a name: the node is not in the cache. */
export const WALK_STATES = [
  /** It should not run a pod and holds none: no part of the walk. */
  'outside',
  /** Two new or two old pods. */
  'disorder',
  'empty',
  'new',
  'newUnavailable',
  'both',
  'bothNewUnavailable',
  'old',
  'oldUnavailable',
  'oldSunset',
  'oldSunsetUnavailable',
  'oldGone',
  'oldGoneUnavailable',
] as const;
export type WalkState = (typeof WALK_STATES)[number];

/** What a state is judged by; the same for all nodes of a pass. */
export interface StateRules {
  readonly ds: DaemonSet;
  readonly hash: string;
  readonly placement: Placement;
  /** A second pod may stand on a node (`allowsSurge`). */
  readonly surges: boolean;
  readonly nowMs: number;
  readonly availabilityInclusive: boolean;
}

export interface NodeState {
  /** Undefined for a node that is not in the cache. */
  readonly outcome: PlacementOutcome | undefined;
  /** Manage has to look at it: a pod is missing, finished, misplaced, or one too many (DS-M2…DS-M5). */
  readonly isBusy: boolean;
  readonly walk: WalkState;
  /** The pod that an update judges the node's availability by, while old and new stand beside each other: the old one (DS-U13). */
  readonly isCensusAvailable: boolean;
  /** What it adds to each number of the status (DS-T1). */
  readonly share: StatusShare;
  readonly code: DecisionCode;
  /** Time alone will change it: a pod is ready and not yet available. */
  readonly isSettling: boolean;
}

const NOTHING: StatusShare = { desired: 0, current: 0, misscheduled: 0, ready: 0, available: 0, updated: 0 };

/** `pods` are the claimed ones of the node, without those that are left out of every count (DS-M1). */
export function nodeStateOf(node: Node | undefined, pods: readonly Pod[], rules: StateRules): NodeState {
  const outcome = node === undefined ? undefined : rules.placement(node);
  const minReadySeconds = rules.ds.spec.minReadySeconds ?? 0;
  const isAvailable = (pod: Pod): boolean =>
    isPodAvailable(pod, minReadySeconds, rules.nowMs, rules.availabilityInclusive);
  const { newPod, oldPod, isOk } = classifyPods(pods, rules.hash);
  const census = oldPod ?? newPod;
  return {
    outcome,
    isBusy: isBusy(outcome, pods, rules.surges),
    walk: walkStateOf(outcome, pods, isOk, newPod, oldPod, isAvailable),
    isCensusAvailable: isOk && census !== undefined && isAvailable(census),
    share: shareOf(outcome, pods, rules.hash, isAvailable),
    code: outcome === undefined ? 'notWanted' : codeAtRest(outcome, pods, rules),
    isSettling: minReadySeconds > 0 && pods.some((pod) => isPodReady(pod) && !isAvailable(pod)),
  };
}

function isBusy(outcome: PlacementOutcome | undefined, pods: readonly Pod[], surges: boolean): boolean {
  if (outcome === undefined) return false;
  if (pods.length === 0) return outcome === 'run';
  const live = pods.filter((pod) => !isTerminating(pod));
  if (outcome === 'none') return live.length > 0;
  if (live.length === 0) return surges && outcome === 'run';
  return live.length > 1 || live.some(isTerminal);
}

function walkStateOf(
  outcome: PlacementOutcome | undefined,
  pods: readonly Pod[],
  isOk: boolean,
  newPod: Pod | undefined,
  oldPod: Pod | undefined,
  isAvailable: (pod: Pod) => boolean,
): WalkState {
  if (pods.length === 0 && outcome !== 'run') return 'outside';
  if (!isOk) return 'disorder';
  if (newPod !== undefined && oldPod !== undefined) return isAvailable(newPod) ? 'both' : 'bothNewUnavailable';
  if (newPod !== undefined) return isAvailable(newPod) ? 'new' : 'newUnavailable';
  if (oldPod === undefined) return 'empty';
  if (outcome === undefined) return isAvailable(oldPod) ? 'oldGone' : 'oldGoneUnavailable';
  if (outcome !== 'run') return isAvailable(oldPod) ? 'oldSunset' : 'oldSunsetUnavailable';
  return isAvailable(oldPod) ? 'old' : 'oldUnavailable';
}

function shareOf(
  outcome: PlacementOutcome | undefined,
  pods: readonly Pod[],
  hash: string,
  isAvailable: (pod: Pod) => boolean,
): StatusShare {
  if (outcome === undefined) return NOTHING;
  const oldest = oldestOf(pods);
  if (outcome !== 'run') return oldest === undefined ? NOTHING : { ...NOTHING, misscheduled: 1 };
  if (oldest === undefined) return { ...NOTHING, desired: 1 };
  return {
    desired: 1,
    current: 1,
    misscheduled: 0,
    ready: isPodReady(oldest) ? 1 : 0,
    available: isAvailable(oldest) ? 1 : 0,
    updated: isPodUpdated(oldest, hash) ? 1 : 0,
  };
}
