/** Who leads the control plane, and for how long nobody does. Exact to the millisecond: requests about leases take 8 ms. */
import type { Lease } from '@everynode/core/api/node';
import { describe, expect, test } from 'vitest';
import { agent, createCluster, type TestCluster } from '../cluster/testCluster.ts';
import type { HouseOptions } from '../cluster/testHouse.ts';
import type { Json } from '../plan.ts';
import { beginFault } from '../run/beginFault.ts';
import { CONTROL_PLANE } from '../cluster/cluster.ts';
import { PROCESS_GROUPS } from '../seams/processGroups.ts';
import { disruption } from './disruption.ts';
import { namespaceController } from './namespaceController.ts';
import { resourceQuotaController } from './resourceQuotaController.ts';

const MANAGER = 'kube-controller-manager';
const SCHEDULER = 'kube-scheduler';
const CONTROLLERS = ['node-lifecycle', 'taint-eviction', 'pod-gc', 'garbage-collector', 'daemonset-controller'];

function start(replicas: number, options: HouseOptions = {}): TestCluster {
  const cluster = createCluster(2, { controlPlane: { replicas }, ...options });
  cluster.ask({ verb: 'create', object: agent() });
  cluster.runUntil(60_000);
  return cluster;
}

function fault(cluster: TestCluster, type: string, params: Readonly<Record<string, Json>>, id = 'f'): () => void {
  return beginFault(cluster, id, type, params, []);
}

/** `kube-controller-manager/1 at 75123`, for each election. */
function elections(cluster: TestCluster, group = MANAGER): readonly { by: string; atMs: number }[] {
  return cluster
    .events('leader.elected')
    .filter(({ actor }) => actor.startsWith(group))
    .map(({ actor, atMs }) => ({ by: actor, atMs }));
}

function leaseOf(cluster: TestCluster, group = MANAGER): Lease['spec'] {
  return (cluster.world.store.get('Lease', `kube-system/${group}`) as Lease).spec;
}

const isAlive = (cluster: TestCluster, name: string): boolean => cluster.world.processes.isAlive(name);

/** When the candidate saw the lease change last, and when it looks next: from the requests that a full trace tells of. */
function looks(cluster: TestCluster, replica: string): readonly number[] {
  return cluster
    .events('lease.updated')
    .filter(({ actor }) => actor === replica)
    .map(({ atMs }) => atMs);
}

test('L-1: the groups name the controllers that there are', () => {
  const named = new Set(Object.values(PROCESS_GROUPS).flat());
  const onDemand = [namespaceController, resourceQuotaController, disruption];
  expect(new Set([...CONTROL_PLANE, ...onDemand].map(({ name }) => name))).toEqual(named);
});

describe('an undisturbed control plane', () => {
  test('L-1: costs no events and no records, however many replicas it has', () => {
    const events = [1, 5].map((replicas) => {
      const cluster = createCluster(2, { controlPlane: { replicas } });
      cluster.runUntil(3_600_000);
      return [cluster.world.engine.events, cluster.world.store.list('Lease').length, cluster.events().length];
    });
    expect(events[1]).toEqual(events[0]);
  });

  test('L-1: in a full trace the leader renews every 2,008 ms, and nobody else writes', () => {
    const cluster = start(3, { level: 'full' });
    const atMs = looks(cluster, `${MANAGER}/0`);
    expect(atMs.length).toBeGreaterThan(25);
    expect(new Set(atMs.slice(1).map((each, i) => each - (atMs[i] ?? 0)))).toEqual(new Set([2008]));
    expect([looks(cluster, `${MANAGER}/1`), looks(cluster, `${MANAGER}/2`)]).toEqual([[], []]);
    expect(leaseOf(cluster)).toMatchObject({
      holderIdentity: `${MANAGER}-0_1`,
      leaseDurationSeconds: 15,
      leaseTransitions: 0,
    });
  });

  test('L-1: after a disturbance it comes to rest again', () => {
    const cluster = start(3);
    fault(cluster, 'ControllerCrash', {})();
    cluster.runUntil(120_000);
    const { events } = cluster.world.engine;
    const quiet = start(1);
    quiet.runUntil(120_000);
    const before = quiet.world.engine.events;
    cluster.runUntil(1_000_000);
    quiet.runUntil(1_000_000);
    // Loops of new controllers have another phase: at most a round of each more. One candidate alone would have hundreds.
    expect(Math.abs(cluster.world.engine.events - events - (quiet.world.engine.events - before))).toBeLessThan(20);
  });
});

