import type { DaemonSet } from '@everynode/core/api/daemonSet';
import type { PodSpec } from '@everynode/core/api/pod';
import { describe, expect, test } from 'vitest';
import { agent, createCluster, type TestCluster } from '../cluster/testCluster.ts';
import type { HouseOptions } from '../cluster/testHouse.ts';
import type { KubeletConfig, NodePool, PodUsage } from '../plan.ts';

const MIB = 2 ** 20;
const GIB = 2 ** 30;

/** One node with an agent of this usage. */
function withAgent(
  usage: PodUsage,
  options: HouseOptions & { readonly ds?: DaemonSet; readonly pool?: Partial<NodePool> } = {},
): TestCluster {
  const { ds = agent(), pool = {}, ...rest } = options;
  const capacity = { memory: '1000Mi', 'ephemeral-storage': '10Gi' };
  const models = [{ select: { daemonSet: 'kube-system/agent' }, usage }];
  const cluster = createCluster(1, { models, pools: [{ name: 'pool', count: 1, capacity, ...pool }], ...rest });
  cluster.ask({ verb: 'create', object: ds });
  return cluster;
}

function limited(limits: Readonly<Record<string, string>>): DaemonSet {
  return agent({}, { containers: [{ name: 'agent', image: 'agent:v1', resources: { limits } }] });
}

const leakOf = (perSecond: number) => ({ leak: { start: 0, rate: { amount: perSecond, perMs: 1000 } } });

describe('a container beyond its memory limit', () => {
  test('is killed by the kernel, found at the next relist, and restarted with a backoff, again and again', () => {
    const cluster = withAgent({ memory: leakOf(MIB) }, { ds: limited({ memory: '60Mi' }) });
    cluster.runUntil(230_000);
    const started = cluster.events('machine.containerStarted').map(({ atMs }) => atMs);
    const killed = cluster.events('machine.containerKilled').map(({ atMs }) => atMs);
    // The first ms at which more than 60Mi have leaked, at 1Mi a second, counted from each start.
    expect(killed.map((atMs, i) => atMs - (started[i] ?? 0))).toEqual([60_001, 60_001, 60_001]);
    expect(cluster.events('machine.containerKilled')[0]?.data).toEqual({ container: 'agent', reason: 'OOMKilled' });
    expect(cluster.events('kubelet.evicted')).toEqual([]);
    const [status] = cluster.podOn('pool-0')?.status?.containerStatuses ?? [];
    expect([status?.restartCount, status?.lastState?.terminated]).toMatchObject([
      3,
      { reason: 'OOMKilled', exitCode: 137 },
    ]);
  });

  test('is as good as any other exit for a pod that is never restarted', () => {
    const spec: PodSpec = {
      restartPolicy: 'Never',
      containers: [{ name: 'main', image: 'job:v1', resources: { limits: { memory: '1Mi' } } }],
    };
    const cluster = createCluster(1, { models: [{ select: {}, usage: { memory: { constant: 2 * MIB } } }] });
    cluster.ask({
      verb: 'create',
      object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'job', namespace: 'default' }, spec },
    });
    cluster.runUntil(30_000);
    expect(cluster.pods()[0]?.status?.phase).toBe('Failed');
    expect(cluster.events('machine.containerStarted')).toHaveLength(1);
  });
});

