import { describe, expect, test } from 'vitest';
import type { Pod } from '../api/pod.ts';
import { daemonSet, pod, type PodOptions } from '../testing/objects.ts';
import { groupPodsByNode } from './manage.ts';
import type { PlacementOutcome } from './placement.ts';
import { planSurge, surveySurge } from './surge.ts';

interface OnNode {
  readonly outcome?: PlacementOutcome | 'gone';
  readonly pods: readonly PodOptions[];
}

const ready = { readySinceMs: 0 };
const oldPod = { hash: 'old', ...ready };
const newPod = { hash: 'new', ...ready };

function plan(
  nodes: readonly OnNode[],
  maxSurge = 1,
): { creates: string; deletes: string; numSurge: number; error?: string } {
  const pods: Pod[] = [];
  for (const [at, { pods: options }] of nodes.entries()) {
    for (const [podAt, option] of options.entries())
      pods.push(pod(`p-${at}-${podAt}`, { nodeName: `n-${at}`, ...option }));
  }
  const outcomeOf = (name: string): PlacementOutcome | undefined => {
    const outcome = nodes[Number(name.slice(2))]?.outcome ?? 'run';
    return outcome === 'gone' ? undefined : outcome;
  };
  const result = surveySurge({
    ds: daemonSet(),
    hash: 'new',
    podsByNode: groupPodsByNode(pods, { includeDeletedTerminal: false }),
    nodeNames: nodes.map((_node, at) => `n-${at}`),
    outcomeOf,
    nowMs: 60_000,
    availabilityInclusive: true,
    countOldUnavailable: true,
    surgeSunset: true,
  });
  if (!result.ok) return { creates: '', deletes: '', numSurge: 0, error: result.error };
  const desired = nodes.filter((_node, at) => outcomeOf(`n-${at}`) === 'run').length;
  const { createOn, deletePods, numSurge } = planSurge(result.survey, desired, maxSurge);
  return { creates: createOn.join(' '), deletes: deletePods.map(({ spec }) => spec.nodeName).join(' '), numSurge };
}

test('a new pod comes beside as many available old ones as the surge allows', () => {
  expect(plan([{ pods: [oldPod] }, { pods: [oldPod] }, { pods: [oldPod] }], 2)).toMatchObject({
    creates: 'n-0 n-1',
    deletes: '',
  });
});

test('a new pod that is still starting holds a place of the surge', () => {
  const starting = { pods: [oldPod, { hash: 'new' }] };
  expect(plan([starting, { pods: [oldPod] }])).toMatchObject({ creates: '', numSurge: 1 });
});

test('an available new pod lets its old one go', () => {
  expect(plan([{ pods: [oldPod, newPod] }])).toMatchObject({ deletes: 'n-0', numSurge: 0 });
});

test('an old pod that serves nobody gets its successor at no cost', () => {
  const dead = { pods: [{ hash: 'old' }] };
  expect(plan([dead, dead, dead, { pods: [oldPod] }], 1).creates).toBe('n-0 n-1 n-2 n-3');
});

test('three of a node count as one place of the surge', () => {
  expect(plan([{ pods: [oldPod, { hash: 'older' }, newPod] }]).numSurge).toBe(1);
});

describe('old pods on nodes that should not run one', () => {
  test('go at once when they serve nobody', () => {
    expect(plan([{ outcome: 'sunset', pods: [{ hash: 'old' }] }])).toMatchObject({ creates: '', deletes: 'n-0' });
  });

  test('go as far as others make up for them', () => {
    const sunset = { outcome: 'sunset' as const, pods: [oldPod] };
    expect(plan([sunset, sunset, { pods: [newPod] }]).deletes).toBe('n-0 n-1');
    expect(plan([sunset, sunset, { pods: [] }]).deletes).toBe('n-0');
    expect(plan([sunset, { pods: [] }, { pods: [] }]).deletes).toBe('');
  });
});

test('an old pod on a node that is gone fails the whole pass', () => {
  expect(plan([{ pods: [oldPod] }, { outcome: 'gone', pods: [oldPod] }])).toMatchObject({
    creates: '',
    error: `couldn't get node for nodeName "n-1": node "n-1" not found`,
  });
  expect(plan([{ outcome: 'gone', pods: [newPod] }]).error).toBeUndefined();
});
