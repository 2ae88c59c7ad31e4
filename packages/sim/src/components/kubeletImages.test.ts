import type { Pod } from '@everynode/core/api/pod';
import { describe, expect, test } from 'vitest';
import { createCluster, type TestCluster } from '../cluster/testCluster.ts';
import type { Lift, Seams } from '../seams/seams.ts';

/** Volumes and sandbox; creation and start. */
const SANDBOX_MS = 550;
const START_MS = 200;
const ADMIT_MS = 10;

function pod(name: string, node = 0, image = `${name}:v1`): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { nodeName: `pool-${node}`, containers: [{ name: 'c', image }] },
  };
}

interface Options {
  readonly nodes?: number;
  readonly settings?: Readonly<Record<string, number>>;
  readonly pullMs?: number;
}

/** A cluster in which each pull takes 5 s; `bend` is called at 1 s. */
function clusterWith(
  { nodes = 1, settings = {}, pullMs = 5000 }: Options,
  bend?: (seams: Seams) => Lift,
): {
  readonly cluster: TestCluster;
  readonly lift: Lift;
} {
  const models = [{ select: {}, imagePull: { fixed: pullMs } }];
  const cluster = createCluster(nodes, { models, settings: { latencyPercent: 0, ...settings }, level: 'full' });
  cluster.runUntil(1000);
  const lift = cluster.world.engine.withCause(0, () => bend?.(cluster.seams('bend')) ?? ((): void => undefined));
  return { cluster, lift };
}

/** Object → when its container started after it had a sandbox. */
function startsOf(cluster: TestCluster): Readonly<Record<string, number>> {
  const began = new Map(cluster.events('apiEvent.Pulling').map(({ object, atMs }) => [object, atMs]));
  const starts = cluster.events('machine.containerStarted');
  return Object.fromEntries(
    starts.map(({ object = '', atMs }) => [object.slice('pod/default/'.length), atMs - (began.get(object) ?? 0)]),
  );
}

describe('K-15: pulls of one node', () => {
  test.each([
    ['one after the other', 1, [5000, 10_000, 15_000]],
    ['two at a time', 2, [5000, 5000, 10_000]],
    ['all at once', 0, [5000, 5000, 5000]],
  ])('%s', (_name, maxParallelImagePulls, expected) => {
    const { cluster } = clusterWith({ settings: { maxParallelImagePulls } });
    for (const name of ['a', 'b', 'c']) cluster.ask({ verb: 'create', object: pod(name) });
    cluster.runUntil(60_000);
    // Their sandboxes come one admission after the other, so each waits a little less than those before it.
    const waits = Object.values(startsOf(cluster)).map((ms) => Math.round((ms - START_MS) / 1000) * 1000);
    expect(waits).toEqual(expected);
  });

  test('beyond the burst of the limiter they fail, and are tried again after their backoff', () => {
    const { cluster } = clusterWith({
      settings: { maxParallelImagePulls: 0, registryPullQps: 1, registryBurst: 2 },
      pullMs: 1000,
    });
    for (const name of ['a', 'b', 'c']) cluster.ask({ verb: 'create', object: pod(name) });
    cluster.runUntil(60_000);
    expect(cluster.events('apiEvent.Failed').map(({ object, data }) => [object, data?.['message']])).toEqual([
      ['pod/default/c', 'Failed to pull image "c:v1": pull QPS exceeded'],
      ['pod/default/c', 'Error: ErrImagePull'],
      ['pod/default/c', 'Error: ImagePullBackOff'],
    ]);
    expect(startsOf(cluster)).toMatchObject({ a: 1000 + START_MS, b: 1000 + START_MS });
    expect(cluster.pods().map(({ status }) => status?.phase)).toEqual(['Running', 'Running', 'Running']);
  });

  test('without that limiter they do not', () => {
    const { cluster } = clusterWith({
      settings: { maxParallelImagePulls: 0, registryPullQps: 0, registryBurst: 1 },
      pullMs: 1000,
    });
    for (let i = 0; i < 30; i += 1) cluster.ask({ verb: 'create', object: pod(`p${i}`) });
    cluster.runUntil(60_000);
    expect(cluster.events('apiEvent.Failed')).toEqual([]);
  });
});

describe('K-15: what is told of a pull that fails', () => {
  test('with its backoff, as upstream tells it', () => {
    const { cluster } = clusterWith({}, ({ machine }) => machine.failImagePull('pool-0', undefined, 'no such host'));
    cluster.ask({ verb: 'create', object: pod('a') });
    cluster.runUntil(8000);
    const told = cluster
      .events()
      .filter(({ type, actor }) => type.startsWith('apiEvent.') && actor === 'kubelet/pool-0');
    expect(told.map(({ type, data }) => [type.slice('apiEvent.'.length), data?.['type'], data?.['message']])).toEqual([
      ['Pulling', 'Normal', 'Pulling image "a:v1"'],
      ['Failed', 'Warning', 'Failed to pull image "a:v1": no such host'],
      ['Failed', 'Warning', 'Error: ErrImagePull'],
      ['BackOff', 'Normal', 'Back-off pulling image "a:v1"'],
      ['Failed', 'Warning', 'Error: ImagePullBackOff'],
    ]);
  });
});