describe('L-1: a leader that crashes', () => {
  test('takes its controllers along at once; a standby follows 15 s after it saw the last renewal, at its next look', () => {
    const cluster = start(2, { level: 'full' });
    fault(cluster, 'ControllerCrash', {});
    expect(CONTROLLERS.filter((name) => isAlive(cluster, name))).toEqual([]);
    expect([isAlive(cluster, SCHEDULER), isAlive(cluster, `${MANAGER}/1`)]).toEqual([true, true]);
    cluster.runUntil(100_000);
    const [won, ...others] = elections(cluster);
    expect([won?.by, others]).toEqual([`${MANAGER}/1`, []]);
    const renewed = looks(cluster, `${MANAGER}/0`).at(-1) ?? 0;
    // Seen at a look within 4.4 s of the renewal, and taken at a look within 4.4 s after its end.
    expect((won?.atMs ?? 0) - renewed).toBeGreaterThan(15_000);
    expect((won?.atMs ?? 0) - renewed).toBeLessThan(15_000 + 2 * 4_416);
    expect(CONTROLLERS.filter((name) => !isAlive(cluster, name))).toEqual([]);
    expect(leaseOf(cluster)).toMatchObject({ holderIdentity: `${MANAGER}-1_1`, leaseTransitions: 1 });
    expect(cluster.events('apiEvent.LeaderElection')[0]?.data).toMatchObject({
      message: `${MANAGER}-1_1 became leader`,
    });
  });

  test('is followed at the same instant whether its rounds were events or left out', () => {
    for (const [type, forMs] of [
      ['ControllerCrash', 30_000],
      ['ControllerPause', 40_000],
      ['ControllerRestart', 1_000],
    ] as const) {
      for (const component of [MANAGER, SCHEDULER]) {
        const told = (['default', 'full'] as const).map((level) => {
          const cluster = start(3, { level });
          cluster.runUntil(600_001);
          const lift = fault(cluster, type, { component });
          cluster.runUntil(600_001 + forMs);
          lift();
          cluster.runUntil(900_000);
          return elections(cluster, component);
        });
        expect(told[0]).toHaveLength(1);
        expect(told[0]).toEqual(told[1]);
      }
    }
  });

  test('alone waits for its own lease: it is another candidate now, and its clock has only just seen the record', () => {
    const cluster = start(1);
    const lift = fault(cluster, 'ControllerCrash', {});
    cluster.runUntil(90_000);
    lift();
    cluster.runUntil(104_999);
    expect([isAlive(cluster, `${MANAGER}/0`), isAlive(cluster, 'daemonset-controller')]).toEqual([true, false]);
    cluster.runUntil(120_000);
    const [won] = elections(cluster);
    // First look answered at 90.004 s, so it ends at 105.004 s.
    expect(won?.atMs).toBeGreaterThan(105_004);
    expect(won?.atMs).toBeLessThan(105_004 + 4_416 + 16);
    expect(leaseOf(cluster).holderIdentity).toBe(`${MANAGER}-0_2`);
  });
});

describe('L-2: a process that is asked to end', () => {
  test.each([
    [SCHEDULER, '1.26', {}, true],
    [MANAGER, '1.36', {}, false],
    [MANAGER, '1.36', { ControllerManagerReleaseLeaderElectionLockOnExit: true }, true],
  ])('%s in %s with %j gives its lease back: %j', (component, kubernetesVersion, featureGates, isReleased) => {
    const cluster = start(2, { kubernetesVersion, featureGates });
    fault(cluster, 'ControllerRestart', { component });
    cluster.runUntil(60_004);
    expect(leaseOf(cluster, component).holderIdentity).toBe(isReleased ? '' : `${component}-0_1`);
    cluster.runUntil(90_000);
    const [won] = elections(cluster, component);
    if (isReleased) expect(won?.atMs).toBeLessThan(60_000 + 4_416 + 16);
    else expect(won?.atMs).toBeGreaterThan(70_000);
  });

  test('a single controller by its name is no process with a lease: it begins anew when the fault ends', () => {
    const cluster = start(2);
    const lift = fault(cluster, 'ControllerRestart', { component: 'daemonset-controller' });
    expect(CONTROLLERS.filter((name) => !isAlive(cluster, name))).toEqual(['daemonset-controller']);
    lift();
    expect([isAlive(cluster, 'daemonset-controller'), elections(cluster)]).toEqual([true, []]);
  });
});

describe('L-2: a leader that cannot renew', () => {
  test('ends ten seconds after the series began, not a millisecond earlier, with all its controllers; requests in flight land', () => {
    const cluster = start(1, { level: 'full' });
    const renewed = looks(cluster, `${MANAGER}/0`).at(-1) ?? 0;
    fault(cluster, 'ApiError', { client: `${MANAGER}/0`, kind: 'Lease' });
    // The answer came 4 ms after the renewal, the series began 2 s later.
    const endMs = renewed + 4 + 2000 + 10_000;
    cluster.runUntil(endMs - 1);
    expect(CONTROLLERS.filter((name) => !isAlive(cluster, name))).toEqual([]);
    cluster.runUntil(endMs);
    expect(CONTROLLERS.filter((name) => isAlive(cluster, name))).toEqual([]);
    expect(cluster.events('leader.lost').map(({ actor, atMs }) => [actor, atMs])).toEqual([[`${MANAGER}/0`, endMs]]);
    // Its container is started again at once: 200 ms (V-13).
    cluster.runUntil(endMs + 199);
    expect(isAlive(cluster, `${MANAGER}/0`)).toBe(false);
    cluster.runUntil(endMs + 200);
    expect(isAlive(cluster, `${MANAGER}/0`)).toBe(true);
  });

  test('is not disturbed by what hits its controllers alone, nor by requests that only take long', () => {
    const cluster = start(2);
    fault(cluster, 'ApiError', { client: 'daemonset-controller' }, 'a');
    fault(cluster, 'ApiLatency', { client: `${MANAGER}/0`, delay: { fixed: 3_000 } }, 'b');
    cluster.runUntil(200_000);
    expect([cluster.events('leader.lost'), elections(cluster)]).toEqual([[], []]);
  });

  test('a group’s name means all its clients: its replicas and every controller in them', () => {
    const cluster = start(1);
    fault(cluster, 'ApiError', { client: MANAGER });
    cluster.runUntil(80_000);
    expect(cluster.events('leader.lost')).toHaveLength(1);
  });
});

