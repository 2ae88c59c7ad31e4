/** The cloud controller at its door: initialisation of new nodes, removal of nodes whose machine is gone, routes. */
import { findCondition } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import { describe, expect, test } from 'vitest';
import { addNode, type NodeOrders, removeNode, replaceNode } from '../cluster/cluster.ts';
import { agent, createCluster, type TestCluster } from '../cluster/testCluster.ts';
import { outsideClient } from '../cluster/world.ts';
import type { NodePool } from '../plan.ts';

const ZONE = 'topology.kubernetes.io/zone';
const UNINITIALIZED = 'node.cloudprovider.kubernetes.io/uninitialized';
const POOL: NodePool = {
  name: 'pool',
  count: 2,
  capacity: {},
  labels: { disk: 'ssd', [ZONE]: 'zone-a', 'node.kubernetes.io/instance-type': 'm5.large' },
  cloudProvider: 'external',
};
/** One cloud call, each of its quantiles where latencies have no spread. */
const CLOUD_CALL_MS = 200;
const PASS_MS = 5000;

function cluster(pool: Partial<NodePool> = {}): TestCluster {
  return createCluster(2, { pools: [{ ...POOL, ...pool }] });
}

function order(house: TestCluster, count = 1): void {
  const orders: NodeOrders = { counts: new Map([['pool', 2]]), waiting: new Map() };
  house.world.engine.withCause(0, () => {
    for (let i = 0; i < count; i += 1) addNode(house.world, orders, 'pool', 1000);
  });
}

function remove(house: TestCluster, name: string): void {
  const user = outsideClient(house.world, 'user');
  const orders: NodeOrders = { counts: new Map(), waiting: new Map() };
  house.world.engine.withCause(0, () =>
    removeNode(house.world, orders, name, (request, done) => user.send(request, done)),
  );
}

function taintsOf(node: Node | undefined): readonly string[] {
  return (node?.spec?.taints ?? []).map(({ key, effect }) => `${key}:${effect}`);
}

/** When a record of the type about the node was written for the first time. */
function firstAtMs(house: TestCluster, type: string, node: string): number {
  return house.events(type).find((event) => event.object === `node/${node}`)?.atMs ?? Number.NaN;
}

describe('X-1: a node that joins a cloud', () => {
  test('nodes of instant 0 are labelled, named and untainted', () => {
    const node = cluster().nodeObject('pool-0');
    expect(node?.metadata.labels).toMatchObject(POOL.labels ?? {});
    expect([node?.spec?.providerID, taintsOf(node)]).toEqual(['everynode:///i-00000001', []]);
  });

  test('registers uninitialized and without its place; one cloud call later it has both, in one write', () => {
    const house = cluster();
    order(house);
    house.runUntil(60_000);
    const createdAtMs = firstAtMs(house, 'node.created', 'pool-2');
    const [synced] = house.events('apiEvent.Synced');
    expect(synced).toMatchObject({
      object: 'node/pool-2',
      data: { type: 'Normal', message: 'Node synced successfully' },
    });
    expect((synced?.atMs ?? 0) - createdAtMs).toBeGreaterThan(CLOUD_CALL_MS);
    expect((synced?.atMs ?? 0) - createdAtMs).toBeLessThan(CLOUD_CALL_MS + 60);
    const [created, initialised] = house.changes
      .filter((change) => change.kind === 'Node' && change.key === 'pool-2')
      .map((change) => ('after' in change ? (change.after as Node) : undefined));
    expect(taintsOf(created)).toContain(`${UNINITIALIZED}:NoSchedule`);
    expect([created?.metadata.labels?.[ZONE], created?.metadata.labels?.['disk']]).toEqual([undefined, 'ssd']);
    expect(taintsOf(initialised)).not.toContain(`${UNINITIALIZED}:NoSchedule`);
    expect(initialised?.metadata.labels).toMatchObject(POOL.labels ?? {});
    expect(initialised?.spec?.providerID).toBe('everynode:///i-00000003');
  });

  test('a DaemonSet that selects a zone finds the node only once the cloud has said where it stands', () => {
    const house = cluster();
    const tolerations = [{ operator: 'Exists' }];
    house.ask({ verb: 'create', object: agent({}, { nodeSelector: { [ZONE]: 'zone-a' }, tolerations }) });
    house.runUntil(10_000);
    order(house);
    house.runUntil(60_000);
    const podAtMs = house.events('pod.created').find(({ node }) => node === 'pool-2')?.atMs ?? 0;
    const labelledAtMs =
      house.events('node.updated').find(({ node, actor }) => node === 'pool-2' && actor === 'cloud-controller-manager')
        ?.atMs ?? 0;
    expect(podAtMs).toBeGreaterThan(labelledAtMs);
    expect(podAtMs - labelledAtMs).toBeLessThan(100);
  });

  test('one worker initialises one node after the other', () => {
    const house = cluster();
    order(house, 3);
    house.runUntil(60_000);
    const [first = 0, second = 0, third = 0] = house.events('apiEvent.Synced').map(({ atMs }) => atMs);
    expect(second - first).toBeGreaterThan(CLOUD_CALL_MS);
    expect(third - second).toBeGreaterThan(CLOUD_CALL_MS);
  });

  test('without a cloud nothing of it is there, and with one that has nothing to do no event is spent', () => {
    const plain = createCluster(2);
    const idle = cluster();
    for (const each of [plain, idle]) each.runUntil(3_600_000);
    expect(plain.world.processes.incarnation('cloud-controller-manager')).toBe(0);
    // Its own watch: a list, and an event for each report of a node, every 5 min.
    expect(idle.world.engine.events - plain.world.engine.events).toBeLessThan(60);
  });
});

