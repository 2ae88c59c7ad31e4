/** Every fault of the registry: what it bends while it holds, that its lift undoes it, and that two at once add up. */
import type { Pod } from '@everynode/core/api/pod';
import type { ApiResult } from '@everynode/core/api/requests';
import { describe, expect, test } from 'vitest';
import { agent, createCluster } from '../cluster/testCluster.ts';
import { createHouse, type House, testPod } from '../cluster/testHouse.ts';
import type { ComponentContext, Informer, KubeletContext } from '../components/component.ts';
import type { Json } from '../plan.ts';
import { beginFault } from '../run/beginFault.ts';
import { faultRegistry } from './registry.ts';

/** Two nodes, a controller that watches pods, one daemon pod that runs on each node. */
function startScene() {
  const house = createHouse();
  const kubelets = new Map<string, KubeletContext>();
  const controllers: ComponentContext[] = [];
  const informers: Informer<'Pod'>[] = [];
  const nodes = [0, 1].map((index) => house.node(index, (ctx) => void kubelets.set(ctx.nodeName, ctx)));
  house.process('daemonset-controller', (ctx) => {
    controllers.push(ctx);
    informers.push(ctx.watch('Pod', {}));
  });
  for (const node of nodes) {
    const name = `agent-${node}`;
    const owner = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: 'ds-uid', controller: true };
    const pod: Pod = { ...testPod(name), metadata: { name, namespace: 'default', ownerReferences: [owner] } };
    house.ask({ verb: 'create', object: pod });
    const bound = house.ask({ verb: 'bind', key: `default/${name}`, nodeName: node });
    const uid = (bound.ok && bound.object?.metadata.uid) || '';
    house.world.machines.get(node)?.startContainer({ uid, key: `default/${name}`, daemonSet: 'default/agent' }, 'main');
  }
  house.runFor(1_000);
  return { house, nodes, kubelets, controllers, informers };
}

type Scene = ReturnType<typeof startScene>;

function ask(
  house: House,
  ctx: ComponentContext,
  request: Parameters<ComponentContext['send']>[0],
  ms = 1_000,
): ApiResult | undefined {
  const results: ApiResult[] = [];
  house.world.engine.withCause(0, () => ctx.send(request, (result) => void results.push(result)));
  house.runFor(ms);
  return results[0];
}

const GET = { verb: 'get', kind: 'Pod', key: 'default/agent-pool-0' } as const;

interface Row {
  readonly fault: string;
  readonly params?: Readonly<Record<string, Json>>;
  /** Whether the world is bent now. */
  readonly isBent: (scene: Scene) => boolean;
}

