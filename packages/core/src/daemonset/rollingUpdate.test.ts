import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Pod } from '../api/pod.ts';
import { daemonSet, pod, type PodOptions } from '../testing/objects.ts';
import { groupPodsByNode } from './manage.ts';
import { classifyPods, planDeleteFirst, surveyDeleteFirst, type UpdatePlan } from './rollingUpdate.ts';

/** What stands on a node, in the words of the spec's table. */
type NodeState = 'new' | 'newUnavailable' | 'old' | 'oldUnavailable' | 'empty' | 'terminating' | 'both' | 'twoOld';

const ready = { readySinceMs: 0 };
const PODS: Readonly<Record<NodeState, readonly PodOptions[]>> = {
  new: [{ hash: 'new', ...ready }],
  newUnavailable: [{ hash: 'new' }],
  old: [{ hash: 'old', ...ready }],
  oldUnavailable: [{ hash: 'old' }],
  empty: [],
  terminating: [{ hash: 'old', isTerminating: true, ...ready }],
  both: [
    { hash: 'old', ...ready },
    { hash: 'new', ...ready },
  ],
  twoOld: [
    { hash: 'old', ...ready },
    { hash: 'older', ...ready },
  ],
};

function plan(
  states: readonly NodeState[],
  maxUnavailable: number,
  countOldUnavailable = true,
): UpdatePlan & { readonly deletes: string } {
  const pods: Pod[] = [];
  for (const [at, state] of states.entries()) {
    for (const [podAt, options] of PODS[state].entries())
      pods.push(pod(`p-${at}-${podAt}`, { nodeName: `n-${at}`, ...options }));
  }
  const survey = surveyDeleteFirst({
    ds: daemonSet(),
    hash: 'new',
    podsByNode: groupPodsByNode(pods, { includeDeletedTerminal: false }),
    nodeNames: states.map((_state, at) => `n-${at}`),
    outcomeOf: () => 'run',
    nowMs: 60_000,
    availabilityInclusive: true,
    countOldUnavailable,
    surgeSunset: true,
  });
  const result = planDeleteFirst(survey, maxUnavailable);
  return { ...result, deletes: result.deletePods.map(({ spec }) => spec.nodeName).join(' ') };
}

test.each<[NodeState, number]>([
  ['new', 0],
  ['newUnavailable', 1],
  ['old', 0],
  ['oldUnavailable', 1],
  ['empty', 1],
  ['terminating', 1],
  ['both', 1],
  ['twoOld', 1],
])('a node with %s adds %i to what is unavailable', (state, numUnavailable) => {
  expect(plan([state], 0).numUnavailable).toBe(numUnavailable);
});

test('as many available old pods go as the budget has left', () => {
  const { deletes, isWaiting } = plan(['old', 'empty', 'old', 'old', 'new'], 2);
  expect(deletes).toBe('n-0');
  expect(['n-0', 'n-1', 'n-2', 'n-3', 'n-4'].filter(isWaiting)).toEqual(['n-2', 'n-3']);
});

test('unavailable old pods all go, beyond the budget, and use it up', () => {
  expect(plan(['oldUnavailable', 'oldUnavailable', 'old'], 1).deletes).toBe('n-0 n-1');
});

test('before sw:count-old-unavailable they did not use it up', () => {
  expect(plan(['oldUnavailable', 'oldUnavailable', 'old'], 1, false).deletes).toBe('n-0 n-1 n-2');
});

test('one dead node with a stuck pod blocks a rollout with a budget of one', () => {
  expect(plan(['terminating', 'old', 'old'], 1).deletes).toBe('');
});

test('no pass takes down more available pods than the budget, nor spares an unavailable old one', () => {
  const states = fc.array(
    fc.constantFrom<NodeState>(
      'new',
      'newUnavailable',
      'old',
      'oldUnavailable',
      'empty',
      'terminating',
      'both',
      'twoOld',
    ),
  );
  fc.assert(
    fc.property(states, fc.nat(6), (given, maxUnavailable) => {
      const { deletePods, numUnavailable } = plan(given, maxUnavailable);
      const available = deletePods.filter(({ status }) => (status?.conditions ?? []).length > 0);
      expect(available.length).toBeLessThanOrEqual(Math.max(0, maxUnavailable - numUnavailable));
      expect(deletePods.length - available.length).toBe(given.filter((state) => state === 'oldUnavailable').length);
    }),
  );
});

describe('telling new from old', () => {
  test('terminating pods are not there', () => {
    expect(classifyPods([pod('a', { hash: 'new', isTerminating: true })], 'new')).toEqual({
      newPod: undefined,
      oldPod: undefined,
      isOk: true,
    });
  });

  test('a failed pod that waits for its backoff is', () => {
    expect(classifyPods([pod('a', { hash: 'old', phase: 'Failed' })], 'new').oldPod?.metadata.name).toBe('a');
  });
});
