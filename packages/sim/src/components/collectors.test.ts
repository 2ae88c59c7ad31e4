import type { Pod, Toleration } from '@everynode/core/api/pod';
import { addNode, removeNode } from '../cluster/cluster.ts';
import { outsideClient } from '../cluster/world.ts';
import { describe, expect, test } from 'vitest';
import { agent, createCluster, type TestCluster } from '../cluster/testCluster.ts';

function withAgents(nodes: number): TestCluster {
  const cluster = createCluster(nodes);
  cluster.ask({ verb: 'create', object: agent() });
  cluster.runUntil(60_000);
  return cluster;
}

function orphan(name: string, nodeName: string): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { nodeName, containers: [{ name: 'c', image: 'i:v1' }] },
  };
}

describe('garbage collector', () => {
  test('background: the DaemonSet is gone at once, its pods and revisions follow', () => {
    const cluster = withAgents(2);
    cluster.ask({ verb: 'delete', kind: 'DaemonSet', key: 'kube-system/agent' });
    expect([cluster.daemonSet(), cluster.pods().length]).toEqual([undefined, 2]);
    cluster.runUntil(120_000);
    expect([cluster.pods(), cluster.world.store.list('ControllerRevision')]).toEqual([[], []]);
  });

  test('foreground: the DaemonSet stays, terminating, until the last of its pods is gone', () => {
    const cluster = withAgents(2);
    cluster.ask({ verb: 'delete', kind: 'DaemonSet', key: 'kube-system/agent', propagation: 'Foreground' });
    cluster.runUntil(120_000);
    const gone = (type: string): number => cluster.events(type).at(-1)?.atMs ?? 0;
    expect([cluster.daemonSet(), cluster.pods()]).toEqual([undefined, []]);
    expect(gone('ds.removed')).toBeGreaterThan(gone('pod.removed'));
    expect(cluster.events('pod.created')).toHaveLength(2);
  });

  test('orphan: the DaemonSet goes, its pods run on without an owner', () => {
    const cluster = withAgents(2);
    cluster.ask({ verb: 'delete', kind: 'DaemonSet', key: 'kube-system/agent', propagation: 'Orphan' });
    cluster.runUntil(120_000);
    expect(cluster.daemonSet()).toBeUndefined();
    expect(cluster.pods().map(({ metadata }) => metadata.ownerReferences ?? [])).toEqual([[], []]);
  });

  test('a pod whose owner never existed is deleted', () => {
    const cluster = createCluster(1);
    cluster.runUntil(1000);
    const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'ghost', uid: 'never', controller: true };
    const pod = orphan('stray', 'pool-0');
    cluster.ask({ verb: 'create', object: { ...pod, metadata: { ...pod.metadata, ownerReferences: [owner] } } });
    cluster.runUntil(60_000);
    expect(cluster.pods()).toEqual([]);
  });
});

describe('nodes that go and come', () => {
  test('a removed node: its pod is deleted 40 s after a round of pod GC missed the node, within another round', () => {
    const cluster = withAgents(3);
    const { world } = cluster;
    const user = outsideClient(world, 'user');
    world.engine.withCause(0, () =>
      removeNode(world, { counts: new Map(), waiting: new Map() }, 'pool-1', (request, done) =>
        user.send(request, done),
      ),
    );
    cluster.runUntil(95_000);
    expect(cluster.podOn('pool-1')).toBeDefined();
    cluster.runUntil(150_000);
    expect(cluster.podOn('pool-1')).toBeUndefined();
    const removedAtMs = cluster.events('pod.removed').find(({ node }) => node === 'pool-1')?.atMs ?? 0;
    expect(removedAtMs - 60_000).toBeGreaterThan(40_000);
    expect(removedAtMs - 60_000).toBeLessThan(81_000);
    expect(world.store.get('Lease', 'kube-node-lease/pool-1')).toBeUndefined();
    cluster.runUntil(170_000);
    expect(cluster.daemonSet().status).toMatchObject({
      desiredNumberScheduled: 2,
      numberAvailable: 2,
      numberMisscheduled: 0,
    });
  });

  test('a node that joins registers NotReady, turns Ready, loses its taint and gets its pod', () => {
    const cluster = withAgents(1);
    cluster.world.engine.withCause(0, () =>
      addNode(cluster.world, { counts: new Map([['pool', 1]]), waiting: new Map() }, 'pool', 1000),
    );
    cluster.runUntil(100_000);
    const story = cluster
      .timeline(({ node, type }) => node === 'pool-1' && /^node\.|^kubelet|^apiEvent.NodeReady/.test(type))
      .map((line) => line.replace(/agent-\w+/, 'agent'));
    expect(story).toMatchInlineSnapshot(`
      [
        "65.004 node.created kubelet/pool-1 node/pool-1 @pool-1",
        "66.012 node.updated kubelet/pool-1 node/pool-1 @pool-1",
        "66.016 apiEvent.NodeReady kubelet/pool-1 node/pool-1 @pool-1 {"type":"Normal","message":"Node pool-1 status is now: NodeReady"}",
        "66.025 node.updated node-lifecycle node/pool-1 @pool-1",
        "70.817 kubelet.started kubelet/pool-1 pod/kube-system/agent @pool-1 {"tookMs":4750}",
      ]
    `);
    expect(cluster.daemonSet().status).toMatchObject({ desiredNumberScheduled: 2, numberAvailable: 2 });
  });

  test('a network that needs its agent: the node is Ready only once the agent is ready on it', () => {
    const bootstrap = {
      startTaints: [{ key: 'node.kubernetes.io/network-unavailable', effect: 'NoSchedule' as const }],
      readyWhenDaemonSetPodReady: 'kube-system/agent',
    };
    const pools = [{ name: 'pool', count: 1, capacity: {}, bootstrap }];
    const run = (tolerations: readonly Toleration[]): TestCluster => {
      const cluster = createCluster(1, { pools });
      cluster.ask({ verb: 'create', object: agent({}, { hostNetwork: true, tolerations }) });
      cluster.runUntil(60_000);
      cluster.world.engine.withCause(0, () =>
        addNode(cluster.world, { counts: new Map([['pool', 1]]), waiting: new Map() }, 'pool', 1000),
      );
      cluster.runUntil(200_000);
      return cluster;
    };
    const ready = (cluster: TestCluster): string | undefined =>
      cluster.nodeObject('pool-1')?.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
    const tolerant = run([{ operator: 'Exists' }]);
    expect([ready(tolerant), tolerant.nodeObject('pool-1')?.spec?.taints ?? []]).toEqual(['True', []]);
    const deadlocked = run([]);
    expect([ready(deadlocked), deadlocked.podOn('pool-1')]).toEqual(['False', undefined]);
  });
});
