import { describe, expect, test } from 'vitest';
import type { DaemonSet } from '../api/daemonSet.ts';
import { keyOf } from '../api/meta.ts';
import type { Pod } from '../api/pod.ts';
import { profileOf } from '../profile.ts';
import { daemonSet, DS_KEY, newestProfile, node, pod, revision } from '../testing/objects.ts';
import {
  daemonSetDeleted,
  daemonSetUpdated,
  type HandlerCaches,
  type HandlerEffects,
  nodeAdded,
  nodeUpdated,
  podAdded,
  podDeleted,
  podUpdated,
  revisionAdded,
  revisionDeleted,
  revisionUpdated,
} from './handlers.ts';

function caches(daemonSets: readonly DaemonSet[] = [daemonSet()], version = '1.36'): HandlerCaches {
  const byKey = new Map(daemonSets.map((ds) => [keyOf(ds), ds]));
  return {
    profile: profileOf(version) ?? newestProfile(),
    daemonSets: { get: (key) => byKey.get(key), list: () => daemonSets },
  };
}

const versioned = (object: Pod, resourceVersion: string): Pod => ({
  ...object,
  metadata: { ...object.metadata, resourceVersion },
});
const short = (effects: HandlerEffects): readonly string[] =>
  effects.map((each) => `${each.effect} ${each.effect === 'enqueueNode' ? each.nodeName : each.key}`);

const second = daemonSet({}, { name: 'second', uid: 'uid-second' });
const orphan = pod('p', { ownerUid: null });

describe('a pod that appears', () => {
  test('of ours is one creation seen', () => {
    expect(short(podAdded(pod('p'), caches()))).toEqual([`creationObserved ${DS_KEY}`, `enqueue ${DS_KEY}`]);
  });

  test('on its way out counts as a deletion instead', () => {
    expect(short(podAdded(pod('p', { isTerminating: true }), caches()))).toEqual([
      `deletionObserved ${DS_KEY}`,
      `enqueue ${DS_KEY}`,
    ]);
  });

  test('of a DaemonSet that was replaced under the same name is nobody’s', () => {
    expect(podAdded(pod('p', { ownerUid: 'older' }), caches())).toEqual([]);
  });

  test('without an owner wakes whoever might adopt it', () => {
    const elsewhere = daemonSet({}, { namespace: 'default', name: 'other' });
    const empty = daemonSet({ selector: {} }, { name: 'empty' });
    expect(short(podAdded(orphan, caches([daemonSet(), second, elsewhere, empty])))).toEqual([
      `enqueue ${DS_KEY}`,
      'enqueue kube-system/second',
    ]);
    expect(podAdded(pod('p', { ownerUid: null, labels: {} }), caches())).toEqual([]);
  });
});

describe('a pod that changes', () => {
  const update = (before: Pod, after: Pod, given = caches()): readonly string[] =>
    short(podUpdated(versioned(before, '1'), versioned(after, '2'), given));

  test('in nothing, as after a relist, is passed over', () => {
    expect(podUpdated(versioned(pod('p'), '1'), versioned(pod('p'), '1'), caches())).toEqual([]);
  });

  test('while it terminates counts as a deletion each time', () => {
    const terminating = pod('p', { isTerminating: true });
    expect(update(terminating, terminating)).toEqual([`deletionObserved ${DS_KEY}`, `enqueue ${DS_KEY}`]);
  });

  test('its owner wakes both of them', () => {
    const moved = { ...pod('p', { ownerUid: 'uid-second' }) };
    const owners = [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'second', uid: 'uid-second', controller: true }];
    const after = { ...moved, metadata: { ...moved.metadata, ownerReferences: owners } };
    expect(update(pod('p'), after, caches([daemonSet(), second]))).toEqual([
      `enqueue ${DS_KEY}`,
      'enqueue kube-system/second',
    ]);
  });

  test('without owner only wakes somebody when its labels changed', () => {
    expect(update(orphan, orphan)).toEqual([]);
    expect(update(pod('p', { ownerUid: null, labels: { app: 'x' } }), orphan)).toEqual([`enqueue ${DS_KEY}`]);
  });

  test('to ready wakes its owner once more, a second after it becomes available', () => {
    const patient = caches([daemonSet({ minReadySeconds: 10 })]);
    expect(podUpdated(versioned(pod('p'), '1'), versioned(pod('p', { readySinceMs: 0 }), '2'), patient)).toEqual([
      { effect: 'enqueue', key: DS_KEY },
      { effect: 'enqueueAfter', key: DS_KEY, delayMs: 11_000 },
    ]);
    expect(update(pod('p', { readySinceMs: 0 }), pod('p', { readySinceMs: 0 }), patient)).toEqual([
      `enqueue ${DS_KEY}`,
    ]);
    expect(update(pod('p'), pod('p', { readySinceMs: 0 }))).toEqual([`enqueue ${DS_KEY}`]);
  });
});