describe('E-16, E-17: the loops of a daemon pod', () => {
  /** What happened to the agent on its node, without its middle parts. */
  const story = (cluster: TestCluster): readonly string[] =>
    cluster
      .events()
      .filter(({ type }) => ['kubelet.started', 'kubelet.evicted', 'kubelet.rejected'].includes(type))
      .map(({ type }) => type.slice('kubelet.'.length));

  test('a memory leak: admitted, evicted when the node runs low, replaced, and admitted again at once', () => {
    const cluster = withAgent({ memory: leakOf(10 * MIB) });
    cluster.runUntil(300_000);
    expect(story(cluster)).toEqual(['started', 'evicted', 'started', 'evicted', 'started', 'evicted', 'started']);
  });

  test('a disk leak: evicted once, then refused until five minutes after the pressure is over', () => {
    const cluster = withAgent({ disk: leakOf(100 * MIB) });
    cluster.runUntil(200_000);
    const [first] = cluster.events('kubelet.evicted');
    expect(story(cluster).slice(0, 4)).toEqual(['started', 'evicted', 'rejected', 'rejected']);
    expect(story(cluster).filter((each) => each === 'started')).toHaveLength(1);
    const atMs = first?.atMs ?? 0;
    cluster.runUntil(atMs + 290_000);
    expect(cluster.nodeObject('pool-0')?.status?.conditions?.find(({ type }) => type === 'DiskPressure')?.status).toBe(
      'True',
    );
    // The pressure itself was over with the pod; then the backoff of the refused pods runs out.
    cluster.runUntil(atMs + 700_000);
    expect(story(cluster).filter((each) => each === 'started')).toHaveLength(2);
  });

  test('a daemon pod of process ids: evicted and refused as for the disk, where the kubelet looks at them at all', () => {
    const kubelet: KubeletConfig = {
      evictionHard: { 'pid.available': { quantity: 200 } },
      mergeDefaultEvictionSettings: true,
    };
    const cluster = withAgent({ pids: leakOf(10) }, { pool: { kubelet, machine: { pids: 1000 } } });
    cluster.runUntil(120_000);
    expect(story(cluster).slice(0, 3)).toEqual(['started', 'evicted', 'rejected']);
    expect(cluster.podOn('pool-0')?.status?.message).toContain('The node had condition: [PIDPressure]. ');
    expect(cluster.nodeObject('pool-0')?.spec?.taints?.map(({ key }) => key)).toEqual([
      'node.kubernetes.io/pid-pressure',
    ]);
  });

  test('E-4, E-5: a soft threshold refuses new pods long before it evicts the old one', () => {
    const kubelet: KubeletConfig = {
      evictionHard: { 'nodefs.available': { quantity: GIB } },
      evictionSoft: { 'nodefs.available': { quantity: 5 * GIB } },
      evictionSoftGracePeriod: { 'nodefs.available': 240_000 },
    };
    const cluster = withAgent({ disk: { constant: 6 * GIB } }, { pool: { kubelet } });
    cluster.runUntil(30_000);
    const spec: PodSpec = { containers: [{ name: 'main', image: 'app:v1' }] };
    const metadata = { name: 'late', namespace: 'default' };
    cluster.ask({
      verb: 'create',
      object: { apiVersion: 'v1', kind: 'Pod', metadata, spec: { ...spec, nodeName: 'pool-0' } },
    });
    cluster.runUntil(40_000);
    expect(cluster.pods().find((pod) => pod.metadata.name === 'late')?.status?.reason).toBe('Evicted');
    expect(cluster.podOn('pool-0')?.status?.phase).toBe('Failed');
    cluster.runUntil(200_000);
    expect(cluster.events('kubelet.evicted')).toEqual([]);
    cluster.runUntil(280_000);
    expect(cluster.events('kubelet.evicted').map(({ object }) => object?.slice(0, 22))).toEqual([
      'pod/kube-system/agent-',
    ]);
  });

  test('a log that is rotated in time fills no disk', () => {
    const log = { logGrowth: { rate: { amount: 10 * MIB, perMs: 1000 }, rotateAt: GIB, keep: 4 } };
    const endless = { ...log.logGrowth, keep: 40 };
    expect(story(withAgentUntil({ disk: log }, 3_600_000))).toEqual(['started']);
    expect(story(withAgentUntil({ disk: { logGrowth: endless } }, 3_600_000)).slice(0, 2)).toEqual([
      'started',
      'evicted',
    ]);
  });

  function withAgentUntil(usage: PodUsage, atMs: number): TestCluster {
    const cluster = withAgent(usage);
    cluster.runUntil(atMs);
    return cluster;
  }

  test('E-19: a kubelet that restarts forgets the condition', () => {
    const cluster = withAgent({});
    const lift = cluster.seams('press').machine.press('pool-0', 'disk', { evict: false });
    cluster.runUntil(30_000);
    lift();
    const condition = (): string | undefined =>
      cluster.nodeObject('pool-0')?.status?.conditions?.find(({ type }) => type === 'DiskPressure')?.status;
    expect(condition()).toBe('True');
    cluster.world.engine.withCause(0, () => cluster.seams('restart').process.crash('kubelet/pool-0')());
    cluster.runUntil(60_000);
    // Without the restart it would be there until 320 s.
    expect(condition()).toBe('False');
  });

  test('E-19: a kubelet that restarts lets the grace of a soft threshold begin anew', () => {
    const kubelet: KubeletConfig = {
      evictionHard: {},
      evictionSoft: { 'nodefs.available': { quantity: 5 * GIB } },
      evictionSoftGracePeriod: { 'nodefs.available': 120_000 },
    };
    const evictedAtMs = (restarts: boolean): number => {
      const cluster = withAgent({ disk: { constant: 6 * GIB } }, { pool: { kubelet } });
      cluster.runUntil(100_000);
      if (restarts) cluster.world.engine.withCause(0, () => cluster.seams('restart').process.crash('kubelet/pool-0')());
      cluster.runUntil(400_000);
      return cluster.events('kubelet.evicted')[0]?.atMs ?? 0;
    };
    expect([evictedAtMs(false) < 140_000, evictedAtMs(true) > 220_000]).toEqual([true, true]);
  });
});

