import type { Container, Pod, PodSpec } from '@everynode/core/api/pod';
import type { HouseOptions } from '../cluster/testHouse.ts';
import { describe, expect, test } from 'vitest';
import { createCluster, type TestCluster } from '../cluster/testCluster.ts';

function pod(name: string, containers: readonly Partial<Container>[] = [{}], spec: Partial<PodSpec> = {}): Pod {
  const all = containers.map((each, i) => ({ name: `c${i}`, image: `image-${i}:v1`, ...each }));
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { containers: all, nodeName: 'pool-0', ...spec },
  };
}

function withPods(pods: readonly Pod[], options: HouseOptions = {}): TestCluster {
  const cluster = createCluster(1, options);
  cluster.runUntil(1000);
  for (const each of pods) cluster.ask({ verb: 'create', object: each });
  return cluster;
}

function statusOf(cluster: TestCluster, name: string): Pod['status'] {
  return cluster.pods().find(({ metadata }) => metadata.name === name)?.status;
}

/** `atMs` of each change of a field of the pod, as the trace has it. */
function changes(cluster: TestCluster, name: string, field: string): readonly (readonly [number, unknown])[] {
  return cluster
    .events()
    .filter(({ object }) => object === `pod/default/${name}`)
    .flatMap(({ atMs, patch }) =>
      (patch ?? []).filter(([path]) => path === field).map(([, value]) => [atMs, value] as const),
    );
}

describe('starting', () => {
  test('a node pulls one image at a time, whichever pod asks for it', () => {
    const cluster = withPods([pod('a'), pod('b', [{ image: 'other:v1' }])]);
    cluster.runUntil(20_000);
    const started = cluster.events('kubelet.started').map(({ atMs }) => atMs);
    // The second pull of 4 s begins when the first has ended.
    expect((started[1] ?? 0) - (started[0] ?? 0)).toBe(4000);
  });

  test('an image that is there is not pulled again, but compared for the tag latest', () => {
    const cluster = withPods([pod('a', [{ image: 'app:latest' }])]);
    cluster.runUntil(10_000);
    cluster.ask({ verb: 'create', object: pod('b', [{ image: 'app:latest' }]) });
    cluster.runUntil(20_000);
    expect(cluster.events('kubelet.started').map(({ data }) => data?.['tookMs'])).toEqual([4750, 755]);
  });

  test('init containers come one after another, sidecars stay, main containers follow', () => {
    const initContainers = [
      { name: 'init', image: 'init:v1' },
      { name: 'sidecar', image: 'sidecar:v1', restartPolicy: 'Always' },
    ];
    const cluster = withPods([pod('a', [{}], { initContainers })]);
    cluster.runUntil(30_000);
    const started = cluster.events('machine.containerStarted').map(({ data }) => data?.['container']);
    expect(started).toEqual(['init', 'sidecar', 'c0']);
    expect(cluster.world.machines.get('pool-0')?.running[0]?.containers.map(({ name }) => name)).toEqual([
      'sidecar',
      'c0',
    ]);
    expect(statusOf(cluster, 'a')).toMatchObject({ phase: 'Running' });
  });

  test('a pull that fails is tried again after 10, 20, 40 s … and the pod stays Pending', () => {
    const cluster = withPods([]);
    const lift = cluster.seams('registry').machine.failImagePull('pool-0', undefined, 'manifest unknown');
    cluster.ask({ verb: 'create', object: pod('a') });
    cluster.runUntil(60_000);
    const failed = cluster.events('apiEvent.Failed').map(({ atMs }) => atMs);
    expect(failed.slice(1).map((atMs, i) => atMs - (failed[i] ?? 0))).toEqual([10_004, 20_004]);
    expect(statusOf(cluster, 'a')).toMatchObject({
      phase: 'Pending',
      containerStatuses: [{ state: { waiting: { reason: 'ImagePullBackOff' } } }],
    });
    lift();
    cluster.runUntil(90_000);
    expect(statusOf(cluster, 'a')?.phase).toBe('Running');
  });

  test('K-15: an image that comes while a second pod waits for its turn is not pulled again', () => {
    const image = 'shared:v1';
    const cluster = withPods([pod('a', [{ image }]), pod('b', [{ image }])]);
    cluster.runUntil(3000);
    cluster.seams('registry').machine.failImagePull('pool-0', undefined, 'manifest unknown');
    cluster.runUntil(20_000);
    expect(cluster.pods().map(({ status }) => status?.phase)).toEqual(['Running', 'Running']);
    expect(cluster.events('apiEvent.Failed')).toEqual([]);
  });

  test('a second main container does not wait for the first one’s image', () => {
    const cluster = withPods([]);
    cluster.seams('registry').machine.failImagePull('pool-0', 'image-0:v1', 'manifest unknown');
    cluster.ask({ verb: 'create', object: pod('a', [{}, {}]) });
    cluster.runUntil(20_000);
    expect(cluster.world.machines.get('pool-0')?.running[0]?.containers.map(({ name }) => name)).toEqual(['c1']);
    expect(statusOf(cluster, 'a')?.phase).toBe('Pending');
  });
});

