import type { DaemonSet } from '@everynode/core/api/daemonSet';
import type { HouseOptions } from '../cluster/testHouse.ts';
import type { Lift } from '../seams/seams.ts';
import { describe, expect, test } from 'vitest';
import { agent, createCluster, type TestCluster } from '../cluster/testCluster.ts';

const MIB = 2 ** 20;

function withAgents(ds: DaemonSet, options: HouseOptions = {}): TestCluster {
  const cluster = createCluster(2, options);
  cluster.ask({ verb: 'create', object: ds });
  cluster.runUntil(60_000);
  return cluster;
}

function press(cluster: TestCluster, resource: 'memory' | 'disk', evict = true): Lift {
  const seq = cluster.world.journal.event({ type: 'fault.begin', actor: 'fault/press' });
  return cluster.world.engine.withCause(seq, () => cluster.seams('press').machine.press('pool-1', resource, { evict }));
}

function condition(cluster: TestCluster, type: string): string | undefined {
  return cluster.nodeObject('pool-1')?.status?.conditions?.find((each) => each.type === type)?.status;
}

/** Instants at which a pod of the pressed node was removed, in ms after the first one. */
function removals(cluster: TestCluster): readonly number[] {
  const all = cluster
    .events('pod.removed')
    .filter(({ node }) => node === 'pool-1')
    .map(({ atMs }) => atMs);
  return all.map((atMs) => atMs - (all[0] ?? 0));
}

describe('disk pressure', () => {
  test('the loop of refusal and replacement doubles its pause from 1 s, each turn later by the way there and back', () => {
    const cluster = withAgents(agent());
    press(cluster, 'disk');
    cluster.runUntil(700_000);
    // Backoff of DS-F1 counts from the failed pod's second look: 1, 2, 4 … s after it was found, plus 85 ms for a turn.
    expect(removals(cluster)).toEqual([0, 1092, 3177, 7262, 15_347, 31_432, 63_517, 127_602, 255_687, 511_772]);
    expect(cluster.events('kubelet.rejected').map(({ data }) => data?.['reason'])).toEqual(
      Array.from({ length: 10 }, () => 'Evicted'),
    );
  });

  test('every turn of the loop leads back to the fault', () => {
    const cluster = withAgents(agent());
    press(cluster, 'disk');
    cluster.runUntil(200_000);
    const ends = cluster.events('kubelet.rejected').map(({ seq }) => cluster.chain(seq).at(-1));
    expect(ends).toEqual(Array.from({ length: 8 }, () => 'fault.begin'));
  });

  test('evicts with one second of grace at the next round, reports the condition, and tells why in the pod', () => {
    const cluster = withAgents(agent());
    press(cluster, 'disk');
    cluster.runUntil(70_000);
    const [evicted] = cluster.events('kubelet.evicted');
    expect(evicted?.data).toEqual({ resource: 'ephemeral-storage', available: 5_368_709_200 });
    expect(cluster.events('kubelet.stopped')[0]?.data).toEqual({ why: 'Evicted', tookMs: 200, graceMs: 1000 });
    expect(condition(cluster, 'DiskPressure')).toBe('True');
    expect(cluster.nodeObject('pool-1')?.spec?.taints?.map(({ key, effect }) => `${key}:${effect}`)).toEqual([
      'node.kubernetes.io/disk-pressure:NoSchedule',
    ]);
    expect(cluster.podOn('pool-1')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'Evicted',
      message: 'Pod was rejected: The node had condition: [DiskPressure]. ',
    });
  });

  test('the condition outlives the pressure by five minutes and at most a round', () => {
    const cluster = withAgents(agent());
    const lift = press(cluster, 'disk', false);
    cluster.runUntil(100_000);
    lift();
    cluster.runUntil(390_000);
    expect(condition(cluster, 'DiskPressure')).toBe('True');
    cluster.runUntil(420_000);
    expect(condition(cluster, 'DiskPressure')).toBe('False');
  });

  test('a fault that presses the condition alone evicts nobody, and refuses who comes', () => {
    const cluster = withAgents(agent());
    press(cluster, 'disk', false);
    cluster.runUntil(100_000);
    expect(cluster.events('kubelet.evicted')).toEqual([]);
    expect(cluster.podOn('pool-1')?.status?.phase).toBe('Running');
    cluster.ask({ verb: 'delete', kind: 'Pod', key: `kube-system/${cluster.podOn('pool-1')?.metadata.name}` });
    cluster.runUntil(103_000);
    expect(cluster.podOn('pool-1')?.status?.reason).toBe('Evicted');
  });

  test('a critical pod is neither evicted nor refused', () => {
    const cluster = withAgents(agent({}, { priorityClassName: 'system-node-critical' }));
    press(cluster, 'disk');
    cluster.runUntil(300_000);
    expect([cluster.events('kubelet.evicted'), removals(cluster)]).toEqual([[], []]);
    cluster.ask({ verb: 'delete', kind: 'Pod', key: `kube-system/${cluster.podOn('pool-1')?.metadata.name}` });
    cluster.runUntil(330_000);
    expect(cluster.podOn('pool-1')?.status?.phase).toBe('Running');
  });

  test('before 1.31 an evicted pod kept its whole grace period', () => {
    const models = [{ select: {}, termination: { fixed: 20_000 } }];
    const tookMs = (kubernetesVersion: string): unknown => {
      const cluster = withAgents(agent(), { kubernetesVersion, models });
      press(cluster, 'disk');
      cluster.runUntil(100_000);
      return cluster.events('kubelet.stopped')[0]?.data?.['tookMs'];
    };
    expect([tookMs('1.30'), tookMs('1.31')]).toEqual([20_000, 1000]);
  });
});

