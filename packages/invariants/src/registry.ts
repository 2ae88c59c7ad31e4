/** Every law and every expectation by its name: one line each. What is not here does not exist for scenarios. */
import type { AnyExpectation, LawDefinition } from './expectation.ts';
import { celHolds } from './expectations/cel.ts';
import { daemonSetAvailable } from './expectations/daemonSetAvailable.ts';
import { failedPodBackoff } from './expectations/failedPodBackoff.ts';
import { maxUnavailableRespected } from './expectations/maxUnavailableRespected.ts';
import { nodesReady } from './expectations/nodesReady.ts';
import { objectMatches } from './expectations/objectMatches.ts';
import { onePodPerEligibleNode } from './expectations/onePodPerEligibleNode.ts';
import { podCreationsPerNode } from './expectations/podCreationsPerNode.ts';
import { podsPerNode } from './expectations/podsPerNode.ts';
import { rolloutComplete } from './expectations/rolloutComplete.ts';
import { startsAfter } from './expectations/startsAfter.ts';
import { createsOnlyWhereNoneIs, createsOnlyWhereWanted, staysWithinBurst } from './laws/creation.ts';
import { keepsFewRevisions, knowsItsTemplate } from './laws/history.ts';
import { comesToRestRight } from './laws/quiescence.ts';
import { deletesWithinBudget, surgesWithinBudget, updatesOnlyWhenNothingIsOutstanding } from './laws/rollout.ts';
import { statusAddsUp } from './laws/status.ts';

/** Name after `invariant:` in YAML → definition. `object` and `cel` are what entries with these keys compile to. */
export const expectationRegistry: Readonly<Record<string, AnyExpectation>> = {
  'one-pod-per-eligible-node': onePodPerEligibleNode,
  'max-unavailable-respected': maxUnavailableRespected,
  'daemonset-available': daemonSetAvailable,
  'rollout-complete': rolloutComplete,
  'pods-per-node': podsPerNode,
  'pod-creations-per-node': podCreationsPerNode,
  'nodes-ready': nodesReady,
  'failed-pod-backoff': failedPodBackoff,
  'starts-after': startsAfter,
  object: objectMatches,
  cel: celHolds,
};

/** Always on, by number. */
export const lawRegistry: readonly LawDefinition[] = [
  createsOnlyWhereWanted,
  createsOnlyWhereNoneIs,
  staysWithinBurst,
  updatesOnlyWhenNothingIsOutstanding,
  deletesWithinBudget,
  surgesWithinBudget,
  statusAddsUp,
  keepsFewRevisions,
  knowsItsTemplate,
  comesToRestRight,
];