describe('images', () => {
  const images = { imagePull: { fixed: 3_000 } };
  const options = (kubelet: KubeletConfig): Partial<HouseOptions> & { readonly pools: readonly NodePool[] } => ({
    models: [
      { select: { image: 'old:v1' }, imageSize: 3 * GIB, ...images },
      { select: { image: 'agent:v1' }, imageSize: GIB, ...images },
    ],
    pools: [{ name: 'pool', count: 1, capacity: { 'ephemeral-storage': '10Gi' }, kubelet }],
  });
  const old = (name: string) =>
    ({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name, namespace: 'default' },
      spec: { nodeName: 'pool-0', containers: [{ name: 'main', image: 'old:v1' }] },
    }) as const;
  const hasImage = (cluster: TestCluster): boolean => cluster.world.machines.get('pool-0')?.hasImage('old:v1') === true;

  test('E-8: what the kubelet removed to free its disk is pulled again at the next start', () => {
    const cluster = createCluster(1, options({ imageGCHighThresholdPercent: 100, imageGCLowThresholdPercent: 99 }));
    cluster.ask({ verb: 'create', object: old('first') });
    cluster.runUntil(20_000);
    cluster.ask({ verb: 'delete', kind: 'Pod', key: 'default/first' });
    cluster.runUntil(40_000);
    expect(hasImage(cluster)).toBe(true);
    const lift = cluster.seams('press').machine.press('pool-0', 'disk', { evict: true });
    cluster.runUntil(60_000);
    lift();
    expect(hasImage(cluster)).toBe(false);
    cluster.runUntil(400_000);
    cluster.ask({ verb: 'create', object: old('second') });
    const askedAtMs = cluster.world.engine.nowMs;
    cluster.runUntil(500_000);
    const started = cluster.events('machine.containerStarted').at(-1);
    expect((started?.atMs ?? 0) - askedAtMs).toBeGreaterThan(3_000);
  });

  test('images that nobody uses for two minutes go at the next look above the high threshold, every five minutes', () => {
    const at = (high: number): boolean => {
      const kubelet = { imageGCHighThresholdPercent: high, imageGCLowThresholdPercent: 10 };
      const cluster = createCluster(1, options(kubelet));
      cluster.ask({ verb: 'create', object: old('first') });
      cluster.runUntil(20_000);
      cluster.ask({ verb: 'delete', kind: 'Pod', key: 'default/first' });
      cluster.runUntil(700_000);
      return hasImage(cluster);
    };
    // 3Gi of images and half a Gi of the system are 35 % of 10Gi.
    expect([at(35), at(36)]).toEqual([false, true]);
  });

  test('an image that is in use stays, which the second vain attempt makes an event of its own', () => {
    const cluster = createCluster(1, options({ imageGCHighThresholdPercent: 30, imageGCLowThresholdPercent: 10 }));
    cluster.ask({ verb: 'create', object: old('first') });
    cluster.runUntil(700_000);
    const told = cluster.events().filter(({ type }) => type.includes('Failed'));
    expect([hasImage(cluster), told.map(({ type }) => type)]).toEqual([
      true,
      ['apiEvent.FreeDiskSpaceFailed', 'apiEvent.FreeDiskSpaceFailed', 'apiEvent.ImageGCFailed'],
    ]);
    expect(told[0]?.data?.['message']).toBe(
      'Failed to garbage collect required amount of images. Attempted to free 2684354560 bytes, but only found 0 bytes eligible to free.',
    );
  });
});
