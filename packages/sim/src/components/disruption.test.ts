/** The disruption controller at its door: what it counts, when it says so, and what a drain then may do. */
import type { PodDisruptionBudget } from '@everynode/core/api/disruptionBudget';
import type { Pod } from '@everynode/core/api/pod';
import { describe, expect, test } from 'vitest';
import { agent, createCluster, type TestCluster } from '../cluster/testCluster.ts';
import { createHouse, type House, testPod } from '../cluster/testHouse.ts';
import { outsideClient } from '../cluster/world.ts';
import { drainNodes } from '../kubectl/draining.ts';
import { disruption } from './disruption.ts';

const KEY = 'default/budget';
const LIMITS = { qps: 1000, burst: 1000 };

function budget(spec: Partial<PodDisruptionBudget['spec']>, namespace = 'default'): PodDisruptionBudget {
  const metadata = { name: 'budget', namespace };
  return {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata,
    spec: { selector: { matchLabels: { app: 'web' } }, ...spec },
  };
}

function statusOf(house: House, key = KEY): PodDisruptionBudget['status'] {
  return house.world.store.get('PodDisruptionBudget', key)?.status;
}

/** Runs a pod `web-<n>` on n1, ready or not. */
function addPod(house: House, n: number, isReady = true): void {
  const name = `web-${n}`;
  const pod: Pod = {
    ...testPod(name, { grace: 30 }),
    metadata: { name, namespace: 'default', labels: { app: 'web' } },
  };
  house.ask({ verb: 'create', object: pod });
  house.ask({ verb: 'bind', key: `default/${name}`, nodeName: 'n1' });
  setReady(house, n, isReady);
}

function setReady(house: House, n: number, isReady: boolean): void {
  const conditions = [{ type: 'Ready', status: isReady ? 'True' : 'False' }];
  const patch = { type: 'strategic', body: { status: { phase: 'Running', conditions } } } as const;
  house.ask({ verb: 'patch', kind: 'Pod', key: `default/web-${n}`, patch, subresource: 'status' });
}

function houseWith(spec: Partial<PodDisruptionBudget['spec']>, pods: number): House {
  const house = createHouse();
  house.process(disruption.name, (ctx) => disruption.start(ctx));
  expect(disruption.limits(house.world.settings)).not.toEqual(LIMITS);
  for (let n = 0; n < pods; n += 1) addPod(house, n);
  house.ask({ verb: 'create', object: budget(spec) });
  house.runFor(1000);
  return house;
}

