import { describe, expect, test } from 'vitest';
import type { Pod } from '../api/pod.ts';
import { daemonSet, node, pod } from '../testing/objects.ts';
import { groupPodsByNode } from './manage.ts';
import { compilePlacement } from './placement.ts';
import { isStatusCurrent, statusRecheckDelayMs } from './status.ts';
import { computeStatus, type StatusNumbers } from './statusNumbers.ts';

const sunset = { taints: [{ key: 'a', effect: 'NoSchedule' as const }] };

function count(pods: readonly Pod[], minReadySeconds = 0): StatusNumbers {
  const ds = daemonSet({ minReadySeconds });
  return computeStatus({
    ds,
    hash: 'new',
    nodes: [node('a'), node('b'), node('s', sunset)],
    podsByNode: groupPodsByNode(pods, { includeDeletedTerminal: false }),
    placement: compilePlacement(ds, true),
    nowMs: 10_000,
    availabilityInclusive: true,
  });
}

test('nodes are counted, not pods', () => {
  const pods = [
    pod('1', { nodeName: 'a', hash: 'new', readySinceMs: 0 }),
    pod('2', { nodeName: 'a', hash: 'new' }),
    pod('3', { nodeName: 's' }),
  ];
  expect(count(pods)).toEqual({
    desiredNumberScheduled: 2,
    currentNumberScheduled: 1,
    numberMisscheduled: 1,
    numberReady: 1,
    updatedNumberScheduled: 1,
    numberAvailable: 1,
    numberUnavailable: 1,
  });
});

test('the oldest pod of a node speaks for it, terminating or not', () => {
  const pods = [
    pod('new', { nodeName: 'a', hash: 'new', createdAtMs: 5000 }),
    pod('old', { nodeName: 'a', hash: 'old', readySinceMs: 0, isTerminating: true }),
  ];
  expect(count(pods)).toMatchObject({ numberReady: 1, numberAvailable: 1, updatedNumberScheduled: 0 });
});

test('pods on nodes that are gone count nowhere', () => {
  expect(count([pod('1', { nodeName: 'gone' })])).toMatchObject({ currentNumberScheduled: 0, numberMisscheduled: 0 });
});

describe('minReadySeconds', () => {
  const pods = [pod('1', { nodeName: 'a', readySinceMs: 5000 })];

  test('hold a pod back until their last instant', () => {
    expect([count(pods, 6).numberAvailable, count(pods, 5).numberAvailable]).toEqual([0, 1]);
  });

  test('ask for another look while somebody waits', () => {
    const ds = daemonSet({ minReadySeconds: 6 });
    expect(statusRecheckDelayMs(ds, count(pods, 6))).toBe(6000);
    expect(statusRecheckDelayMs(ds, count(pods, 5))).toBeUndefined();
    expect(statusRecheckDelayMs(daemonSet(), count(pods))).toBeUndefined();
  });
});

test('a status is current when its numbers and its generation are', () => {
  const numbers = count([]);
  const stored = { ...daemonSet(), status: { ...numbers, observedGeneration: 1 } };
  expect(isStatusCurrent(stored, numbers)).toBe(true);
  expect(isStatusCurrent({ ...stored, status: { ...numbers, observedGeneration: 0 } }, numbers)).toBe(false);
  expect(isStatusCurrent(stored, { ...numbers, numberReady: 1 })).toBe(false);
  expect(
    isStatusCurrent(daemonSet({}, { generation: 0 }), { ...numbers, desiredNumberScheduled: 0, numberUnavailable: 0 }),
  ).toBe(true);
});