test('a pod that is gone is a deletion seen, an orphan that is gone is nothing', () => {
  expect(short(podDeleted(pod('p'), caches()))).toEqual([`deletionObserved ${DS_KEY}`, `enqueue ${DS_KEY}`]);
  expect(podDeleted(orphan, caches())).toEqual([]);
});

test('a DaemonSet that goes takes its records with it', () => {
  const enqueue = { effect: 'enqueue', key: DS_KEY };
  const before = daemonSet({}, { uid: 'older' });
  const after = daemonSet({}, { uid: 'newer' });
  expect(daemonSetDeleted(before)).toEqual([{ effect: 'forget', key: DS_KEY, uid: 'older' }, enqueue]);
  expect(daemonSetUpdated(after, after)).toEqual([enqueue]);
});

test('DS-X24: of a DaemonSet that was replaced unseen the new one is taken for deleted, and the old one’s writes stay', () => {
  const enqueue = { effect: 'enqueue', key: DS_KEY };
  const before = daemonSet({}, { uid: 'older' });
  const after = daemonSet({}, { uid: 'newer' });
  const forget = { effect: 'forget', key: DS_KEY, uid: 'newer' };
  expect(daemonSetUpdated(before, after)).toEqual([forget, enqueue, enqueue]);
});

test('a revision wakes its owner when it changes or goes, and nobody when it comes', () => {
  const owned = revision('agent-a', 1);
  const newer = { ...owned, metadata: { ...owned.metadata, resourceVersion: '2' } };
  expect(revisionAdded(owned, caches())).toEqual([]);
  expect(short(revisionUpdated(owned, newer, caches()))).toEqual([`enqueue ${DS_KEY}`]);
  expect(short(revisionDeleted(owned, caches()))).toEqual([`enqueue ${DS_KEY}`]);
  const { ownerReferences: _owners, ...bare } = owned.metadata;
  expect(short(revisionAdded({ ...owned, metadata: bare }, caches()))).toEqual([`enqueue ${DS_KEY}`]);
  expect(revisionDeleted({ ...owned, metadata: bare }, caches())).toEqual([]);
});

describe('nodes', () => {
  const before = node('n', { labels: { a: '1' } });

  test('go to the node queue for their labels and taints alone', () => {
    expect(short(nodeAdded(before, caches()))).toEqual(['enqueueNode n']);
    expect(short(nodeUpdated(before, node('n', { labels: { a: '2' } }), caches()))).toEqual(['enqueueNode n']);
    expect(
      short(nodeUpdated(before, { ...before, spec: { taints: [{ key: 'x', effect: 'NoSchedule' }] } }, caches())),
    ).toEqual(['enqueueNode n']);
    expect(
      nodeUpdated(
        before,
        { ...before, status: { conditions: [{ type: 'Ready', status: 'False' }] }, spec: { unschedulable: true } },
        caches(),
      ),
    ).toEqual([]);
  });

  test('woke DaemonSets directly before 1.33', () => {
    const picky = caches(
      [daemonSet({ template: { spec: { containers: [], nodeSelector: { a: '1' } } } }), second],
      '1.32',
    );
    expect(short(nodeAdded(node('n'), picky))).toEqual(['enqueue kube-system/second']);
    expect(short(nodeUpdated(before, node('n', { labels: { a: '2' } }), picky))).toEqual([`enqueue ${DS_KEY}`]);
  });
});
