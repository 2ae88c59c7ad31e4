/**
 * Where a create-first rolling update (maxSurge above 0) adds a new pod beside an old one, and which old ones may go.
 * Twin: daemon/update.go rollingUpdate. Rules: DS-U13…DS-U18.
 */
import { isPodAvailable, type Pod } from '../api/pod.ts';
import { classifyPods, type UpdateInput, type UpdatePlan } from './rollingUpdate.ts';

/** What there is for a create-first update, in the order of the walk (DS-U13). */
export interface SurgeSurvey {
  readonly numSurge: number;
  readonly numAvailable: number;
  /** Old pods whose new one serves already, and unavailable ones on nodes that should not run one. */
  readonly deleteNow: readonly Pod[];
  /** Old and available on nodes that should not run one: they may go as far as others make up for them. */
  sunsetAvailable(limit: number): readonly Pod[];
  /** Their old pod serves nobody: a new one costs nothing and needs no budget (DS-U14). */
  readonly freeNodes: readonly string[];
  /** Nodes with an old pod that is available; at most `limit` of them. */
  candidateNodes(limit: number): readonly string[];
  isCandidate(nodeName: string): boolean;
}

/** An old pod on a node that is not in the cache fails the whole pass (DS-U18). */
export type SurgeResult =
  | { readonly ok: true; readonly survey: SurgeSurvey }
  | { readonly ok: false; readonly error: string };

/** As in a delete-first update, candidates that upstream leaves out early are those that could not be chosen. */
export function planSurge(survey: SurgeSurvey, desired: number, maxSurge: number): UpdatePlan {
  const { numSurge, numAvailable, deleteNow, freeNodes } = survey;
  const sunset = survey.sunsetAvailable(Math.max(0, numAvailable - desired));
  const chosen = survey.candidateNodes(Math.max(0, maxSurge - numSurge));
  const chosenNodes = new Set(chosen);
  return {
    createOn: [...freeNodes, ...chosen],
    deletePods: [...deleteNow, ...sunset],
    numUnavailable: 0,
    numSurge,
    isWaiting: (nodeName) => survey.isCandidate(nodeName) && !chosenNodes.has(nodeName),
  };
}

interface Walk {
  numSurge: number;
  numAvailable: number;
  readonly deleteNow: Pod[];
  readonly sunsetAvailable: Pod[];
  readonly freeNodes: string[];
  readonly candidateNodes: string[];
}

/** Looks at every node of the walk. */
export function surveySurge(input: UpdateInput): SurgeResult {
  const walk: Walk = {
    numSurge: 0,
    numAvailable: 0,
    deleteNow: [],
    sunsetAvailable: [],
    freeNodes: [],
    candidateNodes: [],
  };
  for (const nodeName of input.nodeNames) {
    const error = visit(nodeName, input, walk);
    if (error !== undefined) return { ok: false, error };
  }
  const { candidateNodes, sunsetAvailable } = walk;
  const candidates = new Set(candidateNodes);
  const survey: SurgeSurvey = {
    ...walk,
    sunsetAvailable: (limit) => sunsetAvailable.slice(0, limit),
    candidateNodes: (limit) => candidateNodes.slice(0, limit),
    isCandidate: (nodeName) => candidates.has(nodeName),
  };
  return { ok: true, survey };
}

/** What the pass fails with (DS-U18). */
export function missingNodeError(nodeName: string): string {
  return `couldn't get node for nodeName "${nodeName}": node "${nodeName}" not found`;
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
  if (outcome === undefined) return missingNodeError(nodeName);
  if (outcome !== 'run') (isCensusAvailable ? walk.sunsetAvailable : walk.deleteNow).push(oldPod);
  else if (!isCensusAvailable) walk.freeNodes.push(nodeName);
  else walk.candidateNodes.push(nodeName);
  return undefined;
}
