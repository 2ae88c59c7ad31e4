import type { Lift } from '../seams/seams.ts';
import { describe, expect, test } from 'vitest';
import { agent, createCluster, type TestCluster } from '../cluster/testCluster.ts';

function readyOf(cluster: TestCluster, nodeName: string): string | undefined {
  return cluster.nodeObject(nodeName)?.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
}

function podReady(cluster: TestCluster, nodeName: string): string | undefined {
  return cluster.podOn(nodeName)?.status?.conditions?.find(({ type }) => type === 'Ready')?.status;
}

function taintsOf(cluster: TestCluster, nodeName: string): readonly string[] {
  return (cluster.nodeObject(nodeName)?.spec?.taints ?? []).map(
    ({ key, effect }) => `${key.replace('node.kubernetes.io/', '')}:${effect}`,
  );
}

/** Begins a fault of the machine seam as a run does it: with a record of its own as its cause. */
function begin(cluster: TestCluster, move: (step: string) => Lift): Lift {
  const seq = cluster.world.journal.event({ type: 'fault.begin', actor: 'fault/test' });
  return cluster.world.engine.withCause(seq, () => move('test'));
}

function withAgents(nodes: number, version = '1.36'): TestCluster {
  const cluster = createCluster(nodes, { kubernetesVersion: version });
  cluster.ask({ verb: 'create', object: agent() });
  cluster.runUntil(60_000);
  return cluster;
}

describe('a node that loses its power', () => {
  test('is Unknown after the grace, its pod NotReady, tainted twice, and all of it is undone when it comes back', () => {
    const cluster = withAgents(3);
    const lift = begin(cluster, (step) => cluster.seams(step).machine.powerOff('pool-1'));
    const timedOutAtMs = (): number => cluster.events('node.timedOut')[0]?.atMs ?? 0;
    cluster.runUntil(112_000);
    expect(readyOf(cluster, 'pool-1')).toBe('True');
    cluster.runUntil(125_000);
    // Death at 60 s; the last renewal was noticed at most a period and a pass earlier.
    expect(timedOutAtMs()).toBeGreaterThan(100_000);
    expect(timedOutAtMs()).toBeLessThan(120_000);
    expect([readyOf(cluster, 'pool-1'), podReady(cluster, 'pool-1'), podReady(cluster, 'pool-0')]).toEqual([
      'Unknown',
      'False',
      'True',
    ]);
    expect(taintsOf(cluster, 'pool-1')).toEqual(['unreachable:NoSchedule', 'unreachable:NoExecute']);
    expect(cluster.daemonSet().status).toMatchObject({
      desiredNumberScheduled: 2,
      numberMisscheduled: 1,
      numberAvailable: 2,
    });
    cluster.runUntil(300_000);
    lift();
    cluster.runUntil(330_000);
    expect([readyOf(cluster, 'pool-1'), podReady(cluster, 'pool-1'), taintsOf(cluster, 'pool-1')]).toEqual([
      'True',
      'True',
      [],
    ]);
    expect(cluster.podOn('pool-1')?.status?.containerStatuses?.[0]?.restartCount).toBe(1);
    expect(cluster.daemonSet().status).toMatchObject({
      desiredNumberScheduled: 3,
      numberMisscheduled: 0,
      numberAvailable: 3,
    });
  });

  test('the NoExecute taint comes one pass after the NoSchedule taint, and its chain of causes ends at the fault', () => {
    const cluster = withAgents(3);
    begin(cluster, (step) => cluster.seams(step).machine.powerOff('pool-1'));
    cluster.runUntil(130_000);
    const writes = cluster
      .events('node.updated')
      .filter(({ node, actor }) => node === 'pool-1' && actor === 'node-lifecycle');
    const [unknown, noSchedule, noExecute] = writes;
    expect((noExecute?.atMs ?? 0) - (unknown?.atMs ?? 0)).toBeGreaterThan(5000);
    expect((noSchedule?.atMs ?? 0) - (unknown?.atMs ?? 0)).toBeLessThan(20);
    expect(cluster.chain(noExecute?.seq ?? -1)).toEqual([
      'node.updated',
      'node.updated',
      'node.updated',
      'node.timedOut',
      'machine.poweredOff',
      'fault.begin',
    ]);
  });

  test('has 40 s of grace up to 1.31 and 50 s from 1.32 on', () => {
    const timedOut = (version: string): number => {
      const cluster = withAgents(3, version);
      begin(cluster, (step) => cluster.seams(step).machine.powerOff('pool-1'));
      cluster.runUntil(180_000);
      return cluster.events('node.timedOut')[0]?.atMs ?? 0;
    };
    expect(timedOut('1.32') - timedOut('1.31')).toBe(10_000);
  });

  test('its pod is not replaced while the kubelet is silent, and goes when the node is back', () => {
    const cluster = withAgents(3);
    const lift = begin(cluster, (step) => cluster.seams(step).machine.powerOff('pool-1'));
    cluster.runUntil(130_000);
    const name = cluster.podOn('pool-1')?.metadata.name;
    cluster.ask({ verb: 'delete', kind: 'Pod', key: `kube-system/${name}` });
    cluster.runUntil(300_000);
    expect(
      cluster
        .pods()
        .filter(({ spec }) => spec.nodeName === 'pool-1')
        .map(({ metadata }) => metadata.name),
    ).toEqual([name]);
    lift();
    cluster.runUntil(360_000);
    expect(cluster.podOn('pool-1')?.metadata.name).not.toBe(name);
    expect(podReady(cluster, 'pool-1')).toBe('True');
  });
});