describe('SlowImagePull', () => {
  test('pulls take longer by its delay, while it holds', () => {
    const { cluster, lift } = clusterWith({}, ({ machine }) =>
      machine.slowImagePull('pool-0', 'a:v1', { fixed: 7000 }),
    );
    cluster.ask({ verb: 'create', object: pod('a') });
    cluster.runUntil(30_000);
    cluster.ask({ verb: 'create', object: pod('b') });
    cluster.runUntil(60_000);
    expect(startsOf(cluster)).toEqual({ a: 12_000 + START_MS, b: 5000 + START_MS });
    expect(cluster.world.bites.of('bend')).toBe(1);
    cluster.world.engine.withCause(0, lift);
    cluster.ask({ verb: 'create', object: pod('c', 0, 'c:latest') });
    cluster.runUntil(90_000);
    expect(startsOf(cluster)).toMatchObject({ c: 5000 + START_MS });
  });

  test('what is there is not pulled', () => {
    const { cluster } = clusterWith({});
    cluster.ask({ verb: 'create', object: pod('a') });
    cluster.runUntil(20_000);
    cluster.seams('late').machine.slowImagePull('pool-0', undefined, { fixed: 7000 });
    cluster.ask({ verb: 'create', object: pod('b', 0, 'a:v1') });
    cluster.runUntil(60_000);
    expect(cluster.world.bites.of('late')).toBe(0);
    expect(cluster.pods()[1]?.status?.phase).toBe('Running');
  });
});

describe('RegistryLimit', () => {
  function fleet(concurrency: number): ReturnType<typeof clusterWith> {
    const { cluster, lift } = clusterWith({ nodes: 5 }, ({ machine }) => machine.limitRegistry(concurrency));
    for (let i = 0; i < 5; i += 1) cluster.ask({ verb: 'create', object: pod(`p${i}`, i, 'shared:v1') });
    return { cluster, lift };
  }

  test('so many nodes pull at a time, the others in their order', () => {
    const { cluster } = fleet(2);
    cluster.runUntil(60_000);
    const starts = cluster.events('machine.containerStarted').map(({ atMs }) => atMs);
    const first = starts[0] ?? 0;
    expect(starts.map((atMs) => Math.round((atMs - first) / 1000))).toEqual([0, 0, 5, 5, 10]);
    expect(cluster.world.bites.of('bend')).toBe(3);
  });

  test('when it ends, all that wait begin', () => {
    const { cluster, lift } = fleet(0);
    cluster.runUntil(30_000);
    expect(cluster.events('machine.containerStarted')).toEqual([]);
    cluster.world.engine.withCause(0, lift);
    cluster.runUntil(60_000);
    const starts = cluster.events('machine.containerStarted').map(({ atMs }) => atMs);
    expect(starts).toEqual(Array(5).fill(30_000 + 5000 + START_MS));
  });

  test('a node without power leaves its place to the next', () => {
    const { cluster } = fleet(1);
    cluster.runUntil(3000);
    cluster.world.engine.withCause(0, () => cluster.seams('dark').machine.powerOff('pool-0'));
    cluster.runUntil(3000 + 5000 + START_MS);
    expect(cluster.events('machine.containerStarted').map(({ node }) => node)).toEqual(['pool-1']);
  });

  test('the narrowest of several limits holds', () => {
    const { cluster } = clusterWith({ nodes: 3 }, ({ machine }) => machine.limitRegistry(2));
    cluster.seams('other').machine.limitRegistry(1);
    for (let i = 0; i < 3; i += 1) cluster.ask({ verb: 'create', object: pod(`p${i}`, i) });
    cluster.runUntil(1000 + ADMIT_MS + SANDBOX_MS + 2 * 5000 + 3 * START_MS);
    expect(cluster.events('machine.containerStarted')).toHaveLength(2);
    expect([cluster.world.bites.of('bend'), cluster.world.bites.of('other')]).toEqual([0, 2]);
  });
});

describe('ContainerCrash', () => {
  const which = { daemonSet: undefined, container: undefined };

  test('K-22: what runs crashes, and again after each start, until it ends', () => {
    const { cluster } = clusterWith({ pullMs: 0 });
    cluster.ask({ verb: 'create', object: pod('a', 0, 'a:1') });
    cluster.runUntil(20_000);
    const lift = cluster.world.engine.withCause(0, () =>
      cluster.seams('crash').machine.crashContainers('pool-0', which, { fixed: 4000 }, 3),
    );
    cluster.runUntil(90_000);
    const deaths = cluster.events('machine.containerKilled').map(({ atMs }) => atMs);
    const starts = cluster.events('machine.containerStarted').map(({ atMs }) => atMs);
    expect(deaths[0]).toBe(24_000);
    expect(deaths.slice(1).map((atMs, i) => atMs - (starts[i + 1] ?? 0))).toEqual([4000, 4000, 4000]);
    expect(cluster.world.bites.of('crash')).toBe(4);
    expect(cluster.pods()[0]?.status?.containerStatuses?.[0]?.lastState?.terminated?.exitCode).toBe(3);
    cluster.world.engine.withCause(0, lift);
    cluster.runUntil(300_000);
    expect(cluster.events('machine.containerKilled')).toHaveLength(4);
    expect(cluster.pods()[0]?.status?.containerStatuses?.[0]).toMatchObject({ ready: true });
  });

  test('only what it names', () => {
    const { cluster } = clusterWith({ pullMs: 0 });
    cluster.ask({ verb: 'create', object: pod('a', 0, 'a:1') });
    cluster.runUntil(20_000);
    const crash = (step: string, daemonSet: string | undefined, container: string | undefined): void =>
      void cluster.seams(step).machine.crashContainers('pool-0', { daemonSet, container }, { fixed: 0 }, 1);
    cluster.world.engine.withCause(0, () => {
      crash('owner', 'kube-system/agent', undefined);
      crash('name', undefined, 'other');
    });
    cluster.runUntil(30_000);
    expect(cluster.events('machine.containerKilled')).toEqual([]);
  });
});