describe('readiness', () => {
  test('without a probe a container is ready as soon as it runs', () => {
    const cluster = withPods([pod('a')]);
    cluster.runUntil(20_000);
    const [, ready] = changes(cluster, 'a', 'ready');
    const started = cluster.events('kubelet.started')[0]?.atMs ?? 0;
    expect(ready).toEqual([started + 20 + 4, true]);
  });

  test('a probe finds it at the first tick after the application answers and the initial delay is over', () => {
    const readinessProbe = { exec: { command: ['ask'] }, periodSeconds: 7, initialDelaySeconds: 3 };
    const cluster = withPods([pod('a', [{ readinessProbe }])], {
      models: [{ select: {}, imagePull: { fixed: 4000 }, startup: { fixed: 4000 } }],
    });
    cluster.runUntil(60_000);
    const begun = (cluster.events('kubelet.started')[0]?.atMs ?? 0) - 4750;
    // Runs 4.75 s after admission, answers at 8.75 s: the tick at 14 s is the first to find it.
    expect(changes(cluster, 'a', 'ready').at(-1)).toEqual([begun + 14_000 + 24, true]);
  });
});

describe('restarts', () => {
  test('a container that crashes every 5 s is restarted at once, then after 10, 20, 40, 80, 160, 300, 300 s', () => {
    const crash = { after: { fixed: 5000 }, exitCode: 1 };
    const cluster = withPods([pod('a')], { models: [{ select: {}, crash }], durationMs: 2_000_000 });
    cluster.runUntil(1_500_000);
    const exits = cluster.events('kubelet.containerExited').map(({ atMs }) => atMs);
    const starts = cluster.events('machine.containerStarted').map(({ atMs }) => atMs);
    const pauses = exits.map((atMs, i) => (starts[i + 1] ?? 0) - atMs);
    expect(pauses.slice(1, 8)).toEqual([10_205, 20_205, 40_205, 80_205, 160_205, 300_205, 300_205]);
    expect(pauses[0]).toBeLessThan(1300);
    expect(statusOf(cluster, 'a')).toMatchObject({
      phase: 'Running',
      containerStatuses: [
        { state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: { exitCode: 1 } } },
      ],
    });
  });

  test('a container killed from outside is noticed within a second and started again in the same pod', () => {
    const cluster = withPods([pod('a')]);
    cluster.runUntil(20_000);
    cluster.world.engine.withCause(0, () => cluster.seams('kill').machine.killPods('pool-0', undefined, 137));
    cluster.runUntil(25_000);
    const restarted = cluster.events('machine.containerStarted')[1]?.atMs ?? 0;
    expect(restarted).toBeGreaterThan(20_204);
    expect(restarted).toBeLessThanOrEqual(21_205);
    expect(statusOf(cluster, 'a')?.containerStatuses?.[0]).toMatchObject({ restartCount: 1, ready: true });
  });

  test('restartPolicy Never lets the pod end as its containers ended', () => {
    const crash = { after: { fixed: 5000 }, exitCode: 3 };
    const cluster = withPods([pod('a', [{}], { restartPolicy: 'Never' })], { models: [{ select: {}, crash }] });
    cluster.runUntil(60_000);
    expect(statusOf(cluster, 'a')).toMatchObject({
      phase: 'Failed',
      containerStatuses: [{ restartCount: 0, state: { terminated: { exitCode: 3 } } }],
    });
    expect(cluster.world.machines.get('pool-0')?.running).toEqual([]);
  });
});

