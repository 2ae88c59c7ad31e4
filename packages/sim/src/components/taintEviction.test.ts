import type { Pod, Toleration } from '@everynode/core/api/pod';
import { describe, expect, test } from 'vitest';
import { outsideClient } from '../cluster/world.ts';
import { agent, createCluster, type TestCluster } from '../cluster/testCluster.ts';

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

  test('T-3: of several tolerations in use the shortest counts, and a taint in vain no second time', () => {
    const tolerate = (key: string, tolerationSeconds: number) => {
      return { key, operator: 'Exists', effect: 'NoExecute', tolerationSeconds };
    };
    const cluster = withPod([tolerate('a', 300), tolerate('b', 20), tolerate('c', 5)]);
    const taints = ['a', 'b'].map((key) => ({ key, effect: 'NoExecute' }));
    cluster.ask({ verb: 'patch', kind: 'Node', key: 'pool-0', patch: { type: 'merge', body: { spec: { taints } } } });
    cluster.runUntil(100_000);
    expect(cluster.events('taint.timerFired').map(({ atMs }) => atMs)).toEqual([40_009]);
  });

  test.each([
    [-1, [20_009]],
    [0, [20_009]],
    [2 ** 53, []],
  ])('T-3: a toleration of %i s evicts at %j', (tolerationSeconds, firedAtMs) => {
    const cluster = withPod([{ key: 'maintenance', operator: 'Exists', effect: 'NoExecute', tolerationSeconds }]);
    taint(cluster, 'maintenance');
    cluster.runUntil(600_000);
    expect(cluster.events('taint.timerFired').map(({ atMs }) => atMs)).toEqual(firedAtMs);
  });

  test('T-7: a pod that is terminating already is evicted too, which changes nothing and fails nothing', () => {
    const cluster = createCluster(1, { models: [{ select: {}, termination: { fixed: 5_000 } }] });
    cluster.ask({ verb: 'create', object: plainPod('app', []) });
    cluster.runUntil(20_000);
    cluster.ask({ verb: 'delete', kind: 'Pod', key: 'default/app', gracePeriodSeconds: 60 });
    const deadline = cluster.pods()[0]?.metadata.deletionTimestamp;
    taint(cluster, 'maintenance');
    cluster.runUntil(22_000);
    expect(cluster.events('taint.timerFired')).toHaveLength(1);
    // A deletion that asks for no grace of its own leaves an earlier one as it is.
    expect(cluster.pods()[0]?.metadata.deletionTimestamp).toBe(deadline);
    cluster.runUntil(60_000);
    expect([cluster.pods(), cluster.events('api.failed').filter(({ actor }) => actor === 'taint-eviction')]).toEqual([
      [],
      [],
    ]);
  });

  test('T-1: a pod that comes at the very instant at which its node loses the taint is judged without it', () => {
    const cluster = withPod([]);
    cluster.ask({ verb: 'delete', kind: 'Pod', key: 'default/app', gracePeriodSeconds: 0 });
    taint(cluster, 'maintenance');
    cluster.runUntil(40_000);
    const pod = plainPod('late', []);
    const { engine } = cluster.world;
    // Two requests of one moment: the pod first, so its watch event is handed over first.
    for (const request of [
      { verb: 'create', object: { ...pod, spec: { ...pod.spec, nodeName: 'pool-0' } } },
      { verb: 'patch', kind: 'Node', key: 'pool-0', patch: { type: 'merge', body: { spec: { taints: null } } } },
    ] as const)
      engine.withCause(0, () => outsideClient(cluster.world, 'test').send(request, () => undefined));
    cluster.runUntil(60_000);
    expect([cluster.events('taint.timerFired'), cluster.pods().length]).toEqual([[], 1]);
  });

  test('T-7: of a pod that has ended the object goes at once', () => {
    const cluster = createCluster(1, { models: [{ select: {}, crash: { after: { fixed: 1000 }, exitCode: 0 } }] });
    const pod = plainPod('job', []);
    cluster.ask({ verb: 'create', object: { ...pod, spec: { ...pod.spec, restartPolicy: 'Never' } } });
    cluster.runUntil(20_000);
    expect(cluster.pods()[0]?.status?.phase).toBe('Succeeded');
    taint(cluster, 'maintenance');
    cluster.runUntil(21_000);
    expect(cluster.pods()).toEqual([]);
  });
});

describe('taint eviction of daemon pods', () => {
  const withAgents = (tolerations: readonly Toleration[] = []): TestCluster => {
    const cluster = createCluster(1);
    cluster.ask({ verb: 'create', object: agent({}, { tolerations }) });
    cluster.runUntil(20_000);
    return cluster;
  };

  test.each(['node.kubernetes.io/not-ready', 'node.kubernetes.io/unreachable'])(
    'T-10: %s never evicts one, since it tolerates that without limit',
    (key) => {
      const cluster = withAgents();
      const uid = cluster.podOn('pool-0')?.metadata.uid;
      taint(cluster, key);
      cluster.runUntil(25_000);
      expect([cluster.events('taint.timerFired'), cluster.podOn('pool-0')?.metadata.uid]).toEqual([[], uid]);
    },
  );

  test('T-10: for any other taint two deleters race, and the loser finds nothing left to do', () => {
    const cluster = withAgents();
    taint(cluster, 'maintenance');
    cluster.runUntil(40_000);
    const deletes = cluster
      .events('apiEvent.SuccessfulDelete')
      .concat(cluster.events('taint.timerFired'))
      .map(({ actor }) => actor);
    expect([new Set(deletes), cluster.pods()]).toEqual([new Set(['daemonset-controller', 'taint-eviction']), []]);
    expect(cluster.events('taint.timerFired')).toHaveLength(1);
  });

  test('T-11: one that is tolerated for a minute is evicted every minute, replaced at once, and never backs off', () => {
    const cluster = withAgents([
      { key: 'maintenance', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 60 },
    ]);
    taint(cluster, 'maintenance');
    cluster.runUntil(600_000);
    const atMs = cluster.events('taint.timerFired').map((each) => each.atMs);
    const periods = new Set(atMs.slice(1).map((each, i) => each - (atMs[i] ?? 0)));
    // A minute, and what it takes until the pod is gone and its successor bound: the same each time.
    expect([atMs.length, periods.size]).toEqual([9, 1]);
    expect(Math.trunc([...periods].map((each) => each / 1000)[0] ?? 0)).toBe(60);
    expect(cluster.events('daemonset.backoff')).toEqual([]);
  });

  test('T-12: out-of-service evicts one as any other taint does, and keeps the next one away', () => {
    const cluster = withAgents();
    taint(cluster, 'node.kubernetes.io/out-of-service');
    cluster.runUntil(100_000);
    expect([cluster.events('taint.timerFired').length, cluster.pods()]).toEqual([1, []]);
    expect(cluster.daemonSet().status?.desiredNumberScheduled).toBe(0);
  });
});