const ROWS: readonly Row[] = [
  { fault: 'NodeCrash', isBent: ({ house }) => house.world.machines.get('pool-0')?.powered === false },
  { fault: 'NodeReboot', isBent: ({ house }) => house.world.machines.get('pool-0')?.powered === false },
  { fault: 'NodeUnreachable', isBent: ({ house }) => house.world.machines.get('pool-0')?.reachable === false },
  {
    fault: 'NodeUnreachable',
    params: { direction: 'toServer' },
    isBent: ({ house }) =>
      house.world.machines.get('pool-0')?.canSend === false && house.world.machines.get('pool-0')?.canHear === true,
  },
  {
    fault: 'NodeUnreachable',
    params: { direction: 'fromServer' },
    isBent: ({ house }) =>
      house.world.machines.get('pool-0')?.canSend === true && house.world.machines.get('pool-0')?.canHear === false,
  },
  {
    fault: 'NodeCondition',
    isBent: ({ house }) => house.world.machines.get('pool-0')?.forcedConditions.length === 1,
  },
  { fault: 'KubeletRestart', isBent: ({ house }) => !house.world.processes.isAlive('kubelet/pool-0') },
  { fault: 'ZoneOutage', isBent: ({ house }) => house.world.machines.get('pool-0')?.powered === false },
  {
    fault: 'ZoneOutage',
    params: { link: 'network' },
    isBent: ({ house }) =>
      house.world.machines.get('pool-0')?.reachable === false && house.world.machines.get('pool-0')?.powered === true,
  },
  {
    fault: 'DiskPressure',
    isBent: ({ house }) => house.world.machines.get('pool-0')?.room.pressure('disk') === 'evict',
  },
  {
    fault: 'DiskPressure',
    params: { evict: false },
    isBent: ({ house }) => house.world.machines.get('pool-0')?.room.pressure('disk') === 'condition',
  },
  {
    fault: 'DiskPressure',
    params: { evict: true, what: 'inodes' },
    isBent: ({ house }) => house.world.machines.get('pool-0')?.room.pressure('inodes') === 'evict',
  },
  {
    fault: 'PidPressure',
    isBent: ({ house }) => house.world.machines.get('pool-0')?.room.pressure('pids') === 'evict',
  },
  {
    fault: 'MemoryPressure',
    isBent: ({ house }) => house.world.machines.get('pool-0')?.room.pressure('memory') === 'evict',
  },
  {
    fault: 'ImagePullFailure',
    isBent: ({ kubelets }) => kubelets.get('pool-0')?.machine.imagePullError('agent:v9') !== undefined,
  },
  {
    fault: 'ImagePullFailure',
    params: { image: 'agent:v9' },
    isBent: ({ kubelets }) => kubelets.get('pool-0')?.machine.imagePullError('agent:v9') !== undefined,
  },
  { fault: 'ControllerRestart', isBent: ({ house }) => !house.world.processes.isAlive('daemonset-controller') },
  { fault: 'ControllerPause', isBent: ({ house }) => house.world.processes.isPaused('daemonset-controller') },
  {
    fault: 'ClockSkew',
    params: { by: 5_000 },
    isBent: ({ house, kubelets }) => (kubelets.get('pool-0')?.nowMs() ?? 0) > house.world.engine.nowMs,
  },
  {
    fault: 'ClockSkew',
    params: { by: 5_000, direction: 'behind' },
    isBent: ({ house, kubelets }) => (kubelets.get('pool-0')?.nowMs() ?? 0) < house.world.engine.nowMs,
  },
  {
    fault: 'WatchLag',
    params: { client: 'daemonset-controller', kind: 'Pod', delay: { fixed: 2_000 } },
    isBent: ({ house, informers }) => {
      const before = informers.at(-1)?.lastRevision ?? 0;
      house.ask({ verb: 'create', object: testPod(`new-${before}`) });
      house.runFor(1_000);
      const isLate = informers.at(-1)?.lastRevision === before;
      house.runFor(10_000);
      return isLate;
    },
  },
  {
    fault: 'ApiError',
    params: { client: 'daemonset-controller' },
    isBent: ({ house, controllers }) => ask(house, controllers[0] as ComponentContext, GET)?.ok === false,
  },
  {
    fault: 'StaleList',
    params: { client: 'daemonset-controller', kind: 'Pod', behind: 60_000 },
    isBent: ({ house, controllers }) => {
      house.runFor(5_000);
      const name = `late-${house.world.store.revision}`;
      house.ask({ verb: 'create', object: testPod(name) });
      const listed = ask(house, controllers[0] as ComponentContext, { verb: 'list', kind: 'Pod', cached: true });
      const items = listed?.ok === true ? (listed.list?.items ?? []) : [];
      return !items.some(({ metadata }) => metadata.name === name);
    },
  },
  {
    fault: 'ApiLatency',
    params: { client: 'daemonset-controller', verb: 'get', delay: { fixed: 3_000 } },
    isBent: ({ house, controllers }) => {
      const isLate = ask(house, controllers[0] as ComponentContext, GET) === undefined;
      house.runFor(10_000);
      return isLate;
    },
  },
  {
    fault: 'LostResponse',
    params: { client: 'daemonset-controller', kind: 'Pod' },
    isBent: ({ house, controllers }) => ask(house, controllers[0] as ComponentContext, GET, 61_000)?.ok === false,
  },
];

describe('every fault that lasts', () => {
  test.each(ROWS)(
    '$fault $params bends the world, its lift undoes it, and the last of two lifts counts',
    ({ fault, params = {}, isBent }) => {
      const scene = startScene();
      const { house } = scene;
      expect(isBent(scene)).toBe(false);
      const first = beginFault(house, 'a', fault, params, ['pool-0']);
      expect(isBent(scene)).toBe(true);
      const second = beginFault(house, 'b', fault, params, ['pool-0']);
      expect(isBent(scene)).toBe(true);
      first();
      expect(isBent(scene)).toBe(true);
      second();
      house.runFor(15_000);
      expect(isBent(scene)).toBe(false);
      expect(first).toThrow('lifted twice');
    },
  );

  test.each(['NodeCrash', 'NodeUnreachable', 'ZoneOutage', 'DiskPressure', 'MemoryPressure', 'ImagePullFailure'])(
    '%s leaves other nodes alone',
    (fault) => {
      const { house, kubelets } = startScene();
      beginFault(house, 'a', fault, {}, ['pool-0']);
      const other = house.world.machines.get('pool-1');
      expect([other?.powered, other?.reachable, other?.room.pressure('disk'), other?.room.pressure('memory')]).toEqual([
        true,
        true,
        'none',
        'none',
      ]);
      expect(kubelets.get('pool-1')?.machine.imagePullError('agent:v9')).toBeUndefined();
    },
  );

  test.each(['NodeCrash', 'DiskPressure', 'ControllerRestart'])('%s bites at once', (fault) => {
    const { house } = startScene();
    beginFault(house, 'a', fault, {}, ['pool-0']);
    expect(house.world.bites.of('a')).toBe(1);
  });

  test.each([
    ['WatchLag', { client: 'nobody', delay: { fixed: 1_000 } }],
    ['ApiError', { client: 'nobody' }],
    ['LostResponse', { client: 'nobody' }],
    ['ControllerRestart', { component: 'nobody' }],
  ])('%s against a client that does nothing never bites', (fault, params) => {
    const { house, controllers } = startScene();
    beginFault(house, 'a', fault, params, []);
    ask(house, controllers[0] as ComponentContext, GET);
    house.ask({ verb: 'create', object: testPod('x') });
    expect([house.world.bites.of('a'), house.world.bites.all().has('a')]).toEqual([0, true]);
  });
});