describe('D-3: what a budget allows', () => {
  test.each([
    [
      'healthy pods beyond the demand',
      { minAvailable: 2 },
      3,
      { disruptionsAllowed: 1, currentHealthy: 3, desiredHealthy: 2, expectedPods: 3 },
    ],
    [
      'exactly as many as demanded',
      { minAvailable: 3 },
      3,
      { disruptionsAllowed: 0, currentHealthy: 3, desiredHealthy: 3 },
    ],
    ['fewer than demanded', { minAvailable: 4 }, 3, { disruptionsAllowed: 0, desiredHealthy: 4 }],
    ['no pods at all', { minAvailable: 0 }, 0, { disruptionsAllowed: 0, expectedPods: 0 }],
    [
      'pods without controllers have no share in a percentage',
      { maxUnavailable: '50%' },
      3,
      { disruptionsAllowed: 0, expectedPods: 0, desiredHealthy: 0 },
    ],
  ])('%s', (_what, spec, pods, expected) => {
    const house = houseWith(spec, pods);
    expect(statusOf(house)).toMatchObject({ ...expected, observedGeneration: 1 });
    const isAllowed = expected.disruptionsAllowed > 0;
    expect(statusOf(house)?.conditions).toMatchObject([
      { status: isAllowed ? 'True' : 'False', reason: isAllowed ? 'SufficientPods' : 'InsufficientPods' },
    ]);
  });

  test('a pod that turns unready, is marked for deletion, or goes, is no healthy one', () => {
    const house = houseWith({ minAvailable: 1 }, 3);
    setReady(house, 0, false);
    house.runFor(1000);
    expect(statusOf(house)).toMatchObject({ currentHealthy: 2, disruptionsAllowed: 1, expectedPods: 3 });
    house.ask({ verb: 'delete', kind: 'Pod', key: 'default/web-1' });
    house.runFor(1000);
    expect(statusOf(house)).toMatchObject({ currentHealthy: 1, disruptionsAllowed: 0, expectedPods: 3 });
    house.ask({ verb: 'delete', kind: 'Pod', key: 'default/web-1', gracePeriodSeconds: 0 });
    house.runFor(1000);
    expect(statusOf(house)).toMatchObject({ currentHealthy: 1, expectedPods: 2 });
  });

  test('a grant whose pod does not go is forgotten after 2 min, not a moment before', () => {
    const house = houseWith({ minAvailable: 1 }, 2);
    const grantedAtMs = 60_000;
    house.runFor(grantedAtMs - house.world.engine.nowMs);
    // As when the server dies between the grant and the deletion.
    const status = statusOf(house);
    const disruptedPods = { 'web-0': '2026-01-01T00:01:00Z' };
    const object = {
      ...budget({ minAvailable: 1 }),
      status: { ...status, disruptionsAllowed: 0, disruptedPods },
    } as PodDisruptionBudget;
    house.ask({ verb: 'updateStatus', object });
    house.runFor(grantedAtMs + 120_000 - house.world.engine.nowMs);
    expect(statusOf(house)).toMatchObject({ currentHealthy: 1, disruptedPods });
    house.runFor(1000);
    expect(statusOf(house)).toMatchObject({ currentHealthy: 2, disruptionsAllowed: 1 });
    expect(house.events('apiEvent.NotDeleted')).toMatchObject([
      { atMs: grantedAtMs + 120_001, object: 'pod/default/web-0' },
    ]);
  });
});

describe('D-4: budgets over daemon pods', () => {
  const daemonBudget = (spec: Partial<PodDisruptionBudget['spec']>): PodDisruptionBudget =>
    budget({ selector: { matchLabels: { app: 'agent' } }, ...spec }, 'kube-system');
  const clusterWith = (spec: Partial<PodDisruptionBudget['spec']>): TestCluster => {
    const cluster = createCluster(3, { objects: [daemonBudget(spec)] });
    cluster.ask({ verb: 'create', object: daemonBudget(spec) });
    cluster.ask({ verb: 'create', object: agent() });
    cluster.runUntil(60_000);
    return cluster;
  };

  test.each([[{ maxUnavailable: 1 }], [{ maxUnavailable: '50%' }], [{ minAvailable: '50%' }]])(
    '%j cannot be counted, is told once, and allows nothing',
    (spec) => {
      const cluster = clusterWith(spec);
      const why = 'daemonsets.apps does not implement the scale subresource';
      expect(statusOf(cluster, 'kube-system/budget')).toMatchObject({
        disruptionsAllowed: 0,
        conditions: [{ status: 'False', reason: 'SyncFailed', message: why }],
      });
      expect(cluster.events('apiEvent.CalculateExpectedPodCountFailed')).toMatchObject([
        {
          object: 'pdb/kube-system/budget',
          data: { type: 'Warning', message: `Failed to calculate the number of expected pods: ${why}` },
        },
      ]);
    },
  );

  test('a whole minAvailable can, and a rolling update of the DaemonSet does not ask it', () => {
    const cluster = clusterWith({ minAvailable: 3 });
    expect(statusOf(cluster, 'kube-system/budget')).toMatchObject({ disruptionsAllowed: 0, currentHealthy: 3 });
    const [pod] = cluster.pods();
    const key = `kube-system/${pod?.metadata.name ?? ''}`;
    expect(cluster.ask({ verb: 'evict', key })).toMatchObject({ code: 429 });
    const containers = [{ name: 'agent', image: 'agent:v2' }];
    const patch = { type: 'strategic', body: { spec: { template: { spec: { containers } } } } } as const;
    cluster.ask({ verb: 'patch', kind: 'DaemonSet', key: 'kube-system/agent', patch });
    cluster.runUntil(180_000);
    expect(cluster.daemonSet().status).toMatchObject({ updatedNumberScheduled: 3, numberAvailable: 3 });
  });

  test('D-5: an evicted daemon pod comes back on its node, cordoned or not', () => {
    const cluster = clusterWith({ minAvailable: 1 });
    cluster.ask({
      verb: 'patch',
      kind: 'Node',
      key: 'pool-0',
      patch: { type: 'merge', body: { spec: { unschedulable: true } } },
    });
    const before = cluster.podOn('pool-0')?.metadata;
    expect(cluster.ask({ verb: 'evict', key: `kube-system/${before?.name ?? ''}` }).ok).toBe(true);
    cluster.runUntil(120_000);
    const after = cluster.podOn('pool-0');
    expect(after?.metadata.uid).not.toBe(before?.uid);
    expect(after?.status?.phase).toBe('Running');
  });

  test('where a plan has no budget, nobody looks after any', () => {
    const cluster = createCluster(1);
    expect(cluster.world.processes.incarnation('disruption')).toBe(0);
  });
});

