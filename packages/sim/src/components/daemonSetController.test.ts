import { verifyTrace } from '@everynode/trace/verify';
import type { EventRecord } from '@everynode/trace/record';
import { describe, expect, test } from 'vitest';
import { agent, createCluster, type TestCluster } from '../cluster/testCluster.ts';

function firstEvent(cluster: TestCluster, type: string, from = 0): EventRecord {
  const event = cluster.events(type).find(({ seq }) => seq >= from);
  if (event === undefined) throw new Error(`no ${type}`);
  return event;
}

describe('DaemonSet controller in the whole house', () => {
  test('three nodes: with every latency at its median the DaemonSet is available after 4.857 s', () => {
    const cluster = createCluster(3);
    cluster.ask({ verb: 'create', object: agent() });
    cluster.runUntil(20_000);
    expect(
      cluster
        .timeline(({ type }) => /^ds\.|^pod\.created|^kubelet/.test(type))
        .map((line) => line.replace(/agent-\w{5,} ?/, '')),
    ).toMatchInlineSnapshot(`
      [
        "0.004 ds.created user ds/kube-system/agent",
        "0.016 ds.sync daemonset-controller ds/kube-system/agent {"outcome":"writes"}",
        "0.024 ds.manage daemonset-controller ds/kube-system/agent {"creates":3,"deletes":0}",
        "0.028 pod.created daemonset-controller pod/kube-system/@pool-0",
        "0.036 pod.created daemonset-controller pod/kube-system/@pool-1",
        "0.036 pod.created daemonset-controller pod/kube-system/@pool-2",
        "0.044 ds.updated daemonset-controller ds/kube-system/agent",
        "0.053 ds.sync daemonset-controller ds/kube-system/agent {"outcome":"writes"}",
        "0.053 ds.roll daemonset-controller ds/kube-system/agent {"creates":0,"deletes":0,"desired":3,"maxUnavailable":1,"maxSurge":0,"numUnavailable":3,"numSurge":0}",
        "0.057 ds.updated daemonset-controller ds/kube-system/agent",
        "4.806 kubelet.started kubelet/pool-0 pod/kube-system/@pool-0 {"tookMs":4750}",
        "4.814 kubelet.started kubelet/pool-1 pod/kube-system/@pool-1 {"tookMs":4750}",
        "4.817 kubelet.started kubelet/pool-2 pod/kube-system/@pool-2 {"tookMs":4750}",
        "4.840 ds.sync daemonset-controller ds/kube-system/agent {"outcome":"writes"}",
        "4.840 ds.roll daemonset-controller ds/kube-system/agent {"creates":0,"deletes":0,"desired":3,"maxUnavailable":1,"maxSurge":0,"numUnavailable":2,"numSurge":0}",
        "4.844 ds.updated daemonset-controller ds/kube-system/agent",
        "4.853 ds.sync daemonset-controller ds/kube-system/agent {"outcome":"writes"}",
        "4.853 ds.roll daemonset-controller ds/kube-system/agent {"creates":0,"deletes":0,"desired":3,"maxUnavailable":1,"maxSurge":0,"numUnavailable":0,"numSurge":0}",
        "4.857 ds.updated daemonset-controller ds/kube-system/agent",
      ]
    `);
    expect(cluster.daemonSet().status).toMatchObject({
      desiredNumberScheduled: 3,
      numberAvailable: 3,
      updatedNumberScheduled: 3,
    });
  });

  test('every record has a cause, and a pod’s creation leads back to the user who applied the DaemonSet', () => {
    const cluster = createCluster(3);
    cluster.ask({ verb: 'create', object: agent() });
    cluster.runUntil(20_000);
    expect(verifyTrace(cluster.records()).map(({ message }) => message)).toEqual([
      'the end is the last record, and only the last',
    ]);
    expect(cluster.chain(firstEvent(cluster, 'kubelet.started').seq)).toEqual([
      'kubelet.started',
      'pod.updated',
      'pod.created',
      'ds.manage',
      'ds.sync',
      'ds.created',
      'run.begin',
    ]);
  });

  test('a sync says how far behind the write that woke it it came: watch 5 ms, and 5 ms of work', () => {
    const cluster = createCluster(1);
    cluster.runUntil(1000);
    cluster.ask({ verb: 'create', object: agent() });
    cluster.runUntil(2000);
    expect(firstEvent(cluster, 'ds.sync')).toMatchObject({ atMs: 1014, lagMs: 10, data: { outcome: 'writes' } });
  });

  test('a rolling update takes down one pod at a time and is done when all are new', () => {
    const cluster = createCluster(3);
    cluster.ask({ verb: 'create', object: agent() });
    cluster.runUntil(20_000);
    const from = cluster.events().length;
    const patch = {
      type: 'strategic',
      body: { spec: { template: { spec: { containers: [{ name: 'agent', image: 'agent:v2' }] } } } },
    } as const;
    cluster.ask({ verb: 'patch', kind: 'DaemonSet', key: 'kube-system/agent', patch });
    cluster.runUntil(120_000);
    const rolls = cluster.events('ds.roll').filter(({ seq, data }) => seq >= from && data?.['deletes'] !== 0);
    expect(rolls.map(({ data }) => [data?.['deletes'], data?.['numUnavailable'], data?.['maxUnavailable']])).toEqual([
      [1, 0, 1],
      [1, 0, 1],
      [1, 0, 1],
    ]);
    expect(cluster.pods().map(({ spec }) => spec.containers[0]?.image)).toEqual(['agent:v2', 'agent:v2', 'agent:v2']);
    expect(cluster.daemonSet().status).toMatchObject({ updatedNumberScheduled: 3, numberAvailable: 3 });
  });

  test('a restart forgets expectations and goes on from what the caches show', () => {
    const cluster = createCluster(3);
    cluster.ask({ verb: 'create', object: agent() });
    cluster.runUntil(30);
    const lift = cluster.world.engine.withCause(0, () =>
      cluster.seams('restart').process.crash('daemonset-controller'),
    );
    cluster.runUntil(1000);
    cluster.world.engine.withCause(0, lift);
    cluster.runUntil(30_000);
    expect(cluster.daemonSet().status).toMatchObject({ numberAvailable: 3 });
    expect(cluster.pods()).toHaveLength(3);
  });

  test('a sync that had nothing to do is told of at the full level only', () => {
    const outcomes = (level: 'default' | 'full'): readonly unknown[] => {
      const cluster = createCluster(1, { level });
      cluster.ask({ verb: 'create', object: agent() });
      cluster.runUntil(20_000);
      return cluster.events('ds.sync').map(({ data }) => data?.['outcome']);
    };
    expect(outcomes('default')).not.toContain('none');
    expect(outcomes('full')).toContain('none');
  });

  test('before a cache has shown the controller’s own writes nothing is done: from 1.36 on', () => {
    const stale = (kubernetesVersion: string): readonly unknown[] => {
      const cluster = createCluster(2, { kubernetesVersion });
      cluster.runUntil(1000);
      cluster.seams('lag').watch.delay({ client: 'daemonset-controller', kind: 'Pod' }, { fixed: 3000 });
      cluster.ask({ verb: 'create', object: agent() });
      cluster.runUntil(30_000);
      expect(cluster.daemonSet().status?.numberAvailable).toBe(2);
      return cluster.events('ds.sync').filter(({ data }) => data?.['outcome'] === 'stale');
    };
    expect(stale('1.35')).toHaveLength(0);
    expect(stale('1.36').length).toBeGreaterThan(5);
  });

  test('decisions are written when a node’s code changes, and only then', () => {
    const cluster = createCluster(1);
    cluster.ask({ verb: 'create', object: agent() });
    cluster.runUntil(60_000);
    const codes = cluster.records().flatMap((record) => (record.kind === 'decision' ? [record.code] : []));
    expect(codes).toEqual(['create', 'notReady', 'ok']);
  });
});