describe('stopping', () => {
  function stopAfter(
    terminationMs: number,
    grace: number,
  ): { readonly tookMs: unknown; readonly phases: readonly unknown[] } {
    const cluster = withPods([pod('a', [{}], { terminationGracePeriodSeconds: grace })], {
      models: [{ select: {}, termination: { fixed: terminationMs } }],
    });
    cluster.runUntil(20_000);
    cluster.ask({ verb: 'delete', kind: 'Pod', key: 'default/a' });
    cluster.runUntil(80_000);
    expect(cluster.pods()).toEqual([]);
    return {
      tookMs: cluster.events('kubelet.stopped')[0]?.data?.['tookMs'],
      phases: changes(cluster, 'a', 'phase')
        .map(([, phase]) => phase)
        .filter((phase) => phase !== null),
    };
  }

  test('a container that exits in time ends well: the pod is Succeeded before it is gone', () => {
    expect(stopAfter(3000, 30)).toEqual({ tookMs: 3000, phases: ['Pending', 'Running', 'Succeeded'] });
  });

  test('one that does not is killed at the end of the grace: the pod is Failed before it is gone', () => {
    expect(stopAfter(60_000, 30)).toEqual({ tookMs: 30_000, phases: ['Pending', 'Running', 'Failed'] });
  });

  test('a second delete with a shorter grace takes effect at once, a longer one never', () => {
    const cluster = withPods([pod('a')], { models: [{ select: {}, termination: { fixed: 100_000 } }] });
    cluster.runUntil(20_000);
    cluster.ask({ verb: 'delete', kind: 'Pod', key: 'default/a' });
    cluster.runUntil(25_000);
    cluster.ask({ verb: 'delete', kind: 'Pod', key: 'default/a', gracePeriodSeconds: 60 });
    cluster.ask({ verb: 'delete', kind: 'Pod', key: 'default/a', gracePeriodSeconds: 10 });
    cluster.runUntil(60_000);
    expect(cluster.events('kubelet.stopped')[0]?.data).toMatchObject({ tookMs: 10_000 });
  });

  test('a pod that is deleted before it starts leaves without having run', () => {
    const cluster = withPods([pod('a')]);
    cluster.runUntil(2000);
    cluster.ask({ verb: 'delete', kind: 'Pod', key: 'default/a' });
    cluster.runUntil(30_000);
    expect([cluster.pods(), cluster.events('machine.containerStarted')]).toEqual([[], []]);
  });

  test('a force-deleted pod goes on until the kubelet has stopped it with its own grace', () => {
    const cluster = withPods([pod('a', [{}], { terminationGracePeriodSeconds: 7 })], {
      models: [{ select: {}, termination: { fixed: 60_000 } }],
    });
    cluster.runUntil(20_000);
    cluster.ask({ verb: 'delete', kind: 'Pod', key: 'default/a', gracePeriodSeconds: 0 });
    cluster.runUntil(26_000);
    expect([cluster.pods(), cluster.world.machines.get('pool-0')?.running.length]).toEqual([[], 1]);
    cluster.runUntil(30_000);
    expect(cluster.world.machines.get('pool-0')?.running).toEqual([]);
    expect(cluster.events('kubelet.stopped')[0]?.data).toMatchObject({ why: 'vanished', tookMs: 7000 });
  });

  test('a new pod of the same name waits until the old one has stopped', () => {
    const cluster = withPods([pod('a')], { models: [{ select: {}, termination: { fixed: 10_000 } }] });
    cluster.runUntil(20_000);
    cluster.ask({ verb: 'delete', kind: 'Pod', key: 'default/a', gracePeriodSeconds: 0 });
    cluster.ask({ verb: 'create', object: pod('a') });
    cluster.runUntil(40_000);
    const [stopped] = cluster.events('kubelet.stopped');
    const [, second] = cluster.events('kubelet.started');
    expect((second?.atMs ?? 0) - (stopped?.atMs ?? 0)).toBe(10 + 750 + 5);
  });

  test('a status that cannot be told waits for the API, and then the last one is told', () => {
    const cluster = withPods([pod('a')]);
    const lift = cluster.seams('cut').machine.partition('pool-0');
    cluster.runUntil(20_000);
    expect(statusOf(cluster, 'a')?.phase).toBe('Pending');
    cluster.world.engine.withCause(0, lift);
    cluster.runUntil(60_000);
    expect(statusOf(cluster, 'a')?.phase).toBe('Running');
  });
});

describe('admission', () => {
  test('a pod that does not fit is refused with upstream’s numbers and never started', () => {
    const big = pod('a', [{ resources: { requests: { cpu: '5' } } }]);
    const cluster = withPods([big]);
    cluster.runUntil(20_000);
    expect(statusOf(cluster, 'a')).toMatchObject({
      phase: 'Failed',
      reason: 'OutOfcpu',
      message: "Pod was rejected: Node didn't have enough resource: cpu, requested: 5000, used: 0, capacity: 4000",
    });
    expect(cluster.events('kubelet.rejected')).toMatchObject([{ node: 'pool-0', data: { reason: 'OutOfcpu' } }]);
  });
});