describe('all zones down', () => {
  test('nobody is NoExecute-tainted, and every node gets a new grace when one comes back', () => {
    const cluster = withAgents(2);
    const lifts = ['pool-0', 'pool-1'].map((name) =>
      begin(cluster, (step) => cluster.seams(step).machine.powerOff(name)),
    );
    cluster.runUntil(200_000);
    expect(cluster.events('node.allZonesDown')).toHaveLength(1);
    expect([taintsOf(cluster, 'pool-0'), taintsOf(cluster, 'pool-1')]).toEqual([
      ['unreachable:NoSchedule'],
      ['unreachable:NoSchedule'],
    ]);
    lifts[0]?.();
    cluster.runUntil(240_000);
    expect(cluster.events('node.zonesBack')).toHaveLength(1);
    expect(taintsOf(cluster, 'pool-0')).toEqual([]);
    expect(taintsOf(cluster, 'pool-1')).toEqual(['unreachable:NoSchedule', 'unreachable:NoExecute']);
  });

  test('N-19, N-20: a zone with nothing but excluded nodes is not asked: all zones are down without it', () => {
    const zone = 'topology.kubernetes.io/zone';
    const excluded = { [zone]: 'control', 'node.kubernetes.io/exclude-disruption': '' };
    const pools = [
      { name: 'pool', count: 2, capacity: {}, labels: { [zone]: 'a' } },
      { name: 'control', count: 1, capacity: {}, labels: excluded },
    ];
    const cluster = createCluster(0, { pools });
    cluster.runUntil(60_000);
    for (const name of ['pool-0', 'pool-1'])
      begin(cluster, (step) => cluster.seams(step + name).machine.powerOff(name));
    cluster.runUntil(200_000);
    expect(cluster.events('node.allZonesDown')).toMatchObject([{ data: { zones: 1 } }]);
    expect([taintsOf(cluster, 'pool-0'), taintsOf(cluster, 'pool-1')]).toEqual([
      ['unreachable:NoSchedule'],
      ['unreachable:NoSchedule'],
    ]);
  });

  test('of ten dead nodes of twenty-one, one is tainted at once and then one every ten seconds', () => {
    const cluster = withAgents(21);
    for (let i = 0; i < 10; i += 1)
      begin(cluster, (step) => cluster.seams(`${step}${i}`).machine.powerOff(`pool-${i}`));
    cluster.runUntil(240_000);
    const tainted = cluster
      .events('node.updated')
      .filter(
        ({ actor, patch }) =>
          actor === 'node-lifecycle' &&
          patch?.some(([path, value]) => path === 'taints' && String(value).endsWith(':NoExecute')) === true,
      )
      .map(({ atMs }) => atMs);
    expect(tainted).toHaveLength(10);
    expect(tainted.slice(1).map((atMs, i) => Math.round((atMs - (tainted[i] ?? 0)) / 1000))).toEqual([
      10, 10, 10, 10, 10, 10, 10, 10, 10,
    ]);
  });
});

describe('a node that cannot be reached', () => {
  test('goes on running its pod, and says so again within ten seconds of the link', () => {
    const cluster = withAgents(3);
    const lift = begin(cluster, (step) => cluster.seams(step).machine.partition('pool-1'));
    cluster.runUntil(200_000);
    expect([readyOf(cluster, 'pool-1'), podReady(cluster, 'pool-1')]).toEqual(['Unknown', 'False']);
    expect(cluster.world.machines.get('pool-1')?.running).toHaveLength(1);
    const startedAtMs = cluster.world.machines.get('pool-1')?.running[0]?.containers[0]?.startedAtMs;
    lift();
    cluster.runUntil(225_000);
    expect([readyOf(cluster, 'pool-1'), podReady(cluster, 'pool-1'), taintsOf(cluster, 'pool-1')]).toEqual([
      'True',
      'True',
      [],
    ]);
    expect(cluster.world.machines.get('pool-1')?.running[0]?.containers[0]?.startedAtMs).toBe(startedAtMs);
    expect(cluster.podOn('pool-1')?.status?.containerStatuses?.[0]?.restartCount).toBe(0);
  });

  test('stops a pod that was deleted meanwhile only when it hears of it', () => {
    const cluster = withAgents(3);
    const lift = begin(cluster, (step) => cluster.seams(step).machine.partition('pool-1'));
    cluster.ask({
      verb: 'delete',
      kind: 'Pod',
      key: `kube-system/${cluster.podOn('pool-1')?.metadata.name}`,
      gracePeriodSeconds: 0,
    });
    cluster.runUntil(100_000);
    expect(cluster.world.machines.get('pool-1')?.running).toHaveLength(1);
    lift();
    cluster.runUntil(140_000);
    const running = cluster.world.machines.get('pool-1')?.running ?? [];
    expect(running.map(({ key }) => key)).toEqual([`kube-system/${cluster.podOn('pool-1')?.metadata.name}`]);
  });
});

