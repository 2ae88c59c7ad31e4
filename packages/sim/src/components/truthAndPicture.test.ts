import type { Pod, PodSpec } from '@everynode/core/api/pod';
import { describe, expect, test } from 'vitest';
import { agent, createCluster, type TestCluster } from '../cluster/testCluster.ts';
import type { HouseOptions } from '../cluster/testHouse.ts';
import type { PodModel } from '../plan.ts';
import type { Lift } from '../seams/seams.ts';

const NODE = 'pool-0';

function pod(name: string, spec: Partial<PodSpec> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { nodeName: NODE, containers: [{ name: 'c', image: 'i:v1' }], ...spec },
  };
}

function clusterWith(pods: readonly Pod[], model: Partial<PodModel> = {}, options: HouseOptions = {}): TestCluster {
  const models = [{ select: {}, imagePull: { fixed: 1000 }, termination: { fixed: 2000 }, ...model }];
  const cluster = createCluster(1, { models, durationMs: 3_600_000, ...options });
  cluster.runUntil(1000);
  for (const each of pods) cluster.ask({ verb: 'create', object: each });
  cluster.runUntil(60_000);
  return cluster;
}

function act(cluster: TestCluster, move: () => Lift): Lift {
  const seq = cluster.world.journal.event({ type: 'fault.begin', actor: 'fault/test' });
  return cluster.world.engine.withCause(seq, move);
}

function lift(cluster: TestCluster, ...lifts: readonly Lift[]): void {
  cluster.world.engine.withCause(0, () => lifts.forEach((each) => each()));
}

/** What truly runs. */
function running(cluster: TestCluster): readonly string[] {
  return cluster.world.machines.get(NODE)?.running.map(({ key }) => key) ?? [];
}

function restartsOf(cluster: TestCluster): readonly (number | undefined)[] {
  return cluster.pods().map(({ status }) => status?.containerStatuses?.[0]?.restartCount);
}

describe('K-38: a kubelet that nobody reaches', () => {
  test('started anew, starts nothing and kills nothing; and goes on as if nothing had been', () => {
    const cluster = clusterWith([pod('a')]);
    const cut = act(cluster, () => cluster.seams('cut').machine.partition(NODE));
    lift(
      cluster,
      act(cluster, () => cluster.seams('restart').process.crash(`kubelet/${NODE}`)),
    );
    cluster.runUntil(300_000);
    expect(running(cluster)).toEqual(['default/a']);
    lift(cluster, cut);
    cluster.runUntil(420_000);
    expect([running(cluster), restartsOf(cluster), cluster.events('kubelet.stopped')]).toEqual([
      ['default/a'],
      [0],
      [],
    ]);
    expect(cluster.pods()[0]?.status).toMatchObject({ phase: 'Running', containerStatuses: [{ ready: true }] });
  });

  test('restarts what crashes, and tells of it later', () => {
    const cluster = clusterWith([pod('a')]);
    const cut = act(cluster, () => cluster.seams('cut').machine.partition(NODE));
    act(cluster, () => cluster.seams('kill').machine.killPods(NODE, undefined, 137));
    cluster.runUntil(120_000);
    expect([running(cluster), restartsOf(cluster)]).toEqual([['default/a'], [0]]);
    lift(cluster, cut);
    cluster.runUntil(240_000);
    expect(restartsOf(cluster)).toEqual([1]);
  });

  test('K-37: after a loss of power has nothing to start until it hears of its pods', () => {
    const cluster = clusterWith([pod('a')]);
    const cut = act(cluster, () => cluster.seams('cut').machine.partition(NODE));
    const dark = act(cluster, () => cluster.seams('dark').machine.powerOff(NODE));
    cluster.runUntil(120_000);
    lift(cluster, dark);
    cluster.runUntil(300_000);
    expect(running(cluster)).toEqual([]);
    lift(cluster, cut);
    cluster.runUntil(420_000);
    expect([running(cluster), restartsOf(cluster)]).toEqual([['default/a'], [1]]);
  });
});

