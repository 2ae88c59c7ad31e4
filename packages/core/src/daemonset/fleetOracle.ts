/**
 * Holds the answers of an index against those of a walk over the same caches: they must be the same to the last pod.
 * For tests; a run that compares takes as long as one without an index. Twin: none. Rules: DS-M2, DS-U7, DS-U13, DS-T1.
 */
import { assert } from '../assert.ts';
import { keyOf } from '../api/meta.ts';
import type { Pod } from '../api/pod.ts';
import type { Fleet } from './fleet.ts';
import { type FinishedPods, type PassInput, planManage } from './manage.ts';

const ALL = Number.MAX_SAFE_INTEGER;
/** Changes nothing, and lets every finished pod show up in the plan. */
const ADMIT_ALL: FinishedPods = { admitFailed: () => true, admitSucceeded: () => true };

/** Throws an `AssertionError` that shows the first difference. */
export function assertSameFleet(indexed: Fleet, walked: Fleet, rules: Omit<PassInput, 'nodes' | 'podsByNode'>): void {
  const [ours, theirs] = [factsOf(indexed, rules), factsOf(walked, rules)];
  for (const [question, answer] of Object.entries(theirs)) {
    const got = JSON.stringify(ours[question]);
    const wanted = JSON.stringify(answer);
    assert(got === wanted, () => `${question}: the index says ${got}, a walk says ${wanted}`);
  }
}

function factsOf(fleet: Fleet, rules: Omit<PassInput, 'nodes' | 'podsByNode'>): Readonly<Record<string, unknown>> {
  const { podsByNode } = fleet;
  const input = { ...rules, nodes: fleet.busyNodes(), podsByNode, goneNames: fleet.goneNames() };
  const manage = planManage(input, ADMIT_ALL);
  const deleteFirst = fleet.surveyDeleteFirst();
  const surge = fleet.surveySurge();
  const pods = [...podsByNode].map(([name, group]) => `${name}: ${versionsOf(group).join()}`);
  return {
    pods: pods.sort((a, b) => (a < b ? -1 : 1)),
    nodes: fleet.allNodes().map(({ metadata }) => metadata.name),
    goneNames: fleet.goneNames(),
    outcomes: fleet.allNodes().map(({ metadata }) => fleet.outcomeOf(metadata.name)),
    status: fleet.status(),
    desired: fleet.desired(),
    manage: { createOn: manage.createOn, deletePods: versionsOf(manage.deletePods) },
    numUnavailable: deleteFirst.numUnavailable,
    replaceNow: versionsOf(deleteFirst.replaceNow),
    candidates: deleteFirst.candidates(ALL).map(({ nodeName, pod }) => [nodeName, ...versionsOf([pod])]),
    surge: surge.ok
      ? {
          numSurge: surge.survey.numSurge,
          numAvailable: surge.survey.numAvailable,
          deleteNow: versionsOf(surge.survey.deleteNow),
          sunset: versionsOf(surge.survey.sunsetAvailable(ALL)),
          freeNodes: surge.survey.freeNodes,
          candidates: surge.survey.candidateNodes(ALL),
        }
      : surge.error,
  };
}

function versionsOf(pods: readonly Pod[]): readonly string[] {
  return pods.map((pod) => `${keyOf(pod)}@${pod.metadata.resourceVersion ?? ''}`);
}