describe('L-3: a leader that stands still', () => {
  test('for less than the lease goes on as if nothing had been', () => {
    const cluster = start(2);
    const lift = fault(cluster, 'ControllerPause', { component: MANAGER });
    cluster.runUntil(69_000);
    lift();
    cluster.runUntil(120_000);
    expect([elections(cluster), cluster.events('leader.lost')]).toEqual([[], []]);
    expect(cluster.world.bites.of('f')).toBeGreaterThan(0);
  });

  test('for longer is followed; when it goes on both act, until its ten seconds to renew are over', () => {
    const cluster = start(2);
    const lift = fault(cluster, 'ControllerPause', { component: MANAGER });
    cluster.runUntil(90_000);
    expect(elections(cluster).map(({ by }) => by)).toEqual([`${MANAGER}/1`]);
    lift();
    cluster.runUntil(99_999);
    expect(cluster.events('leader.lost')).toEqual([]);
    cluster.runUntil(100_000);
    expect(cluster.events('leader.lost').map(({ actor, atMs }) => [actor, atMs])).toEqual([[`${MANAGER}/0`, 100_000]]);
    cluster.runUntil(130_000);
    expect(CONTROLLERS.map((name) => cluster.world.processes.hostOf(name))).toEqual(
      CONTROLLERS.map(() => `${MANAGER}/1`),
    );
    expect(CONTROLLERS.map((name) => cluster.world.processes.incarnation(name))).toEqual([2, 2, 2, 2, 2]);
  });

  test('writes late: a pod that it was about to create is created beside its successor’s', () => {
    const cluster = createCluster(3, { controlPlane: { replicas: 2 } });
    cluster.runUntil(60_000);
    cluster.ask({ verb: 'create', object: agent() });
    // Its sync has just sent the revision, and goes on to the pods when that is answered.
    cluster.runUntil(cluster.world.engine.nowMs + 8);
    const lift = fault(cluster, 'ControllerPause', { component: MANAGER });
    cluster.runUntil(90_000);
    expect(cluster.pods()).toHaveLength(3);
    lift();
    cluster.runUntil(90_100);
    expect(cluster.pods().length).toBeGreaterThan(3);
    cluster.runUntil(120_000);
    expect(cluster.pods().filter(({ metadata }) => metadata.deletionTimestamp === undefined)).toHaveLength(3);
  });
});

test('L-1: a candidate whose clock runs ahead judges by its own clock from when it saw the record, so nothing changes', () => {
  const cluster = start(2);
  fault(cluster, 'ClockSkew', { component: `${MANAGER}/1`, by: 3_600_000 });
  cluster.runUntil(200_000);
  // One look by the old time and one by the new one make the record old once, but it has changed by then.
  expect(elections(cluster)).toEqual([]);
});

test('L-4: the next leader lists from scratch, and up to 1.34 a cache that lags shows it the past', () => {
  const cluster = start(2, { kubernetesVersion: '1.34' });
  const [pod] = cluster.pods();
  cluster.ask({ verb: 'delete', kind: 'Pod', key: `kube-system/${pod?.metadata.name}`, gracePeriodSeconds: 0 });
  beginFault(cluster, 'old', 'StaleList', { client: 'daemonset-controller', kind: 'Pod', behind: 50_000 }, []);
  fault(cluster, 'ControllerCrash', {});
  cluster.runUntil(100_000);
  expect(cluster.world.bites.of('old')).toBe(1);
});

test('L-5: for users a failover is some seconds without any reaction; running pods notice nothing', () => {
  const cluster = start(2);
  const [pod] = cluster.pods();
  fault(cluster, 'ControllerCrash', {});
  cluster.ask({ verb: 'delete', kind: 'Pod', key: `kube-system/${pod?.metadata.name}`, gracePeriodSeconds: 0 });
  const [won] = ((): readonly { atMs: number }[] => {
    cluster.runUntil(90_000);
    return elections(cluster);
  })();
  const created = cluster.events('pod.created').at(-1);
  expect(created?.atMs).toBeGreaterThan(won?.atMs ?? 0);
  expect((created?.atMs ?? 0) - (won?.atMs ?? 0)).toBeLessThan(200);
});
