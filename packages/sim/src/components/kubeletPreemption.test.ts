import type { Pod, PodSpec } from '@everynode/core/api/pod';
import { describe, expect, test } from 'vitest';
import { createCluster, type TestCluster } from '../cluster/testCluster.ts';
import { findKubeletVictims } from './kubeletPreemption.ts';

const CRITICAL = { priorityClassName: 'system-node-critical' };

function pod(name: string, cpu: string, spec: Partial<PodSpec> = {}): Pod {
  const containers = [{ name: 'c', image: 'i:v1', resources: cpu === '' ? {} : { requests: { cpu } } }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { nodeName: 'pool-0', containers, ...spec },
  };
}

describe('findKubeletVictims', () => {
  const other = (name: string, qosClass: string, cpu: string, priority = 0) => ({
    pod: { ...pod(name, cpu, { priority }), status: { qosClass } },
  });
  const names = (others: readonly { readonly pod: Pod }[], lacking: Readonly<Record<string, number>>, priority = 2e9) =>
    findKubeletVictims(pod('critical', '1', { priority }), others, lacking).victims.map(
      ({ pod: { metadata } }) => metadata.name,
    );

  test.each([
    [
      'guaranteed pods only for what all others cannot give',
      [other('guaranteed', 'Guaranteed', '500m'), other('burstable', 'Burstable', '500m')],
      { cpu: 500 },
      ['burstable'],
    ],
    [
      'the pod that leaves the least missing',
      [other('a', 'Burstable', '100m'), other('b', 'Burstable', '400m'), other('c', 'Burstable', '300m')],
      { cpu: 350 },
      ['b'],
    ],
    [
      'of equals the smaller one',
      [other('large', 'Burstable', '900m'), other('small', 'Burstable', '400m')],
      { cpu: 350 },
      ['small'],
    ],
    [
      'as many as it takes',
      [other('a', 'Burstable', '100m'), other('b', 'Burstable', '200m'), other('c', 'Burstable', '200m')],
      { cpu: 350 },
      ['b', 'c'],
    ],
    [
      'for a place best-effort pods will do',
      [other('b', 'Burstable', '1'), other('a', 'BestEffort', '')],
      { pods: 1 },
      ['a'],
    ],
    ['nobody who is as critical', [other('a', 'Burstable', '1', 2e9)], { cpu: 100 }, []],
    ['nobody where all together are not enough', [other('a', 'Burstable', '100m')], { cpu: 200 }, []],
  ])('K-12: %s', (_name, others, lacking, expected) => {
    expect(names(others, lacking)).toEqual(expected);
  });

  test('K-12: a more critical pod pushes off a less critical one', () => {
    expect(names([other('a', 'Burstable', '1', 2e9)], { cpu: 100 }, 2e9 + 1000)).toEqual(['a']);
  });
});

describe('a critical pod that lacks room on its node', () => {
  function withFullNode(): TestCluster {
    const cluster = createCluster(1, {
      pools: [{ name: 'pool', count: 1, capacity: { cpu: '1' } }],
      models: [{ select: {}, termination: { fixed: 5000 } }],
    });
    for (const [name, cpu] of [
      ['a', '300m'],
      ['b', '600m'],
    ] as const)
      cluster.ask({ verb: 'create', object: pod(name, cpu) });
    cluster.runUntil(60_000);
    return cluster;
  }
  const phases = (cluster: TestCluster): readonly unknown[] =>
    cluster.pods().map(({ metadata, status }) => [metadata.name, status?.phase, status?.reason]);

  test('K-12: pushes off the one that leaves room enough, and starts when it is gone', () => {
    const cluster = withFullNode();
    cluster.ask({ verb: 'create', object: pod('critical', '500m', CRITICAL) });
    cluster.runUntil(63_000);
    expect(cluster.events('apiEvent.Preempting').map(({ object }) => object)).toEqual(['pod/default/b']);
    expect(phases(cluster)).toEqual([
      ['a', 'Running', undefined],
      ['b', 'Running', undefined],
      ['critical', 'Pending', undefined],
    ]);
    cluster.runUntil(90_000);
    expect(phases(cluster)).toEqual([
      ['a', 'Running', undefined],
      ['b', 'Failed', 'Preempting'],
      ['critical', 'Running', undefined],
    ]);
    const [stopped] = cluster.events('kubelet.stopped');
    expect(cluster.events('kubelet.started').at(-1)?.atMs).toBeGreaterThan(stopped?.atMs ?? Infinity);
  });

  test('K-12: who comes meanwhile waits for its turn, and is refused for want of room', () => {
    const cluster = withFullNode();
    cluster.ask({ verb: 'create', object: pod('critical', '500m', CRITICAL) });
    cluster.ask({ verb: 'create', object: pod('late', '500m') });
    cluster.runUntil(90_000);
    expect(phases(cluster)).toContainEqual(['critical', 'Running', undefined]);
    expect(phases(cluster)).toContainEqual(['late', 'Failed', 'OutOfcpu']);
  });

  test('K-12: where nobody can make room it is refused, and nobody ends', () => {
    const cluster = withFullNode();
    cluster.ask({ verb: 'create', object: pod('critical', '2', CRITICAL) });
    cluster.runUntil(90_000);
    expect(phases(cluster)).toEqual([
      ['a', 'Running', undefined],
      ['b', 'Running', undefined],
      ['critical', 'Failed', 'UnexpectedAdmissionError'],
    ]);
    expect(cluster.pods()[2]?.status?.message).toContain('to reclaim resources: [(res: cpu, q: 1000), ]');
  });

  test('K-12: deleted while it waits, it never starts, and the next one is admitted', () => {
    const cluster = withFullNode();
    cluster.ask({ verb: 'create', object: pod('critical', '500m', CRITICAL) });
    cluster.runUntil(61_000);
    cluster.ask({ verb: 'delete', kind: 'Pod', key: 'default/critical' });
    cluster.ask({ verb: 'create', object: pod('next', '500m') });
    cluster.runUntil(90_000);
    expect(phases(cluster)).toEqual([
      ['a', 'Running', undefined],
      ['b', 'Failed', 'Preempting'],
      ['next', 'Running', undefined],
    ]);
  });

  test('K-12: what it lacks besides resources is what it is refused for', () => {
    const cluster = withFullNode();
    cluster.ask({ verb: 'create', object: pod('critical', '500m', { ...CRITICAL, nodeSelector: { disk: 'ssd' } }) });
    cluster.runUntil(90_000);
    expect(phases(cluster)).toContainEqual(['critical', 'Failed', 'NodeAffinity']);
    expect(cluster.events('apiEvent.Preempting')).toEqual([]);
  });
});
