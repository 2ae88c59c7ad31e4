/** The node lifecycle controller at its door: alone with an API server and nodes that tests write, so that every instant is exact. */
import { type Condition, findCondition } from '@everynode/core/api/meta';
import type { Node, Taint } from '@everynode/core/api/node';
import type { Pod } from '@everynode/core/api/pod';
import { formatMicroTime, formatTime } from '@everynode/core/api/time';
import { describe, expect, test } from 'vitest';
import { createHouse, type House, testPod } from '../cluster/testHouse.ts';
import { nodeLifecycle } from './nodeLifecycle.ts';

const GRACE_MS = 50_000;
const PASS_MS = 5000;
const CONDITIONS = ['MemoryPressure', 'DiskPressure', 'PIDPressure'];

interface NodeState {
  readonly ready?: string;
  readonly conditions?: readonly Condition[];
  readonly taints?: readonly Taint[];
  readonly labels?: Readonly<Record<string, string>>;
}

/** Status in the order of the kubelet: pressures, then Ready. */
function conditionsOf(house: House, ready: string): readonly Condition[] {
  const time = formatTime(house.world.engine.nowMs);
  const condition = (type: string, status: string): Condition => ({
    type,
    status,
    reason: 'Test',
    message: '',
    lastHeartbeatTime: time,
    lastTransitionTime: time,
  });
  return [...CONDITIONS.map((type) => condition(type, 'False')), condition('Ready', ready)];
}

function addNode(house: House, name: string, state: NodeState = {}): void {
  const { ready = 'True', taints = [], labels = {}, conditions = conditionsOf(house, ready) } = state;
  house.ask({
    verb: 'create',
    object: { apiVersion: 'v1', kind: 'Node', metadata: { name, labels }, spec: { taints }, status: { conditions } },
  });
  renew(house, name);
}

function renew(house: House, name: string): void {
  const spec = { holderIdentity: name, leaseDurationSeconds: 40, renewTime: formatMicroTime(house.world.engine.nowMs) };
  const object = {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace: 'kube-node-lease' },
    spec,
  } as const;
  const known = house.world.store.get('Lease', `kube-node-lease/${name}`);
  house.ask(known === undefined ? { verb: 'create', object } : { verb: 'update', object });
}

function setConditions(house: House, name: string, conditions: readonly Condition[]): void {
  const node = house.world.store.get('Node', name) as Node;
  const { resourceVersion: _any, ...metadata } = node.metadata;
  house.ask({ verb: 'updateStatus', object: { ...node, metadata, status: { ...node.status, conditions } } });
}

function taintsOf(house: House, name: string): readonly string[] {
  return (house.world.store.get('Node', name)?.spec?.taints ?? []).map(
    ({ key, effect }) => `${key.replace('node.kubernetes.io/', '')}:${effect}`,
  );
}

function podOn(house: House, name: string, nodeName: string): void {
  house.ask({ verb: 'create', object: testPod(name) });
  house.ask({ verb: 'bind', key: `default/${name}`, nodeName });
  const conditions = [{ type: 'Ready', status: 'True', reason: 'Fine' }];
  const patch = { type: 'strategic', body: { status: { phase: 'Running', conditions } } } as const;
  house.ask({ verb: 'patch', kind: 'Pod', key: `default/${name}`, patch, subresource: 'status' });
}

function readyOf(house: House, name: string): Condition | undefined {
  return findCondition((house.world.store.get('Pod', `default/${name}`) as Pod).status?.conditions, 'Ready');
}

function start(settings: Readonly<Record<string, number>> = {}): House {
  const house = createHouse({ settings: { latencyPercent: 0, ...settings } });
  house.process(nodeLifecycle.name, (ctx) => nodeLifecycle.start(ctx));
  return house;
}

/** Lets a minute and a half pass in which only the nodes named go on giving signs of life. */
function keepAlive(house: House, names: readonly string[], untilMs: number): void {
  const { engine } = house.world;
  while (engine.nowMs < untilMs) {
    for (const name of names) renew(house, name);
    engine.runUntil(Math.min(untilMs, engine.nowMs + 10_000));
  }
}

function saidOf(house: House, object: string): readonly string[] {
  return house
    .events()
    .filter((event) => event.type.startsWith('apiEvent.') && event.object === object)
    .map(({ type, data }) => `${type.slice(9)}: ${String(data?.['message'])}`);
}

