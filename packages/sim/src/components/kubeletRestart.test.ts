import type { Container, Pod, PodSpec } from '@everynode/core/api/pod';
import { describe, expect, test } from 'vitest';
import { createCluster, type TestCluster } from '../cluster/testCluster.ts';
import type { HouseOptions } from '../cluster/testHouse.ts';

const PODS = 20;
const LAST = `p${PODS - 1}`;

function pod(name: string, spec: Partial<PodSpec> = {}): Pod {
  const containers = [{ name: 'c', image: 'i:v1' }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { nodeName: 'pool-0', containers, ...spec },
  };
}

function restartKubelet(cluster: TestCluster): void {
  const seq = cluster.world.journal.event({ type: 'fault.begin', actor: 'fault/restart' });
  cluster.world.engine.withCause(seq, () => cluster.seams('restart').process.crash('kubelet/pool-0')());
}

/** Twenty running pods, each with containers that take their time to stop; the kubelet has just listed them anew. */
function listedAgain(terminationMs: number): TestCluster {
  const cluster = createCluster(1, { models: [{ select: {}, termination: { fixed: terminationMs } }] });
  for (let i = 0; i < PODS; i += 1) cluster.ask({ verb: 'create', object: pod(`p${String(i).padStart(2, '0')}`) });
  cluster.runUntil(120_000);
  restartKubelet(cluster);
  cluster.runUntil(124_000);
  // Its Node is told as soon as it has registered; the list of its pods is under way then.
  while (!cluster.events('node.updated').some(({ actor, atMs }) => actor === 'kubelet/pool-0' && atMs > 120_000))
    cluster.runFor(1);
  return cluster;
}

function running(cluster: TestCluster): readonly string[] {
  return cluster.world.machines.get('pool-0')?.running.map(({ key }) => key) ?? [];
}

describe('a running pod that goes between the list of a restarted kubelet and its admission', () => {
  test('K-31, K-32, C-9: deleted, it is stopped with its grace before it is reported as ended', () => {
    const cluster = listedAgain(5000);
    cluster.ask({ verb: 'delete', kind: 'Pod', key: `default/${LAST}` });
    cluster.runFor(4000);
    expect([cluster.pods().length, running(cluster).length]).toEqual([PODS, PODS]);
    cluster.runFor(4000);
    expect(cluster.events('kubelet.stopped')).toMatchObject([
      { object: `pod/default/${LAST}`, data: { why: 'deleted', tookMs: 5000 } },
    ]);
    expect([cluster.pods().length, running(cluster).includes(`default/${LAST}`)]).toEqual([PODS - 1, false]);
  });

  test('K-33: deleted by force, it is stopped with its own grace', () => {
    const cluster = listedAgain(5000);
    cluster.ask({ verb: 'delete', kind: 'Pod', key: `default/${LAST}`, gracePeriodSeconds: 0 });
    cluster.runFor(8000);
    expect(cluster.events('kubelet.stopped')).toMatchObject([
      { object: `pod/default/${LAST}`, data: { why: 'vanished', tookMs: 5000 } },
    ]);
    expect(running(cluster)).toHaveLength(PODS - 1);
  });
});

describe('probes after a restart of the kubelet', () => {
  function readyFlips(probes: Partial<Container>, kubernetesVersion = '1.34'): readonly (readonly [number, unknown])[] {
    const cluster = createCluster(1, { models: [{ select: {}, imagePull: { fixed: 1000 } }], kubernetesVersion });
    cluster.ask({ verb: 'create', object: pod('a', { containers: [{ name: 'c', image: 'i:v1', ...probes }] }) });
    cluster.runUntil(120_000);
    restartKubelet(cluster);
    cluster.runUntil(180_000);
    return cluster
      .events('pod.updated')
      .filter(({ atMs }) => atMs > 120_000)
      .flatMap(({ atMs, patch }) =>
        (patch ?? []).filter(([path]) => path === 'ready').map(([, value]) => [atMs - 120_000, value] as const),
      );
  }

  test.each([
    ['readiness', { readinessProbe: { exec: { command: ['ask'] }, periodSeconds: 20 } }],
    ['startup', { startupProbe: { exec: { command: ['ask'] }, periodSeconds: 20 } }],
  ])(
    'K-36, K-24: with a %s probe the pod is unready until the first probe, within one period of the start, up to 1.34',
    (_kind, probes) => {
      const flips = readyFlips(probes);
      expect(flips.map(([, ready]) => ready)).toEqual([false, true]);
      const [lostMs = 0, foundMs = 0] = flips.map(([atMs]) => atMs);
      expect(lostMs).toBeLessThan(6000);
      expect(foundMs).toBeGreaterThan(lostMs + 100);
      expect(foundMs).toBeLessThan(lostMs + 20_000);
    },
  );

  test.each(['readinessProbe', 'startupProbe'])('K-36: with a %s it stays ready from 1.35 on', (kind) => {
    expect(readyFlips({ [kind]: { exec: { command: ['ask'] }, periodSeconds: 20 } }, '1.35')).toEqual([]);
  });

  test('K-36: without probes the pod stays ready', () => {
    expect(readyFlips({})).toEqual([]);
  });
});

describe('a running pod that is refused after a restart of its kubelet', () => {
  function withLessRoom(options: HouseOptions): TestCluster {
    const cluster = createCluster(1, { pools: [{ name: 'pool', count: 1, capacity: { cpu: '1' } }], ...options });
    const requesting = (cpu: string): Partial<PodSpec> => ({
      containers: [{ name: 'c', image: 'i:v1', resources: { requests: { cpu } } }],
    });
    cluster.ask({ verb: 'create', object: pod('a', requesting('300m')) });
    cluster.runFor(2000);
    cluster.ask({ verb: 'create', object: pod('b', requesting('300m')) });
    cluster.runFor(2000);
    cluster.ask({ verb: 'create', object: pod('c', requesting('100m')) });
    cluster.runUntil(60_000);
    const patch = { type: 'merge', body: { status: { allocatable: { cpu: '500m', pods: '110' } } } } as const;
    cluster.ask({ verb: 'patch', kind: 'Node', key: 'pool-0', patch, subresource: 'status' });
    restartKubelet(cluster);
    return cluster;
  }

  test('K-35: it is stopped with its grace, and Failed only when nothing of it runs any more', () => {
    const cluster = withLessRoom({ models: [{ select: {}, termination: { fixed: 20_000 } }] });
    cluster.runUntil(80_000);
    const refused = (): Pod | undefined => cluster.pods().find(({ metadata }) => metadata.name === 'b');
    expect(cluster.events('kubelet.rejected')).toMatchObject([{ object: 'pod/default/b' }]);
    expect([refused()?.status?.phase, running(cluster).length]).toEqual(['Running', 3]);
    cluster.runUntil(95_000);
    expect(refused()?.status).toMatchObject({ phase: 'Failed', reason: 'OutOfcpu' });
    expect(cluster.events('kubelet.stopped')).toMatchObject([{ data: { why: 'OutOfcpu', tookMs: 20_000 } }]);
    expect(running(cluster)).toEqual(['default/a', 'default/c']);
  });
});