describe('K-39: what was done meanwhile to the pods of a kubelet that nobody reached', () => {
  test('a deletion is carried out when it is heard of, not before', () => {
    const cluster = clusterWith([pod('a')]);
    const cut = act(cluster, () => cluster.seams('cut').machine.partition(NODE));
    cluster.ask({ verb: 'delete', kind: 'Pod', key: 'default/a' });
    cluster.runUntil(200_000);
    expect([running(cluster), cluster.pods().length]).toEqual([['default/a'], 1]);
    lift(cluster, cut);
    cluster.runUntil(300_000);
    expect([running(cluster), cluster.pods()]).toEqual([[], []]);
    expect(cluster.events('kubelet.stopped')).toMatchObject([{ data: { why: 'deleted', tookMs: 2000 } }]);
  });

  test('K-33: a pod that was deleted by force is stopped, and nobody is told', () => {
    const cluster = clusterWith([pod('a')]);
    const cut = act(cluster, () => cluster.seams('cut').machine.partition(NODE));
    cluster.ask({ verb: 'delete', kind: 'Pod', key: 'default/a', gracePeriodSeconds: 0 });
    cluster.runUntil(200_000);
    expect([running(cluster), cluster.pods()]).toEqual([['default/a'], []]);
    lift(cluster, cut);
    cluster.runUntil(300_000);
    expect(running(cluster)).toEqual([]);
    expect(cluster.events('kubelet.stopped')).toMatchObject([{ data: { why: 'vanished' } }]);
  });

  test('a Node made anew gets a second agent while the first one still runs', () => {
    const cluster = clusterWith([], { termination: { fixed: 20_000 } });
    cluster.ask({ verb: 'create', object: agent() });
    cluster.runUntil(100_000);
    const node = cluster.nodeObject(NODE);
    if (node === undefined) throw new Error('the node is not there');
    const cut = act(cluster, () => cluster.seams('cut').machine.partition(NODE));
    cluster.ask({ verb: 'delete', kind: 'Node', key: NODE });
    cluster.runUntil(240_000);
    expect([running(cluster).length, cluster.pods()]).toEqual([1, []]);
    const { name, labels } = node.metadata;
    cluster.ask({
      verb: 'create',
      object: { ...node, metadata: { name, ...(labels === undefined ? {} : { labels }) } },
    });
    cluster.runUntil(280_000);
    expect([running(cluster).length, cluster.pods().length]).toEqual([1, 1]);
    lift(cluster, cut);
    const most = Array.from({ length: 120 }, () => {
      cluster.runFor(1000);
      return running(cluster).length;
    });
    expect([Math.max(...most), most.at(-1)]).toEqual([2, 1]);
    expect(running(cluster)).toEqual(cluster.pods().map(({ metadata }) => `${metadata.namespace}/${metadata.name}`));
  });
});

describe('K-40: a Node that is deleted while its kubelet lives', () => {
  test('comes back only when the kubelet starts anew; its pods go with it', () => {
    const cluster = clusterWith([pod('a')]);
    cluster.ask({ verb: 'delete', kind: 'Node', key: NODE });
    cluster.runUntil(60_000 + 30_000);
    expect([running(cluster), cluster.nodeObject(NODE)]).toEqual([['default/a'], undefined]);
    cluster.runUntil(600_000);
    expect([running(cluster), cluster.pods(), cluster.nodeObject(NODE)]).toEqual([[], [], undefined]);
    lift(
      cluster,
      act(cluster, () => cluster.seams('restart').process.crash(`kubelet/${NODE}`)),
    );
    cluster.runUntil(660_000);
    expect(cluster.nodeObject(NODE)?.status?.conditions?.find(({ type }) => type === 'Ready')?.status).toBe('True');
  });
});

