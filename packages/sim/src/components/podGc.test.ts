import type { Node } from '@everynode/core/api/node';
import type { Pod } from '@everynode/core/api/pod';
import { expect, test } from 'vitest';
import { findGarbage } from './podGc.ts';

function pod(
  name: string,
  options: Partial<{ node: string; phase: string; reason: string; created: string; terminating: boolean }> = {},
): Pod {
  const { node, phase = 'Running', reason, created = '2026-01-01T00:00:00Z', terminating = false } = options;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: 'd',
      creationTimestamp: created,
      ...(terminating ? { deletionTimestamp: '2026-01-01T00:01:00Z' } : {}),
    },
    spec: { containers: [], ...(node === undefined ? {} : { nodeName: node }) },
    status: { phase: phase as 'Running', ...(reason === undefined ? {} : { reason }) },
  };
}

function node(name: string, ready: string, taint?: string): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name },
    spec: { taints: taint === undefined ? [] : [{ key: taint, effect: 'NoExecute' }] },
    status: { conditions: [{ type: 'Ready', status: ready }] },
  };
}

const OUT = 'node.kubernetes.io/out-of-service';
const nodes = new Map([
  ['up', node('up', 'True')],
  ['upOut', node('upOut', 'True', OUT)],
  ['downOut', node('downOut', 'Unknown', OUT)],
]);

function find(pods: readonly Pod[], max = 100): Record<string, unknown> {
  const { terminated, outOfService, orphans, unscheduled } = findGarbage(pods, (name) => nodes.get(name), max);
  const names = (list: readonly Pod[]): readonly string[] => list.map(({ metadata }) => metadata.name);
  return {
    terminated: names(terminated),
    outOfService: names(outOfService),
    orphans: Object.fromEntries([...orphans].map(([name, list]) => [name, names(list)])),
    unscheduled: names(unscheduled),
  };
}

test('a running pod on a known node is no garbage, nor is a pending one without a node', () => {
  expect(
    find([pod('a', { node: 'up' }), pod('b', { phase: 'Pending' }), pod('c', { node: 'up', terminating: true })]),
  ).toEqual({
    terminated: [],
    outOfService: [],
    orphans: {},
    unscheduled: [],
  });
});

test('pods of a vanished node are orphans, terminal ones too', () => {
  expect(find([pod('a', { node: 'gone' }), pod('b', { node: 'gone', phase: 'Failed' })])['orphans']).toEqual({
    gone: ['a', 'b'],
  });
});

test('terminating pods count as out of service only where the node is down and marked so', () => {
  const pods = ['up', 'upOut', 'downOut'].map((name) => pod(`on-${name}`, { node: name, terminating: true }));
  expect(find([...pods, pod('stays', { node: 'downOut' })])['outOfService']).toEqual(['on-downOut']);
});

test('a terminating pod that was never bound is removed', () => {
  expect(find([pod('a', { terminating: true })])['unscheduled']).toEqual(['a']);
});

test('of surplus terminal pods the evicted go first, then the oldest, then by name', () => {
  const pods = [
    pod('young', { node: 'up', phase: 'Failed', created: '2026-01-01T00:00:09Z' }),
    pod('old-b', { node: 'up', phase: 'Succeeded', created: '2026-01-01T00:00:01Z' }),
    pod('old-a', { node: 'up', phase: 'Succeeded', created: '2026-01-01T00:00:01Z' }),
    pod('evicted', { node: 'up', phase: 'Failed', reason: 'Evicted', created: '2026-01-01T00:00:10Z' }),
  ];
  expect(find(pods, 1)['terminated']).toEqual(['evicted', 'old-a', 'old-b']);
  expect(find(pods, 4)['terminated']).toEqual([]);
});
