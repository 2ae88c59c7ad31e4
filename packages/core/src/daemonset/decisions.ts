/**
 * Says for every node why it stands as it stands after a pass: the short answer behind "why is there no pod" and "why
 * is it still the old one". Computed only when somebody asks. Twin: none; it words what manage and rollingUpdate of
 * daemon_controller.go and update.go leave unsaid. Rules: DS-M2…DS-M5, DS-U7, DS-U13.
 */
import { findCondition, isTerminating } from '../api/meta.ts';
import type { Node } from '../api/node.ts';
import { isPodAvailable, isPodReady, type Pod } from '../api/pod.ts';
import type { PassInput } from './manage.ts';
import { isPodUpdated, targetNodeName } from './podTemplate.ts';
import type { DecisionCode } from './syncContext.ts';
import { isRollingUpdate } from './updateBudget.ts';

export interface DecisionInput extends PassInput {
  /** What the pass wanted, and what is left of it after the cut to the burst (DS-S1). */
  readonly wanted: { readonly createOn: readonly string[]; readonly deletePods: readonly Pod[] };
  readonly issued: { readonly createOn: readonly string[]; readonly deletePods: readonly Pod[] };
  /** Nodes that wait, and for what: the backoff of a failed pod, or the budget of an update. */
  readonly waiting: ReadonlySet<string>;
  readonly waitingCode: 'backoff' | 'budget' | 'surge';
}

export function computeDecisions(input: DecisionInput): ReadonlyMap<string, DecisionCode> {
  const creates = new Set(input.issued.createOn);
  const deletes = namesOf(input.issued.deletePods);
  const wanted = new Set([...input.wanted.createOn, ...namesOf(input.wanted.deletePods)]);
  const decisions = new Map<string, DecisionCode>();
  const decide = (nodeName: string, node: Node | undefined): DecisionCode => {
    if (creates.has(nodeName) && deletes.has(nodeName)) return 'replace';
    if (deletes.has(nodeName)) return 'delete';
    if (creates.has(nodeName)) return 'create';
    if (wanted.has(nodeName)) return 'burst';
    if (input.waiting.has(nodeName)) return input.waitingCode;
    return node === undefined ? 'notWanted' : codeAtRest(node, input);
  };
  for (const node of input.nodes) decisions.set(node.metadata.name, decide(node.metadata.name, node));
  for (const nodeName of input.podsByNode.keys()) {
    if (!decisions.has(nodeName)) decisions.set(nodeName, decide(nodeName, undefined));
  }
  return decisions;
}

/** A node on which the pass had nothing to do: because all is well, or because it waits for somebody else. */
function codeAtRest(node: Node, input: DecisionInput): DecisionCode {
  const { ds, hash, nowMs } = input;
  const outcome = input.placement(node);
  if (outcome === 'none') return 'notWanted';
  if (outcome === 'sunset') return 'sunset';
  const pod = findSpokesman(input.podsByNode.get(node.metadata.name), hash);
  // Without a live pod manage would have created one, were it not for one that is still terminating (DS-M9).
  if (pod === undefined) return 'oldPodTerminating';
  if (!isRollingUpdate(ds) && !isPodUpdated(pod, hash)) return 'onDelete';
  if ((pod.spec.nodeName ?? '') === '') {
    return findCondition(pod.status?.conditions, 'PodScheduled')?.status === 'False' ? 'unschedulable' : 'notReady';
  }
  if (!isPodReady(pod)) return cannotStart(pod) ? 'startFailed' : 'notReady';
  return isPodAvailable(pod, ds.spec.minReadySeconds ?? 0, nowMs, input.availabilityInclusive) ? 'ok' : 'settling';
}

/** The pod that the node's code is about: a live one of the current template, else any live one. */
function findSpokesman(pods: readonly Pod[] | undefined, hash: string): Pod | undefined {
  let spokesman: Pod | undefined;
  for (const pod of pods ?? NO_PODS) {
    if (isTerminating(pod)) continue;
    if (isPodUpdated(pod, hash)) return pod;
    spokesman ??= pod;
  }
  return spokesman;
}

const NO_PODS: readonly Pod[] = [];

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

function namesOf(pods: readonly Pod[]): ReadonlySet<string> {
  return new Set(pods.map((pod) => targetNodeName(pod) ?? ''));
}
