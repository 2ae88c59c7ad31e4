import type { Pod, Toleration } from '@everynode/core/api/pod';
import { describe, expect, test } from 'vitest';
import { createCluster, type TestCluster } from '../cluster/testCluster.ts';

function plainPod(name: string, tolerations: readonly Toleration[]): Pod {
  const spec = { containers: [{ name: 'main', image: 'app:v1' }], tolerations, terminationGracePeriodSeconds: 5 };
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec };
}

function taint(cluster: TestCluster, key: string): void {
  const patch = { type: 'merge', body: { spec: { taints: [{ key, effect: 'NoExecute' }] } } } as const;
  cluster.ask({ verb: 'patch', kind: 'Node', key: 'pool-0', patch });
}

function untaint(cluster: TestCluster): void {
  cluster.ask({
    verb: 'patch',
    kind: 'Node',
    key: 'pool-0',
    patch: { type: 'merge', body: { spec: { taints: null } } },
  });
}

function withPod(tolerations: readonly Toleration[]): TestCluster {
  const cluster = createCluster(1);
  cluster.ask({ verb: 'create', object: plainPod('app', tolerations) });
  cluster.runUntil(20_000);
  return cluster;
}

const FOR_30_S = [{ key: 'maintenance', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 }];

describe('taint eviction', () => {
  test('a tolerated taint evicts exactly tolerationSeconds after the controller saw it', () => {
    const cluster = withPod(FOR_30_S);
    taint(cluster, 'maintenance');
    cluster.runUntil(100_000);
    // Written at 20.004 s, seen 5 ms later.
    expect(cluster.timeline(({ type }) => /^taint|TaintManager/.test(type))).toEqual([
      '20.009 taint.timerSet taint-eviction pod/default/app @pool-0 {"delayMs":30000}',
      '50.009 taint.timerFired taint-eviction pod/default/app @pool-0 {"waitedMs":30000}',
      '50.009 apiEvent.TaintManagerEviction taint-eviction pod/default/app @pool-0 {"type":"Normal","message":"Marking for deletion Pod default/app"}',
    ]);
    expect(cluster.pods()).toEqual([]);
  });

  test('the eviction says why in the pod’s status, then deletes it with its own grace', () => {
    const cluster = withPod(FOR_30_S);
    taint(cluster, 'maintenance');
    cluster.runUntil(50_030);
    const [pod] = cluster.pods();
    expect(pod?.metadata.deletionGracePeriodSeconds).toBe(5);
    expect(pod?.status?.conditions?.find(({ type }) => type === 'DisruptionTarget')).toMatchObject({
      status: 'True',
      reason: 'DeletionByTaintManager',
    });
  });

  test('a taint that goes away in time calls the eviction off', () => {
    const cluster = withPod(FOR_30_S);
    taint(cluster, 'maintenance');
    cluster.runUntil(40_000);
    untaint(cluster);
    cluster.runUntil(100_000);
    expect(cluster.events('taint.timerCancelled').map(({ atMs }) => atMs)).toEqual([40_009]);
    expect(cluster.pods()).toHaveLength(1);
  });

  test('T-8: a pod that disappears by itself while its time runs gets its “Cancelling deletion” too', () => {
    const cluster = withPod(FOR_30_S);
    taint(cluster, 'maintenance');
    cluster.runUntil(30_000);
    cluster.ask({ verb: 'delete', kind: 'Pod', key: 'default/app', gracePeriodSeconds: 0 });
    cluster.runUntil(60_000);
    expect(cluster.events('apiEvent.TaintManagerEviction').map(({ data }) => data?.['message'])).toEqual([
      'Cancelling deletion of Pod default/app',
    ]);
  });

  test('an untolerated taint evicts at once', () => {
    const cluster = withPod([]);
    taint(cluster, 'maintenance');
    cluster.runUntil(20_012);
    expect(cluster.events('taint.timerFired')).toMatchObject([{ atMs: 20_009, data: { waitedMs: 0 } }]);
  });

  test('a restart of the controller gives the pod its whole time again', () => {
    const cluster = withPod(FOR_30_S);
    taint(cluster, 'maintenance');
    cluster.runUntil(40_000);
    cluster.world.engine.withCause(0, () => cluster.seams('restart').process.crash('taint-eviction')());
    cluster.runUntil(100_000);
    const [first, second] = cluster.events('taint.timerSet');
    expect([first?.atMs, (second?.atMs ?? 0) >= 40_000]).toEqual([20_009, true]);
    expect(cluster.events('taint.timerFired').map(({ atMs }) => atMs)).toEqual([(second?.atMs ?? 0) + 30_000]);
  });

  test('five failed attempts drop the eviction until the next relevant event', () => {
    const cluster = withPod([]);
    const lift = cluster
      .seams('api')
      .api.fail({ client: 'taint-eviction', verb: 'get' }, 'InternalError', { numerator: 1, denominator: 1 });
    taint(cluster, 'maintenance');
    cluster.runUntil(60_000);
    expect(cluster.events('api.failed').filter(({ actor }) => actor === 'taint-eviction')).toHaveLength(5);
    expect(cluster.pods()[0]?.metadata.deletionTimestamp).toBeUndefined();
    lift();
    taint(cluster, 'other');
    cluster.runUntil(80_000);
    expect(cluster.pods()).toEqual([]);
  });
});