describe('N-24, X-7: a node whose machine is gone', () => {
  test('its Node stays Ready until node-lifecycle doubts it, and is deleted in the pass that follows, not before', () => {
    const house = cluster();
    house.ask({ verb: 'create', object: agent() });
    house.runUntil(60_000);
    remove(house, 'pool-1');
    house.runUntil(300_000);
    const unknownAtMs = house.events('node.timedOut').find(({ node }) => node === 'pool-1')?.atMs ?? 0;
    const deletedAtMs = firstAtMs(house, 'node.removed', 'pool-1');
    expect(unknownAtMs - 60_000).toBeGreaterThan(40_000);
    expect(unknownAtMs - 60_000).toBeLessThan(60_000);
    expect(deletedAtMs - unknownAtMs).toBeGreaterThan(CLOUD_CALL_MS);
    expect(deletedAtMs - unknownAtMs).toBeLessThan(PASS_MS + CLOUD_CALL_MS + 100);
    expect(house.events('apiEvent.DeletingNode')).toMatchObject([
      {
        object: 'node/pool-1',
        data: { message: 'Deleting node pool-1 because it does not exist in the cloud provider' },
      },
    ]);
    // Then pod GC: 40 to 80 s (G-4).
    const podGoneAtMs = house.events('pod.removed').find(({ node }) => node === 'pool-1')?.atMs ?? 0;
    expect(podGoneAtMs - deletedAtMs).toBeGreaterThan(40_000);
    expect(podGoneAtMs - deletedAtMs).toBeLessThan(81_000);
  });

  test('a node that is not Ready, but whose machine is there, stays', () => {
    const house = cluster();
    house.runUntil(60_000);
    house.seams('crash').machine.powerOff('pool-1');
    house.runUntil(400_000);
    expect(findCondition(house.nodeObject('pool-1')?.status?.conditions, 'Ready')?.status).toBe('Unknown');
    expect(house.events('apiEvent.DeletingNode')).toEqual([]);
  });

  test('without a cloud controller the Node goes with its machine', () => {
    const house = createCluster(2);
    house.runUntil(60_000);
    remove(house, 'pool-1');
    house.runUntil(60_100);
    expect(house.nodeObject('pool-1')).toBeUndefined();
  });
});