describe('a node that boots again within its grace', () => {
  test('never looks silent from outside; its conditions keep their transition times, but for Ready', () => {
    const cluster = withAgents(2);
    const lift = begin(cluster, (step) => cluster.seams(step).machine.powerOff('pool-1'));
    cluster.runUntil(80_000);
    lift();
    cluster.runUntil(120_000);
    expect(cluster.events('node.timedOut')).toEqual([]);
    const changed = cluster
      .nodeObject('pool-1')
      ?.status?.conditions?.map(({ type, lastTransitionTime }) => [type, lastTransitionTime]);
    expect(changed).toEqual([
      ['MemoryPressure', '2026-01-01T00:00:00Z'],
      ['DiskPressure', '2026-01-01T00:00:00Z'],
      ['PIDPressure', '2026-01-01T00:00:00Z'],
      ['Ready', '2026-01-01T00:01:25Z'],
    ]);
    expect(cluster.podOn('pool-1')?.status?.containerStatuses?.[0]).toMatchObject({ restartCount: 1, ready: true });
  });
});

describe('a kubelet that restarts', () => {
  test('in the middle of stopping a pod brings the stop to its end', () => {
    const cluster = withAgents(2);
    cluster.ask({ verb: 'delete', kind: 'Pod', key: `kube-system/${cluster.podOn('pool-1')?.metadata.name}` });
    cluster.runUntil(60_100);
    expect(cluster.world.machines.get('pool-1')?.running[0]?.stopping).toBe(true);
    begin(cluster, (step) => cluster.seams(step).process.crash('kubelet/pool-1'))();
    cluster.runUntil(90_000);
    const [running] = cluster.world.machines.get('pool-1')?.running ?? [];
    expect(running?.uid).toBe(cluster.podOn('pool-1')?.metadata.uid);
    expect(cluster.world.machines.get('pool-1')?.running).toHaveLength(1);
  });

  test('finds containers whose pod was deleted meanwhile, and stops them', () => {
    const cluster = withAgents(2);
    const lift = begin(cluster, (step) => cluster.seams(step).process.crash('kubelet/pool-1'));
    cluster.ask({
      verb: 'delete',
      kind: 'Pod',
      key: `kube-system/${cluster.podOn('pool-1')?.metadata.name}`,
      gracePeriodSeconds: 0,
    });
    lift();
    cluster.runUntil(100_000);
    expect(cluster.events('kubelet.stopped').map(({ data }) => data?.['why'])).toEqual(['unknown']);
    expect(cluster.world.machines.get('pool-1')?.running.map(({ uid }) => uid)).toEqual([
      cluster.podOn('pool-1')?.metadata.uid,
    ]);
  });

  test('leaves its containers running and counts no restart', () => {
    const cluster = withAgents(2);
    const lift = begin(cluster, (step) => cluster.seams(step).process.crash('kubelet/pool-1'));
    cluster.runUntil(70_000);
    lift();
    cluster.runUntil(90_000);
    expect(cluster.world.machines.get('pool-1')?.running).toHaveLength(1);
    expect(cluster.podOn('pool-1')?.status?.containerStatuses?.[0]).toMatchObject({ ready: true, restartCount: 0 });
    expect(readyOf(cluster, 'pool-1')).toBe('True');
  });

  test.each([
    ['1.32', [1, 2], 'desired flaps'],
    ['1.36', [2], 'the node queue lets it pass'],
  ])(
    'posts NotReady for a moment, so the node is tainted for a second: in %s desired goes through %j (%s)',
    (version, expected) => {
      const cluster = withAgents(2, version);
      const lift = begin(cluster, (step) => cluster.seams(step).process.crash('kubelet/pool-1'));
      lift();
      cluster.runUntil(90_000);
      const desired = cluster
        .events('ds.updated')
        .flatMap(({ patch }) => (patch ?? []).filter(([path]) => path === 'desired').map(([, value]) => value));
      expect(desired.slice(-expected.length)).toEqual(expected);
      const taints = cluster
        .events('node.updated')
        .flatMap(({ patch }) => (patch ?? []).filter(([path]) => path === 'taints').map(([, value]) => value));
      expect(taints).toEqual(['node.kubernetes.io/not-ready:NoSchedule', null]);
    },
  );
});