describe('memory pressure', () => {
  test('never refuses a daemon pod: it is evicted, comes back, and is evicted again', () => {
    const cluster = withAgents(agent());
    press(cluster, 'memory');
    cluster.runUntil(200_000);
    expect(cluster.events('kubelet.rejected')).toEqual([]);
    expect(cluster.events('kubelet.evicted').length).toBeGreaterThan(2);
    expect(condition(cluster, 'MemoryPressure')).toBe('True');
  });

  test('E-3: under pressure that stays the next pod goes as soon as the last one is cleaned up, without ten seconds of sleep', () => {
    const cluster = createCluster(1);
    const filler = (i: number) =>
      ({
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: `filler-${i}`, namespace: 'default' },
        spec: { containers: [{ name: 'main', image: 'app:v1' }] },
      }) as const;
    for (let i = 0; i < 8; i += 1) cluster.ask({ verb: 'create', object: filler(i) });
    cluster.runUntil(60_000);
    cluster.seams('press').machine.press('pool-0', 'memory', { evict: true });
    cluster.runUntil(160_000);
    const evicted = cluster.events('kubelet.evicted').map(({ atMs }) => atMs);
    expect(evicted).toHaveLength(8);
    // A fifth of a second to stop, then a poll a second later; every evaluation measures the node anew.
    expect(evicted.slice(1).map((atMs, i) => atMs - (evicted[i] ?? 0))).toEqual(Array.from({ length: 7 }, () => 1200));
  });

  test('pods that use more than there is are evicted without any fault, the largest first, one at a time', () => {
    const models = [
      { select: { image: 'hog:v1' }, usage: { memory: { constant: 12 * 1024 * MIB } } },
      { select: { image: 'agent:v1' }, usage: { memory: { constant: 4 * 1024 * MIB } } },
    ];
    const cluster = createCluster(1, { models });
    cluster.ask({ verb: 'create', object: agent() });
    cluster.runUntil(20_000);
    const hog = { name: 'hog', namespace: 'default' };
    cluster.ask({
      verb: 'create',
      object: {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: hog,
        spec: { containers: [{ name: 'hog', image: 'hog:v1' }] },
      },
    });
    cluster.runUntil(60_000);
    expect(cluster.events('kubelet.evicted').map(({ object }) => object)).toEqual(['pod/default/hog']);
    expect(cluster.pods().find(({ metadata }) => metadata.name === 'hog')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'Evicted',
      message:
        'The node was low on resource: memory. Threshold quantity: 100Mi, available: 0. Container hog was using 12Gi, request is 0, has larger consumption of memory. ',
    });
    expect(cluster.pods().map(({ status }) => status?.phase)).toEqual(['Failed', 'Running']);
  });
});