describe('X-3: routes', () => {
  test('a new node is out of use until the next round of routes has made its own; pods of the host network do not mind', () => {
    const house = cluster({ cloudRoutes: true });
    house.runUntil(10_000);
    order(house);
    house.runUntil(90_000);
    const story = house
      .events('node.updated')
      .filter(({ node }) => node === 'pool-2')
      .map(({ atMs, patch }) => [atMs, patch?.find(([field]) => field === 'taints')?.[1] ?? undefined] as const)
      .filter(([, taints]) => taints !== undefined);
    const isOut = (taints: unknown): boolean => String(taints).includes('network-unavailable:NoSchedule');
    const tainted = story.find(([, taints]) => isOut(taints));
    const free = story.find(([atMs, taints]) => atMs > (tainted?.[0] ?? 0) && !isOut(taints));
    expect(tainted).toBeDefined();
    const condition = findCondition(house.nodeObject('pool-2')?.status?.conditions, 'NetworkUnavailable');
    expect(condition).toMatchObject({
      status: 'False',
      reason: 'RouteCreated',
      message: 'RouteController created a route',
    });
    expect(taintsOf(house.nodeObject('pool-2'))).toEqual([]);
    expect(free === undefined || free[0] - (tainted?.[0] ?? 0) >= 4000).toBe(true);
  });

  test('nodes of instant 0 have theirs', () => {
    const house = cluster({ cloudRoutes: true });
    house.runUntil(60_000);
    expect(house.events('node.updated')).toEqual([]);
    expect(findCondition(house.nodeObject('pool-0')?.status?.conditions, 'NetworkUnavailable')?.status).toBe('False');
  });
});

describe('X-8: another machine of the same name', () => {
  function replaced(pool: Partial<NodePool>, deleteNode: boolean): { house: TestCluster; before: Node; pod: string } {
    const house = createCluster(2, { pools: [{ name: 'pool', count: 2, capacity: {}, ...pool }] });
    house.ask({ verb: 'create', object: agent() });
    house.runUntil(60_000);
    const before = house.nodeObject('pool-1') as Node;
    const pod = house.podOn('pool-1')?.metadata.uid ?? '';
    house.world.engine.withCause(0, () => replaceNode(house.world, 'pool-1', 10_000));
    if (deleteNode) house.ask({ verb: 'delete', kind: 'Node', key: 'pool-1' });
    house.runUntil(200_000);
    return { house, before, pod };
  }

  test('its kubelet takes over the Node and starts the pods that are bound to it afresh', () => {
    const { house, before, pod } = replaced({}, false);
    expect(house.nodeObject('pool-1')?.metadata.uid).toBe(before.metadata.uid);
    expect(house.podOn('pool-1')?.metadata.uid).toBe(pod);
    expect(house.podOn('pool-1')?.status).toMatchObject({ phase: 'Running' });
    expect(house.world.machines.get('pool-1')?.running.map(({ uid }) => uid)).toEqual([pod]);
    const starts = house.events('machine.containerStarted').filter(({ node }) => node === 'pool-1');
    expect(starts).toHaveLength(2);
    expect(house.daemonSet().status).toMatchObject({ numberAvailable: 2 });
  });

  test('where the Node was deleted a new one is made, and the pods are still bound to its name', () => {
    const { house, before, pod } = replaced({}, true);
    expect(house.nodeObject('pool-1')?.metadata.uid).not.toBe(before.metadata.uid);
    expect(house.podOn('pool-1')?.metadata.uid).toBe(pod);
    expect(house.daemonSet().status).toMatchObject({ desiredNumberScheduled: 2, numberAvailable: 2 });
  });

  test('a network that an agent sets up is not there, whatever the old Node says: Ready turns False until the agent is ready again', () => {
    const bootstrap = { readyWhenDaemonSetPodReady: 'kube-system/agent' };
    const { house } = replaced({ bootstrap }, false);
    const readyStatuses = house
      .events('node.updated')
      .filter(({ node }) => node === 'pool-1')
      .flatMap(({ patch }) => (patch ?? []).filter(([field]) => field === 'ready').map(([, value]) => value));
    expect(readyStatuses).toContain('False');
  });

  test('in a cloud the new machine is another instance: the old Node is deleted as soon as it is not Ready', () => {
    const house = cluster();
    house.runUntil(60_000);
    house.world.engine.withCause(0, () => replaceNode(house.world, 'pool-1', 120_000));
    house.runUntil(160_000);
    expect(house.events('apiEvent.DeletingNode')).toMatchObject([{ object: 'node/pool-1' }]);
    house.runUntil(260_000);
    expect(house.nodeObject('pool-1')?.spec?.providerID).toBe('everynode:///i-00000003');
  });
});