describe('faults of an instant', () => {
  test('PodKill deletes the pods on its nodes through the API, under its own name', () => {
    const { house } = startScene();
    house.ask({ verb: 'create', object: testPod('other') });
    house.ask({ verb: 'bind', key: 'default/other', nodeName: 'pool-0' });
    beginFault(house, 'kill', 'PodKill', { daemonSet: 'default/agent', gracePeriodSeconds: 5 }, ['pool-0']);
    house.runFor(100);
    const deleting = house.events('pod.deleting');
    expect(deleting.map(({ object, actor }) => [object, actor])).toEqual([['pod/default/agent-pool-0', 'fault/kill']]);
    expect(house.world.store.get('Pod', 'default/agent-pool-0')?.metadata.deletionGracePeriodSeconds).toBe(5);
    expect(house.world.bites.of('kill')).toBe(1);
  });

  test('PodKill with `how: kill` ends containers where they run, and leaves the API alone', () => {
    const { house } = startScene();
    const revision = house.world.store.revision;
    beginFault(house, 'kill', 'PodKill', { how: 'kill', daemonSet: 'default/agent' }, ['pool-0']);
    house.runFor(100);
    expect(house.world.machines.list().map(({ running }) => running.length)).toEqual([0, 1]);
    expect([house.world.store.revision, house.world.bites.of('kill')]).toEqual([revision, 1]);
  });

  test('WatchBreak closes every matching watch once, and the client lists again', () => {
    const { house, controllers } = startScene();
    const deleted: string[] = [];
    house.world.engine.withCause(0, () =>
      controllers[0]?.watch('Node', { deleted: (node) => void deleted.push(node.metadata.name) }),
    );
    house.runFor(1_000);
    beginFault(house, 'break', 'WatchBreak', { client: 'daemonset-controller' }, []);
    house.ask({ verb: 'delete', kind: 'Node', key: 'pool-1' });
    house.runFor(1_000);
    expect([house.world.bites.of('break'), deleted]).toEqual([2, ['pool-1']]);
  });
});

test('each fault has a summary, and what it lets be left out has a default or is optional', () => {
  for (const { summary, params } of Object.values(faultRegistry)) {
    expect(summary.endsWith('.')).toBe(true);
    for (const param of Object.values(params)) expect(param.summary).not.toBe('');
  }
});

test('DS-S4: creates that a going namespace refuses leave their expectation standing: no second try for five minutes', () => {
  expect(faultRegistry['ApiError']?.params['reason']?.schema).toMatchObject({
    enum: expect.arrayContaining(['NamespaceTerminating']) as unknown,
  });
  const cluster = createCluster(2);
  const params = { client: 'daemonset-controller', kind: 'Pod', verb: 'create', reason: 'NamespaceTerminating' };
  const lift = beginFault(cluster, 'gone', 'ApiError', params, []);
  cluster.ask({ verb: 'create', object: agent() });
  cluster.runUntil(10_000);
  lift();
  const touch = (value: string): void => {
    const patch = { type: 'merge', body: { metadata: { annotations: { value } } } } as const;
    cluster.ask({ verb: 'patch', kind: 'DaemonSet', key: 'kube-system/agent', patch });
  };
  touch('soon');
  cluster.runUntil(280_000);
  touch('still too soon');
  cluster.runUntil(290_000);
  expect([cluster.world.bites.of('gone'), cluster.pods(), cluster.events('apiEvent.FailedCreate')]).toEqual([
    2,
    [],
    [],
  ]);
  cluster.runUntil(310_000);
  touch('expired');
  cluster.runUntil(320_000);
  expect(cluster.pods()).toHaveLength(2);
});
