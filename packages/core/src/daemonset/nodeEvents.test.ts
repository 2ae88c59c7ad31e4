import { describe, expect, test } from 'vitest';
import type { DaemonSet } from '../api/daemonSet.ts';
import type { Node, Taint } from '../api/node.ts';
import { profileOf } from '../profile.ts';
import { daemonSet, DS_KEY, newestProfile, node, pod } from '../testing/objects.ts';
import { isIgnoredNodeUpdate, type NodeEventCaches, nodeWorkKeys } from './nodeEvents.ts';

function caches(ds: DaemonSet = daemonSet(), version = '1.36'): NodeEventCaches {
  return { profile: profileOf(version) ?? newestProfile(), daemonSets: { get: () => ds, list: () => [ds] } };
}

function tainted(effect: Taint['effect']): Node {
  return node('n', { taints: [{ key: 'a', effect }] });
}

const misscheduled: DaemonSet = {
  ...daemonSet(),
  status: { desiredNumberScheduled: 0, currentNumberScheduled: 0, numberMisscheduled: 1, numberReady: 0 },
};

describe('the worker of the node queue', () => {
  const onNode = [pod('p', { nodeName: 'n' })];

  test('wakes a DaemonSet that lacks its pod', () => {
    expect(nodeWorkKeys(node('n'), [], caches())).toEqual([DS_KEY]);
    expect(nodeWorkKeys(node('n'), onNode, caches())).toEqual([]);
  });

  test('wakes one whose pod has to go', () => {
    expect(nodeWorkKeys(tainted('NoExecute'), onNode, caches())).toEqual([DS_KEY]);
    expect(nodeWorkKeys(tainted('NoExecute'), [], caches())).toEqual([]);
  });

  test('leaves the status of a node in its sunset stale, as upstream does', () => {
    expect(nodeWorkKeys(tainted('NoSchedule'), onNode, caches())).toEqual([]);
  });

  test('wakes one that has misscheduled pods, where the release has that clause', () => {
    expect(nodeWorkKeys(node('n'), onNode, caches(misscheduled))).toEqual([DS_KEY]);
    expect(nodeWorkKeys(node('n'), onNode, caches(misscheduled, '1.32'))).toEqual([]);
  });

  test('takes any pod under the owner’s name for its own, and does nothing for a node that is gone', () => {
    expect(
      nodeWorkKeys(node('n'), [pod('p', { nodeName: 'n', ownerUid: 'older', isTerminating: true })], caches()),
    ).toEqual([]);
    expect(nodeWorkKeys(undefined, [], caches())).toEqual([]);
  });
});

describe('before the node queue', () => {
  const withConditions = (...types: readonly string[]): Node => ({
    ...node('n'),
    status: { conditions: types.map((type) => ({ type, status: 'True', lastHeartbeatTime: String(types.length) })) },
  });

  test('heartbeats are ignored, a condition that turns is not', () => {
    expect(isIgnoredNodeUpdate(withConditions('Ready'), withConditions('Ready'))).toBe(true);
    expect(isIgnoredNodeUpdate(withConditions('Ready'), withConditions())).toBe(false);
  });

  test('anything else that changes is looked at', () => {
    expect(isIgnoredNodeUpdate(node('n'), { ...node('n'), spec: { unschedulable: true } })).toBe(false);
    expect(isIgnoredNodeUpdate(node('n'), { ...node('n'), metadata: { name: 'n', resourceVersion: '7' } })).toBe(true);
  });
});