describe('N-2: what it says of nodes', () => {
  test('a node that comes, falls silent, and goes', () => {
    const house = start();
    addNode(house, 'n');
    addNode(house, 'other');
    house.runFor(2 * PASS_MS);
    keepAlive(house, ['other'], 80_000);
    house.ask({ verb: 'delete', kind: 'Node', key: 'n' });
    house.runFor(2 * PASS_MS);
    expect(saidOf(house, 'node/n')).toEqual([
      'RegisteredNode: Node n event: Registered Node n in Controller',
      'NodeNotReady: Node n status is now: NodeNotReady',
      'RemovingNode: Node n event: Removing Node n from Controller',
    ]);
  });
});

describe('N-5, N-8: silence', () => {
  test('a node is Unknown in the first pass in which more than the grace lies behind its last noticed sign, and not a pass before', () => {
    const house = start();
    addNode(house, 'n');
    addNode(house, 'other');
    keepAlive(house, ['other'], 120_000);
    const [timedOut] = house.events('node.timedOut');
    const silentMs = Number(timedOut?.data?.['silentMs']);
    expect(silentMs).toBeGreaterThan(GRACE_MS);
    expect(silentMs - PASS_MS).toBeLessThanOrEqual(GRACE_MS);
  });
});

describe('N-4: a node that has never posted a status', () => {
  test.each([[60_000], [120_000]])('has %i ms from its creation, as the setting says', (nodeStartupGracePeriod) => {
    const house = start({ nodeStartupGracePeriod });
    addNode(house, 'other');
    house.ask({ verb: 'create', object: { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } } });
    const createdAtMs = Math.trunc(house.world.engine.nowMs / 1000) * 1000;
    keepAlive(house, ['other'], 150_000);
    const [timedOut] = house.events('node.timedOut');
    const tookMs = (timedOut?.atMs ?? Infinity) - createdAtMs;
    expect(tookMs).toBeGreaterThan(nodeStartupGracePeriod);
    expect(tookMs).toBeLessThanOrEqual(nodeStartupGracePeriod + PASS_MS + 100);
  });
});

describe('N-7: a status that cannot be written', () => {
  test('is tried five times, 20 ms apart, each after a fresh read; then the node is left out of this pass', () => {
    const house = start();
    addNode(house, 'n');
    addNode(house, 'other');
    const lift = house.seams('refuse').api.fail({ client: nodeLifecycle.name, verb: 'updateStatus' }, 'InternalError', {
      numerator: 1,
      denominator: 1,
    });
    keepAlive(house, ['other'], 61_000);
    const tries = house
      .events('api.failed')
      .filter(({ data, object }) => data?.['verb'] === 'updateStatus' && object === 'node/n');
    expect(tries.length % 5).toBe(0);
    expect(tries.length).toBeGreaterThan(0);
    const gaps = tries.slice(1, 5).map(({ atMs }, i) => atMs - (tries[i]?.atMs ?? 0));
    for (const gap of gaps) {
      expect(gap).toBeGreaterThanOrEqual(20);
      expect(gap).toBeLessThan(60);
    }
    expect(house.events('apiEvent.NodeNotReady')).toEqual([]);
    lift();
    keepAlive(house, ['other'], 72_000);
    expect(findCondition(house.world.store.get('Node', 'n')?.status?.conditions, 'Ready')?.status).toBe('Unknown');
  });
});