describe('D-2, D-3: a drain against a budget', () => {
  function drain(house: House, options: Partial<Parameters<typeof drainNodes>[1]>): (readonly [number, string])[] {
    const { engine } = house.world;
    const user = outsideClient(house.world, 'user');
    const said: (readonly [number, string])[] = [];
    engine.withCause(0, () =>
      drainNodes(
        ['n1'],
        { ignoreDaemonSets: true, force: true, ...options },
        {
          nowMs: () => engine.nowMs,
          schedule: (delayMs, run) => void engine.schedule(delayMs, 'user', run),
          send: (request, done) => user.send(request, done),
          say: (message) => void said.push([engine.nowMs, message]),
        },
      ),
    );
    return said;
  }
  const REFUSED = `error when evicting pods/"web-0" -n "default" (will retry after 5s): Cannot evict pod as it would violate the pod's disruption budget.`;

  function houseOnNode(): House {
    const house = houseWith({ minAvailable: 1 }, 1);
    house.ask({ verb: 'create', object: { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n1' } } });
    return house;
  }

  test('what the budget refuses is tried again 5 s after each answer, until it is allowed', () => {
    const house = houseOnNode();
    const said = drain(house, {});
    house.runFor(12_000);
    const refusals = said.filter(([, message]) => message === REFUSED).map(([atMs]) => atMs);
    expect(refusals).toHaveLength(3);
    const [first = 0, second = 0, third = 0] = refusals;
    const roundTripMs = second - first - 5000;
    expect(roundTripMs).toBeGreaterThan(0);
    expect(roundTripMs).toBeLessThan(50);
    expect(third - second).toBe(second - first);
    addPod(house, 1);
    house.runFor(6000);
    house.ask({ verb: 'delete', kind: 'Pod', key: 'default/web-0', gracePeriodSeconds: 0 });
    house.runFor(2000);
    expect(said.slice(-2).map(([, message]) => message)).toEqual(['pod/web-0 evicted', 'node/n1 drained']);
  });

  test('a timeout gives the node up with kubectl’s words; what is deleted instead of evicted asks no budget', () => {
    const house = houseOnNode();
    const said = drain(house, { timeout: 7000 });
    house.runFor(20_000);
    expect(said.at(-1)?.[1]).toBe(
      'error: unable to drain node "n1" due to error: error when evicting pods/"web-0" -n "default": global timeout reached: 7s, continuing command...',
    );
    drain(house, { disableEviction: true, gracePeriodSeconds: 3 });
    house.runFor(1000);
    expect(house.world.store.get('Pod', 'default/web-0')?.metadata.deletionGracePeriodSeconds).toBe(3);
  });
});
