/** The witness of the cluster's rules must be able to accuse: each rule is broken once. */
import { formatTime } from '@everynode/core/api/time';
import type { Pod } from '@everynode/core/api/pod';
import type { Change } from '@everynode/sim/cluster/worldView';
import { expect, test } from 'vitest';
import { ClusterRules } from './clusterRules.ts';

const KEY = 'kube-system/agent-a';

interface PodParts {
  readonly rv?: number;
  readonly uid?: string;
  readonly metadata?: Partial<Pod['metadata']>;
  readonly nodeName?: string;
  readonly status?: Pod['status'];
}

function podOf({ rv = 1, uid = 'u1', metadata = {}, nodeName = 'worker-0', status = {} }: PodParts): Pod {
  const meta = { name: 'agent-a', namespace: 'kube-system', uid, resourceVersion: String(rv), ...metadata };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: meta,
    spec: { nodeName, containers: [{ name: 'main', image: 'a' }] },
    status,
  };
}

/** The pod takes these forms one after the other; undefined: it is removed. */
function breachesOf(...forms: readonly (PodParts | undefined)[]): readonly string[] {
  const rules = new ClusterRules({ isClockTrue: true, isPictureFresh: true, isTimeForward: true });
  let before: Pod | undefined;
  for (const form of forms) {
    const after = form === undefined ? undefined : podOf(form);
    const change: Change = { kind: 'Pod', key: KEY, before, after, seq: 0 };
    rules.changed(change);
    before = after;
  }
  return rules.breaches.map((breach) => breach.split(' ')[0] ?? '');
}

const ready = (status: string, atMs: number): Pod['status'] => ({
  phase: 'Running',
  conditions: [{ type: 'Ready', status, lastTransitionTime: formatTime(atMs) }],
});
const restarted = (restartCount: number): Pod['status'] => ({
  containerStatuses: [{ name: 'main', image: 'a', ready: true, restartCount }],
});
const deleted = (atMs: number, seconds: number): Partial<Pod['metadata']> => ({
  deletionTimestamp: formatTime(atMs),
  deletionGracePeriodSeconds: seconds,
});

test.each<[string, readonly (PodParts | undefined)[]]>([
  ['C-1', [{ rv: 2 }, { rv: 2 }]],
  ['C-3', [{ metadata: deleted(5_000, 30) }, { rv: 2 }]],
  ['C-3', [{ metadata: deleted(5_000, 30) }, { rv: 2, metadata: deleted(6_000, 30) }]],
  ['C-3', [{ metadata: deleted(5_000, 30) }, { rv: 2, metadata: deleted(5_000, 31) }]],
  ['C-4', [{}, { rv: 2, nodeName: 'worker-1' }]],
  ['C-5', [{ metadata: { finalizers: ['orphan'] } }, undefined]],
  ['C-6', [{}, { rv: 2, uid: 'u2' }]],
  ['C-6', [{}, undefined, { rv: 3 }]],
  ['C-7', [{ status: { phase: 'Running' } }, { rv: 2, status: { phase: 'Pending' } }]],
  ['C-7', [{ status: { phase: 'Failed' } }, { rv: 2, status: { phase: 'Running' } }]],
  ['C-8', [{ status: restarted(2) }, { rv: 2, status: restarted(1) }]],
  ['C-8', [{ status: ready('True', 9_000) }, { rv: 2, status: ready('True', 8_000) }]],
])('%s is broken by %j', (rule, forms) => {
  expect(breachesOf(...forms)).toEqual([rule]);
});

test('the life of a pod from its creation to its removal breaks nothing', () => {
  const forms: readonly (PodParts | undefined)[] = [
    { nodeName: '' },
    { rv: 2, status: { phase: 'Pending' } },
    { rv: 3, status: ready('True', 3_000) },
    { rv: 4, status: { ...ready('False', 4_000), ...restarted(1) }, metadata: deleted(4_000, 30) },
    { rv: 5, status: { phase: 'Failed', ...restarted(1) }, metadata: deleted(4_000, 0) },
    undefined,
    { rv: 7, uid: 'u2' },
  ];
  expect(breachesOf(...forms)).toEqual([]);
});