describe('N-9, N-13: pods of a silent node', () => {
  test('a marking that fails is tried again in the next pass, without another event of the node', () => {
    const house = start();
    addNode(house, 'n');
    addNode(house, 'other');
    podOn(house, 'web', 'n');
    const lift = house
      .seams('refuse')
      .api.fail({ client: nodeLifecycle.name, kind: 'Pod' }, 'InternalError', { numerator: 1, denominator: 1 });
    keepAlive(house, ['other'], 62_000);
    expect(readyOf(house, 'web')?.status).toBe('True');
    lift();
    keepAlive(house, ['other'], 70_000);
    expect(readyOf(house, 'web')).toMatchObject({ status: 'False', reason: 'Fine' });
    expect(saidOf(house, 'node/n').filter((text) => text.startsWith('NodeNotReady'))).toHaveLength(1);
  });

  test('a pod that is bound to a node which is known not to be Ready is marked as it comes', () => {
    const house = start();
    addNode(house, 'n');
    addNode(house, 'other');
    keepAlive(house, ['other'], 70_000);
    house.ask({ verb: 'create', object: testPod('late') });
    const conditions = [{ type: 'Ready', status: 'True', reason: 'Fine' }];
    const patch = { type: 'strategic', body: { status: { conditions } } } as const;
    house.ask({ verb: 'patch', kind: 'Pod', key: 'default/late', patch, subresource: 'status' });
    const boundAtMs = house.world.engine.nowMs;
    house.ask({ verb: 'bind', key: 'default/late', nodeName: 'n' });
    house.runFor(100);
    expect(readyOf(house, 'late')).toMatchObject({ status: 'False', reason: 'Fine' });
    const [event] = house.events('apiEvent.NodeNotReady').filter(({ object }) => object === 'pod/default/late');
    expect((event?.atMs ?? Infinity) - boundAtMs).toBeLessThan(60);
  });
});

describe('N-10: the two NoExecute taints', () => {
  test('are swapped at once where only the other one is there: added first, then removed, in two writes', () => {
    const house = start();
    addNode(house, 'other');
    addNode(house, 'n', { ready: 'False' });
    keepAlive(house, ['other', 'n'], 30_000);
    expect(taintsOf(house, 'n')).toEqual(['not-ready:NoSchedule', 'not-ready:NoExecute']);
    setConditions(house, 'n', conditionsOf(house, 'Unknown'));
    keepAlive(house, ['other', 'n'], 30_000 + 2 * PASS_MS);
    const written = house
      .events('node.updated')
      .filter(({ node, object, actor }) => (node ?? object)?.endsWith('n') === true && actor === nodeLifecycle.name)
      .flatMap(({ patch }) =>
        (patch ?? [])
          .filter(([field]) => field === 'taints')
          .map(([, value]) => String(value).replaceAll('node.kubernetes.io/', '')),
      );
    const both = written.findIndex(
      (taints) => taints.includes('unreachable:NoExecute') && taints.includes('not-ready:NoExecute'),
    );
    expect(both).toBeGreaterThanOrEqual(0);
    expect(written.slice(both + 1).some((taints) => !taints.includes('not-ready:NoExecute'))).toBe(true);
    expect(new Set(taintsOf(house, 'n'))).toEqual(new Set(['unreachable:NoExecute', 'unreachable:NoSchedule']));
  });
});

describe('N-14: NoSchedule taints', () => {
  test('come in the order of the conditions, and behind them that of a cordoned node; one write adds, one removes', () => {
    const house = start();
    addNode(house, 'n');
    house.runFor(1000);
    const pressed = [...conditionsOf(house, 'False')].map((each) =>
      each.type === 'DiskPressure' ? { ...each, status: 'True' } : each,
    );
    house.ask({
      verb: 'patch',
      kind: 'Node',
      key: 'n',
      patch: { type: 'merge', body: { spec: { unschedulable: true } } },
    });
    house.runFor(1000);
    setConditions(house, 'n', [...pressed].reverse());
    house.runFor(1000);
    expect(taintsOf(house, 'n')).toEqual([
      'unschedulable:NoSchedule',
      'not-ready:NoSchedule',
      'disk-pressure:NoSchedule',
    ]);
    setConditions(house, 'n', conditionsOf(house, 'True'));
    house.runFor(1000);
    setConditions(house, 'n', pressed);
    house.runFor(1000);
    expect(taintsOf(house, 'n')).toEqual([
      'unschedulable:NoSchedule',
      'disk-pressure:NoSchedule',
      'not-ready:NoSchedule',
    ]);
  });
});

describe('N-15: a write that fails', () => {
  test('is not tried again by itself: the next event of the node repairs it', () => {
    const house = start();
    addNode(house, 'n');
    house.runFor(1000);
    const lift = house
      .seams('refuse')
      .api.fail({ client: nodeLifecycle.name, kind: 'Node', verb: 'patch' }, 'InternalError', {
        numerator: 1,
        denominator: 1,
      });
    setConditions(house, 'n', conditionsOf(house, 'False'));
    house.runFor(1000);
    lift();
    const untilMs = house.world.engine.nowMs + 60_000;
    while (house.world.engine.nowMs < untilMs) {
      renew(house, 'n');
      house.runFor(10_000);
    }
    expect(taintsOf(house, 'n')).not.toContain('not-ready:NoSchedule');
    house.ask({
      verb: 'patch',
      kind: 'Node',
      key: 'n',
      patch: { type: 'merge', body: { metadata: { annotations: { a: 'b' } } } },
    });
    house.runFor(100);
    expect(taintsOf(house, 'n')).toContain('not-ready:NoSchedule');
  });
});

