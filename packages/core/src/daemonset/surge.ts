/**
 * Where a create-first rolling update (maxSurge above 0) adds a new pod beside an old one, and which old ones may go.
 * Twin: daemon/update.go rollingUpdate. Rules: DS-U13…DS-U18.
 */
import { isPodAvailable, type Pod } from '../api/pod.ts';
import { classifyPods, type UpdateInput, type UpdatePlan } from './rollingUpdate.ts';

/** An old pod on a node that is not in the cache fails the whole pass (DS-U18). */
export type SurgeResult =
  | { readonly ok: true; readonly plan: UpdatePlan }
  | { readonly ok: false; readonly error: string };

interface Walk {
  numSurge: number;
  numAvailable: number;
  readonly deleteNow: Pod[];
  /** Old and available on nodes that should not run one: they may go as far as others make up for them. */
  readonly sunsetAvailable: Pod[];
  /** Their old pod serves nobody: a new one costs nothing and needs no budget (DS-U14). */
  readonly freeNodes: string[];
  readonly candidateNodes: string[];
  readonly waiting: Set<string>;
}

export function planSurge(input: UpdateInput): SurgeResult {
  const walk: Walk = {
    numSurge: 0,
    numAvailable: 0,
    deleteNow: [],
    sunsetAvailable: [],
    freeNodes: [],
    candidateNodes: [],
    waiting: new Set(),
  };
  for (const nodeName of input.nodeNames) {
    const error = visit(nodeName, input, walk);
    if (error !== undefined) return { ok: false, error };
  }
  const slack = Math.max(0, walk.numAvailable - input.desired);
  const deletePods = [...walk.deleteNow, ...walk.sunsetAvailable.slice(0, slack)];
  const allowed = Math.max(0, input.budget.maxSurge - walk.numSurge);
  const createOn = [...walk.freeNodes, ...walk.candidateNodes.slice(0, allowed)];
  for (const nodeName of walk.candidateNodes.slice(allowed)) walk.waiting.add(nodeName);
  return {
    ok: true,
    plan: { createOn, deletePods, numUnavailable: 0, numSurge: walk.numSurge, waiting: walk.waiting },
  };
}

/** Returns the error that ends the pass, if any. Older releases take every node for one that should run a pod (`sw:surge-sunset`). */
function visit(nodeName: string, input: UpdateInput, walk: Walk): string | undefined {
  const { newPod, oldPod, isOk } = classifyPods(input.podsByNode.get(nodeName), input.hash);
  if (!isOk) {
    walk.numSurge += 1;
    return undefined;
  }
  const isAvailable = (pod: Pod): boolean =>
    isPodAvailable(pod, input.ds.spec.minReadySeconds ?? 0, input.nowMs, input.availabilityInclusive);
  const census = oldPod ?? newPod;
  const isCensusAvailable = census !== undefined && isAvailable(census);
  if (isCensusAvailable) walk.numAvailable += 1;
  if (oldPod === undefined) return undefined;
  if (newPod !== undefined) {
    if (isAvailable(newPod)) walk.deleteNow.push(oldPod);
    else walk.numSurge += 1;
    return undefined;
  }
  const outcome = input.surgeSunset ? input.outcomeOf(nodeName) : 'run';
  if (outcome === undefined) return `couldn't get node for nodeName "${nodeName}": node "${nodeName}" not found`;
  if (outcome !== 'run') (isCensusAvailable ? walk.sunsetAvailable : walk.deleteNow).push(oldPod);
  else if (!isCensusAvailable) walk.freeNodes.push(nodeName);
  else if (walk.numSurge >= input.budget.maxSurge) walk.waiting.add(nodeName);
  else walk.candidateNodes.push(nodeName);
  return undefined;
}
