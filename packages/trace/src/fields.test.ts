/** What of an API object enters the trace, and how two pictures of it differ. */
import type { DaemonSet } from '@everynode/core/api/daemonSet';
import type { Node } from '@everynode/core/api/node';
import type { Pod } from '@everynode/core/api/pod';
import { formatTime } from '@everynode/core/api/time';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffFields, type Fields, traceFields } from './fields.ts';

const AGENT = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: 'u', controller: true };

function pod(parts: Partial<Pod['metadata']>, spec: Partial<Pod['spec']>, status?: Pod['status']): Pod {
  const metadata = { name: 'agent-x', namespace: 'kube-system', ownerReferences: [AGENT], ...parts };
  const base = { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [], ...spec } } as const;
  return status === undefined ? base : { ...base, status };
}

const AIMED: Partial<Pod['spec']> = {
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [{ matchFields: [{ key: 'metadata.name', operator: 'In', values: ['node-3'] }] }],
      },
    },
  },
};

test('a pod that is not bound yet names the node that its affinity aims at', () => {
  expect(traceFields('Pod', pod({ labels: { 'controller-revision-hash': 'h1' } }, AIMED))).toEqual({
    node: 'node-3',
    owner: 'ds/kube-system/agent',
    hash: 'h1',
    phase: 'Pending',
    ready: false,
  });
});

test('a running pod tells since when it is ready, how often it restarted and why it waits', () => {
  const fields = traceFields(
    'Pod',
    pod(
      { deletionTimestamp: formatTime(90_000) },
      { nodeName: 'node-3' },
      {
        phase: 'Running',
        startTime: formatTime(1_000),
        conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: formatTime(7_000) }],
        containerStatuses: [
          { name: 'a', ready: true, restartCount: 2 },
          { name: 'b', ready: false, restartCount: 1, state: { waiting: { reason: 'CrashLoopBackOff' } } },
        ],
      },
    ),
  );
  expect(fields).toMatchObject({
    scheduled: true,
    ready: true,
    readyAtMs: 7_000,
    startedAtMs: 1_000,
    restarts: 3,
    waiting: 'CrashLoopBackOff',
    deletedAtMs: 90_000,
  });
});

test('a node tells readiness, taints and pressure as text', () => {
  const node: Node = {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n', labels: { 'topology.kubernetes.io/zone': 'zone-b', 'everynode.dev/pool': 'worker' } },
    spec: {
      unschedulable: true,
      taints: [
        { key: 'node.kubernetes.io/unreachable', effect: 'NoExecute' },
        { key: 'gpu', value: 'true', effect: 'NoSchedule' },
      ],
    },
    status: {
      conditions: [
        { type: 'MemoryPressure', status: 'False' },
        { type: 'DiskPressure', status: 'True' },
        { type: 'Ready', status: 'Unknown', reason: 'NodeStatusUnknown', lastTransitionTime: formatTime(40_000) },
      ],
    },
  };
  expect(traceFields('Node', node)).toEqual({
    ready: 'Unknown',
    readyAtMs: 40_000,
    readyReason: 'NodeStatusUnknown',
    unschedulable: true,
    taints: 'node.kubernetes.io/unreachable:NoExecute,gpu=true:NoSchedule',
    pressure: 'DiskPressure',
    zone: 'zone-b',
    pool: 'worker',
  });
});

test('a DaemonSet without a status counts zeroes, and its budget is told as written', () => {
  const ds: DaemonSet = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent', namespace: 'kube-system', generation: 1 },
    spec: {
      template: { spec: { containers: [{ name: 'a', image: 'agent:v1' }] } },
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '10%', maxSurge: 0 } },
    },
  };
  expect(traceFields('DaemonSet', ds)).toMatchObject({
    desired: 0,
    available: 0,
    maxUnavailable: '10%',
    maxSurge: '0',
    image: 'agent:v1',
  });
});

test('a lease leaves no fields', () => {
  const lease = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'n' }, spec: {} } as const;
  expect(traceFields('Lease', lease)).toEqual({});
});

test('the difference of two pictures, applied to the first, gives the second', () => {
  const fields = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), fc.oneof(fc.integer(), fc.string(), fc.boolean()));
  fc.assert(
    fc.property(fc.option(fields, { nil: undefined }), fc.option(fields, { nil: undefined }), (before, after) => {
      const state = new Map(Object.entries(before ?? {}));
      for (const [path, value] of diffFields(before, after)) {
        if (value === null) state.delete(path);
        else state.set(path, value);
      }
      expect(Object.fromEntries(state)).toEqual({ ...after });
    }),
  );
});

test('equal pictures differ in nothing, and a vanished object loses every field', () => {
  const fields: Fields = { phase: 'Running', ready: true };
  expect(diffFields(fields, { ...fields })).toEqual([]);
  expect(diffFields(fields, undefined)).toEqual([
    ['phase', null],
    ['ready', null],
  ]);
});
