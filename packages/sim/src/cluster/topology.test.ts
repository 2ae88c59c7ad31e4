import { expect, test } from 'vitest';
import type { NodePool } from '../plan.ts';
import { identityOf, initialNodes, nodeSpec, readyNode } from './topology.ts';

const POOL: NodePool = {
  name: 'worker',
  count: 4,
  spread: { topologyKey: 'topology.kubernetes.io/zone', values: ['zone-a', 'zone-b', 'zone-c'] },
  labels: { disk: 'ssd' },
  taints: [{ key: 'dedicated', effect: 'NoSchedule' }],
  capacity: { cpu: '8' },
  bootstrap: { startTaints: [{ key: 'boot', effect: 'NoSchedule' }], readyWhenDaemonSetPodReady: 'kube-system/cni' },
};

test('nodes are numbered in their pool and spread over its values in turn', () => {
  const nodes = initialNodes([POOL, { name: 'edge', count: 1, capacity: {} }]);
  expect(nodes.map(({ name, zone }) => [name, zone])).toEqual([
    ['worker-0', 'zone-a'],
    ['worker-1', 'zone-b'],
    ['worker-2', 'zone-c'],
    ['worker-3', 'zone-a'],
    ['edge-0', undefined],
  ]);
});

test('labels name host, system, pool, zone, and what the pool adds', () => {
  expect(nodeSpec(POOL, 1, false).labels).toEqual({
    'kubernetes.io/hostname': 'worker-1',
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    'beta.kubernetes.io/os': 'linux',
    'beta.kubernetes.io/arch': 'amd64',
    'everynode.dev/pool': 'worker',
    'topology.kubernetes.io/zone': 'zone-b',
    disk: 'ssd',
  });
});

test('the old names of system and architecture follow the pool’s', () => {
  const { labels } = nodeSpec({ ...POOL, labels: { 'kubernetes.io/arch': 'arm64' } }, 0, false);
  expect([labels['kubernetes.io/arch'], labels['beta.kubernetes.io/arch']]).toEqual(['arm64', 'arm64']);
});

test('only a node that joins carries the taints of its bootstrap', () => {
  const keysOf = (joins: boolean): readonly string[] => nodeSpec(POOL, 0, joins).taints.map(({ key }) => key);
  expect([keysOf(false), keysOf(true)]).toEqual([['dedicated'], ['dedicated', 'boot']]);
});

test('capacity that the pool leaves out is 4 cpu, 16Gi, 100Gi and 110 pods', () => {
  const { capacity } = nodeSpec(POOL, 0, false);
  expect(capacity).toEqual({ cpu: '8', memory: '16Gi', 'ephemeral-storage': '100Gi', pods: '110' });
});

test('the Node of instant 0 is Ready since then and allocatable as a whole', () => {
  const node = readyNode(nodeSpec(POOL, 0, false), identityOf(1, '1.36'), 0);
  expect(node.status?.allocatable).toEqual(node.status?.capacity);
  expect(node.status?.conditions?.map(({ type, status }) => `${type}=${status}`)).toEqual([
    'MemoryPressure=False',
    'DiskPressure=False',
    'PIDPressure=False',
    'Ready=True',
  ]);
  expect(node.status?.conditions?.at(-1)?.lastTransitionTime).toBe('2026-01-01T00:00:00Z');
});

test.each([
  [1, '1.31', '10.0.0.1', '10.64.1', 'v1.31.0'],
  [300, '1.31.4', '10.0.1.44', '10.65.44', 'v1.31.4'],
  [15_000, 'v1.31.4', '10.0.58.152', '10.122.152', 'v1.31.4'],
])('machine %i of a cluster of %s is at %s', (ordinal, version, address, podNetwork, kubeletVersion) => {
  expect(identityOf(ordinal, version)).toMatchObject({ address, podNetwork, nodeInfo: { kubeletVersion } });
});