describe('N-16, N-17: what follows from the conditions', () => {
  test('N-16: a node that is made without conditions loses its admission taint at once', () => {
    const house = start();
    house.runFor(1000);
    const made = house.ask({ verb: 'create', object: { apiVersion: 'v1', kind: 'Node', metadata: { name: 'n' } } });
    expect(made.ok && made.object?.kind === 'Node' ? made.object.spec?.taints : undefined).toMatchObject([
      { key: 'node.kubernetes.io/not-ready', effect: 'NoSchedule' },
    ]);
    house.runFor(100);
    expect(taintsOf(house, 'n')).toEqual([]);
  });

  test('N-17: pressure that turns Unknown with its node is no taint any more', () => {
    const house = start();
    addNode(house, 'other');
    addNode(house, 'n');
    house.runFor(1000);
    setConditions(
      house,
      'n',
      [...conditionsOf(house, 'True')].map((each) =>
        each.type === 'MemoryPressure' ? { ...each, status: 'True' } : each,
      ),
    );
    house.runFor(100);
    expect(taintsOf(house, 'n')).toEqual(['memory-pressure:NoSchedule']);
    keepAlive(house, ['other'], 70_000);
    expect(taintsOf(house, 'n')).toEqual(['unreachable:NoSchedule', 'unreachable:NoExecute']);
  });
});

describe('N-18: labels of before 1.14', () => {
  test.each([
    [
      { 'kubernetes.io/os': 'linux', 'kubernetes.io/arch': 'arm64' },
      { 'beta.kubernetes.io/os': 'linux', 'beta.kubernetes.io/arch': 'arm64' },
    ],
    [{ 'kubernetes.io/os': 'linux', 'beta.kubernetes.io/os': 'windows' }, { 'beta.kubernetes.io/os': 'linux' }],
    [{ 'beta.kubernetes.io/os': 'windows' }, { 'beta.kubernetes.io/os': 'windows' }],
  ])('%j get %j', (labels, expected) => {
    const house = start();
    addNode(house, 'n', { labels });
    house.runFor(1000);
    expect(house.world.store.get('Node', 'n')?.metadata.labels).toMatchObject(expected);
    const { revision } = house.world.store;
    house.runFor(PASS_MS);
    expect(house.world.store.revision - revision).toBeLessThan(2);
  });
});

describe('N-25: a restart', () => {
  test('gives a dying node a whole new grace from the moment at which the new process first looks', () => {
    const house = start();
    addNode(house, 'n');
    addNode(house, 'other');
    keepAlive(house, ['other'], 45_000);
    const lift = house.seams('restart').process.crash(nodeLifecycle.name);
    house.runFor(1000);
    lift();
    keepAlive(house, ['other'], 46_000 + GRACE_MS);
    expect(house.events('node.timedOut')).toEqual([]);
    keepAlive(house, ['other'], 46_000 + GRACE_MS + 3 * PASS_MS);
    expect(house.events('node.timedOut')).toHaveLength(1);
  });

  test('NoExecute taints are taken off every node that it sees for the first time, and put on again where they belong', () => {
    const house = start();
    addNode(house, 'n');
    addNode(house, 'other');
    keepAlive(house, ['other'], 80_000);
    expect(taintsOf(house, 'n')).toContain('unreachable:NoExecute');
    const lift = house.seams('restart').process.crash(nodeLifecycle.name);
    house.runFor(1000);
    lift();
    const before = house.world.store.revision;
    keepAlive(house, ['other'], house.world.engine.nowMs + 3 * PASS_MS);
    const taints = house
      .events('node.updated')
      .filter(({ object, rv }) => object === 'node/n' && (rv ?? 0) > before)
      .flatMap(({ patch }) => (patch ?? []).filter(([field]) => field === 'taints').map(([, value]) => String(value)));
    expect(taints.map((text) => text.includes('NoExecute'))).toEqual([false, true]);
  });
});