describe('the room that a pod takes', () => {
  const half = { containers: [{ name: 'c', image: 'i:v1', resources: { requests: { cpu: '2500m' } } }] };

  test('K-13: a terminating pod counts until its containers are gone', () => {
    const cluster = clusterWith([pod('a', half)], { termination: { fixed: 20_000 } });
    cluster.ask({ verb: 'delete', kind: 'Pod', key: 'default/a' });
    cluster.runFor(5000);
    cluster.ask({ verb: 'create', object: pod('b', half) });
    cluster.runUntil(76_000);
    expect(cluster.pods().find(({ metadata }) => metadata.name === 'b')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'OutOfcpu',
    });
  });

  test('K-41: one that has ended does not, though its object stays', () => {
    const crash = { after: { fixed: 5000 }, exitCode: 0 };
    const cluster = clusterWith([pod('a', { ...half, restartPolicy: 'Never' })], { crash });
    expect([cluster.pods()[0]?.status?.phase, running(cluster)]).toEqual(['Succeeded', []]);
    cluster.ask({ verb: 'create', object: pod('b', half) });
    cluster.runUntil(63_000);
    expect(running(cluster)).toEqual(['default/b']);
  });

  test('K-42: between the last status and the final delete a pod is both terminal and terminating', () => {
    const cluster = clusterWith([pod('a')]);
    const refuse = act(cluster, () =>
      cluster
        .seams('refuse')
        .api.fail({ client: `kubelet/${NODE}`, verb: 'delete' }, 'InternalError', { numerator: 1, denominator: 1 }),
    );
    cluster.ask({ verb: 'delete', kind: 'Pod', key: 'default/a' });
    cluster.runUntil(120_000);
    expect(cluster.pods()).toMatchObject([{ metadata: { name: 'a' }, status: { phase: 'Succeeded' } }]);
    expect(cluster.pods()[0]?.metadata.deletionTimestamp).toBeDefined();
    lift(cluster, refuse);
    cluster.runUntil(140_000);
    expect(cluster.pods()).toEqual([]);
  });
});

describe('a quiet hour', () => {
  test('K-2, K-3: an idle node is written once in five minutes, whatever runs on it', () => {
    // Otherwise reports that say nothing new are left out.
    const cluster = clusterWith([pod('a')], {}, { level: 'full' });
    const writes: number[] = [];
    let version = cluster.nodeObject(NODE)?.metadata.resourceVersion;
    while (cluster.world.engine.nowMs < 3_600_000) {
      cluster.runFor(100);
      const now = cluster.nodeObject(NODE)?.metadata.resourceVersion;
      if (now !== version) writes.push(cluster.world.engine.nowMs);
      version = now;
    }
    const gaps = writes.slice(1).map((atMs, i) => atMs - (writes[i] ?? 0));
    expect(writes.length).toBeGreaterThanOrEqual(11);
    for (const gap of gaps) {
      expect(gap).toBeGreaterThanOrEqual(300_000);
      expect(gap).toBeLessThan(310_100);
    }
  });

  test('K-8: pods that were there when the kubelet came are admitted by age', () => {
    const cluster = clusterWith([pod('c')]);
    cluster.runFor(2000);
    for (const name of ['b', 'a']) {
      cluster.ask({ verb: 'create', object: pod(name) });
      cluster.runFor(2000);
    }
    cluster.runUntil(120_000);
    const dark = act(cluster, () => cluster.seams('dark').machine.powerOff(NODE));
    lift(cluster, dark);
    cluster.runUntil(200_000);
    const again = cluster.events('machine.containerStarted').slice(3);
    expect(again.map(({ object }) => object)).toEqual(['pod/default/c', 'pod/default/b', 'pod/default/a']);
  });
});

describe('K-5: what a kubelet tells of its own start', () => {
  function told(bend: (cluster: TestCluster) => Lift, level: 'default' | 'full'): readonly unknown[] {
    const cluster = createCluster(1, { level });
    cluster.runUntil(20_000);
    lift(
      cluster,
      act(cluster, () => bend(cluster)),
    );
    cluster.runUntil(60_000);
    return cluster
      .events()
      .filter(({ type }) => type === 'apiEvent.Starting' || type === 'apiEvent.Rebooted')
      .map(({ object, data }) => [object, data?.['type'], String(data?.['message']).replace(/id: .+/, 'id: …')]);
  }
  const starting = ['node/pool-0', 'Normal', 'Starting kubelet.'];
  const rebooted = ['node/pool-0', 'Warning', 'Node pool-0 has been rebooted, boot id: …'];

  test('a new boot is told, a restart is not', () => {
    expect(told((cluster) => cluster.seams('dark').machine.powerOff(NODE), 'default')).toEqual([rebooted]);
    expect(told((cluster) => cluster.seams('dark').machine.powerOff(NODE), 'full')).toEqual([starting, rebooted]);
    expect(told((cluster) => cluster.seams('restart').process.crash(`kubelet/${NODE}`), 'full')).toEqual([starting]);
  });
});
