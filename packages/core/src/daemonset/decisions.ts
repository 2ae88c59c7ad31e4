/**
 * Says for every node why it stands as it stands after a pass: the short answer behind "why is there no pod" and "why
 * is it still the old one". Computed only when somebody asks. Twin: none; it words what manage and rollingUpdate of
 * daemon_controller.go and update.go leave unsaid. Rules: DS-M2…DS-M5, DS-U7, DS-U13.
 */
import { findCondition, isTerminating } from '../api/meta.ts';
import { isPodAvailable, isPodReady, type Pod } from '../api/pod.ts';
import type { Fleet } from './fleet.ts';
import type { PassInput } from './manage.ts';
import type { PlacementOutcome } from './placement.ts';
import { isPodUpdated, targetNodeName } from './podTemplate.ts';
import type { NodeWork } from './nodeWork.ts';
import { isRollingUpdate } from './updateBudget.ts';

/** Why a node stands as it stands after a pass: the closed list of decision codes of the trace. */
export type DecisionCode =
  | 'ok'
  | 'notWanted'
  | 'sunset'
  | 'budget'
  | 'surge'
  | 'expectations'
  | 'backoff'
  | 'burst'
  | 'rateLimit'
  | 'oldPodTerminating'
  | 'createFailed'
  | 'unschedulable'
  | 'startFailed'
  | 'notReady'
  | 'settling'
  | 'paused'
  | 'onDelete'
  /** Beyond the list of report.md: work that this pass did on the node. */
  | 'create'
  | 'delete'
  | 'replace';

/** What a code at rest depends on, beside the node and its pods. */
export type RestRules = Pick<PassInput, 'ds' | 'hash' | 'nowMs' | 'availabilityInclusive'>;

/** What a pass wanted, and what is left of it after the cut to the burst (DS-S1). */
export interface DecisionInput {
  readonly rules: RestRules;
  readonly fleet: Pick<Fleet, 'podsByNode' | 'outcomeOf'>;
  readonly wanted: NodeWork;
  readonly issued: NodeWork;
  /** Nodes that wait, and for what: the backoff of a failed pod, or the budget of an update. */
  isWaiting(nodeName: string): boolean;
  readonly waitingCode: 'backoff' | 'budget' | 'surge';
}

/** The code of one node after the pass; undefined for a name that neither is a node nor holds a pod. */
export type DecisionOf = (nodeName: string) => DecisionCode | undefined;

export function decisionsOf({ rules, fleet, wanted, issued, isWaiting, waitingCode }: DecisionInput): DecisionOf {
  const creates = new Set(issued.createOn);
  const deletes = targetsOf(issued);
  const wishes = concernedNodes(wanted);
  return (nodeName) => {
    const outcome = fleet.outcomeOf(nodeName);
    const pods = fleet.podsByNode.get(nodeName);
    if (outcome === undefined && pods === undefined) return undefined;
    if (creates.has(nodeName) && deletes.has(nodeName)) return 'replace';
    if (deletes.has(nodeName)) return 'delete';
    if (creates.has(nodeName)) return 'create';
    if (wishes.has(nodeName)) return 'burst';
    if (isWaiting(nodeName)) return waitingCode;
    return outcome === undefined ? 'notWanted' : codeAtRest(outcome, pods ?? [], rules);
  };
}

/** Nodes on which a pod is to come or to go. */
export function concernedNodes(work: NodeWork): ReadonlySet<string> {
  return new Set([...work.createOn, ...targetsOf(work)]);
}

/** A node on which the pass had nothing to do: because all is well, or because it waits for somebody else. */
export function codeAtRest(outcome: PlacementOutcome, pods: readonly Pod[], rules: RestRules): DecisionCode {
  const { ds, hash, nowMs } = rules;
  if (outcome === 'none') return 'notWanted';
  if (outcome === 'sunset') return 'sunset';
  const pod = findSpokesman(pods, hash);
  // Without a live pod manage creates one: in the next sync, or when the one that is terminating has gone (DS-M9).
  if (pod === undefined) return pods.length === 0 ? 'expectations' : 'oldPodTerminating';
  if (!isRollingUpdate(ds) && !isPodUpdated(pod, hash)) return 'onDelete';
  if ((pod.spec.nodeName ?? '') === '') {
    return findCondition(pod.status?.conditions, 'PodScheduled')?.status === 'False' ? 'unschedulable' : 'notReady';
  }
  if (!isPodReady(pod)) return cannotStart(pod) ? 'startFailed' : 'notReady';
  return isPodAvailable(pod, ds.spec.minReadySeconds ?? 0, nowMs, rules.availabilityInclusive) ? 'ok' : 'settling';
}

/** The pod that the node's code is about: a live one of the current template, else any live one. */
function findSpokesman(pods: readonly Pod[], hash: string): Pod | undefined {
  let spokesman: Pod | undefined;
  for (const pod of pods) {
    if (isTerminating(pod)) continue;
    if (isPodUpdated(pod, hash)) return pod;
    spokesman ??= pod;
  }
  return spokesman;
}

/** Reasons under which the kubelet keeps trying without getting anywhere. */
const START_FAILURES = [
  'ErrImagePull',
  'ImagePullBackOff',
  'CrashLoopBackOff',
  'CreateContainerError',
  'InvalidImageName',
];

function cannotStart(pod: Pod): boolean {
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  return statuses.some(({ state }) => START_FAILURES.includes(state?.waiting?.reason ?? ''));
}

function targetsOf({ deletePods }: NodeWork): ReadonlySet<string> {
  return new Set(deletePods.map((pod) => targetNodeName(pod) ?? ''));
}
