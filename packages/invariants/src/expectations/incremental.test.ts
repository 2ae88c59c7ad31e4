/** Judges that keep counters, beside a look at the whole world after every change: the two must always agree. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HASH_LABEL } from '@everynode/core/api/daemonSet';
import { findCondition, isTerminating } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import { isPodAvailable, isTerminal, type Pod } from '@everynode/core/api/pod';
import { compilePlacement } from '@everynode/core/daemonset/placement';
import type { NodeFilter } from '@everynode/sim/plan';
import type { ExpectationDefinition, Judge } from '../expectation.ts';
import { AGENT, makeDaemonSet, makeNode, makePod, makeRevision } from '../testing/memoryObjects.ts';
import { MemoryWorld } from '../testing/memoryWorld.ts';
import { compileNodeFilter } from '../nodeFilter.ts';
import { expectationRegistry } from '../registry.ts';

const NODES = ['n1', 'n2', 'n3'];
const PODS = ['p1', 'p2', 'p3', 'p4'];
const FILTER: NodeFilter = { exclude: ['n3'] };

const nodeName = fc.constantFrom(...NODES);
const podName = fc.constantFrom(...PODS);
const effect = fc.constantFrom('NoSchedule' as const, 'NoExecute' as const, undefined);
const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('time' as const), ms: fc.integer({ min: 1, max: 7000 }) }) },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant('node' as const), name: nodeName, effect, isReady: fc.boolean() }),
  },
  fc.record({ does: fc.constant('removeNode' as const), name: nodeName }),
  {
    weight: 9,
    arbitrary: fc.record({
      does: fc.constant('pod' as const),
      name: podName,
      node: nodeName,
      hash: fc.constantFrom('v1', 'v2'),
      phase: fc.constantFrom('Running' as const, 'Failed' as const),
      isReady: fc.boolean(),
      isTerminating: fc.boolean(),
    }),
  },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('removePod' as const), name: podName }) },
  {
    weight: 3,
    arbitrary: fc.record({ does: fc.constant('machine' as const), name: nodeName, pods: fc.subarray(PODS) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('daemonSet' as const),
      version: fc.constantFrom('v1', 'v2'),
      maxSurge: fc.constantFrom(0, 1),
    }),
  },
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

function perform(world: MemoryWorld, each: Action): void {
  const ds = world.get('DaemonSet', AGENT) ?? makeDaemonSet();
  switch (each.does) {
    case 'time':
      return world.advanceTo(world.nowMs + each.ms);
    case 'node': {
      const taints = each.effect === undefined ? {} : { taints: [{ key: 'custom', effect: each.effect }] };
      return void world.put(makeNode(each.name, { isReady: each.isReady, ...taints }));
    }
    case 'removeNode':
      return world.remove('Node', each.name);
    case 'pod': {
      const { hash, phase, isTerminating } = each;
      // A pod never moves: what runs elsewhere under its name is gone by then.
      for (const { name, running } of world.machines) {
        const others = running.map(({ key }) => key.slice('kube-system/'.length)).filter((pod) => pod !== each.name);
        if (name !== each.node) runPods(world, name, others);
      }
      return void world.put(
        makePod(ds, each.name, each.node, {
          hash,
          phase,
          isTerminating,
          ...(each.isReady ? { readySinceMs: world.nowMs } : {}),
        }),
      );
    }
    case 'removePod':
      return world.remove('Pod', `kube-system/${each.name}`);
    case 'machine': {
      const isThere = (name: string): boolean =>
        (world.get('Pod', `kube-system/${name}`)?.spec.nodeName ?? each.name) === each.name;
      return runPods(world, each.name, each.pods.filter(isThere));
    }
    default: {
      const { version, maxSurge } = each;
      const applied = world.put(
        makeDaemonSet({
          image: `agent:${version}`,
          minReadySeconds: 5,
          maxSurge,
          maxUnavailable: maxSurge > 0 ? 0 : 1,
        }),
      );
      world.put(makeRevision(applied, version, version === 'v1' ? 1 : 2));
    }
  }
}

function runPods(world: MemoryWorld, node: string, names: readonly string[]): void {
  world.run(
    node,
    names.map((name) => ({ uid: `uid-${name}`, key: `kube-system/${name}`, daemonSet: AGENT })),
  );
}

/** Everything about one node, read anew. */
function look(world: MemoryWorld, node: Node) {
  const { name } = node.metadata;
  const ds = world.get('DaemonSet', AGENT) ?? makeDaemonSet();
  const hash = ds.spec.template.spec.containers[0]?.image.split(':')[1] ?? '';
  const pods = world.daemonPodsOn(AGENT, name);
  const isAvailable = (pod: Pod): boolean => isPodAvailable(pod, 5, world.nowMs);
  const live = pods.filter((pod) => !isTerminal(pod) && !isTerminating(pod));
  const isNew = (pod: Pod): boolean => pod.metadata.labels?.[HASH_LABEL] === hash;
  return {
    outcome: compilePlacement(ds, true)(node),
    isAvailable: pods.some(isAvailable),
    isUpdated: live.some((pod) => isNew(pod) && isAvailable(pod)) && !live.some((pod) => !isNew(pod)),
    live: live.length,
    isPair: live.length === 2 && live.filter(isNew).length === 1,
    unfinished: pods.filter((pod) => !isTerminal(pod)).length,
    running: world.machine(name)?.running ?? [],
  };
}

function nodesOf(world: MemoryWorld, filter?: NodeFilter): readonly ReturnType<typeof look>[] {
  const isIncluded = compileNodeFilter(filter);
  return world
    .list('Node')
    .filter((node) => isIncluded(node.metadata.name, node))
    .map((node) => look(world, node));
}

/** Drives a judge as the checker does, compares after every action, and returns the first difference that comes up. */
function findDifference(
  invariant: string,
  params: Readonly<Record<string, unknown>>,
  block: 'always' | 'never' | 'eventually',
  isBroken: (world: MemoryWorld) => boolean | undefined,
): string | undefined {
  const property = fc.property(fc.array(action, { minLength: 1, maxLength: 40 }), (actions) => {
    const world = new MemoryWorld();
    const definition = expectationRegistry[invariant] as ExpectationDefinition;
    const judge: Judge = definition.judge(params, { block, window: { fromMs: 0, toMs: 1e9 } });
    let reconsiderAtMs: number | undefined;
    const ask = (): boolean | undefined => {
      const judgement = judge.judge(world);
      ({ reconsiderAtMs } = judgement);
      expect(reconsiderAtMs === undefined || reconsiderAtMs > world.nowMs).toBe(true);
      return judgement.unknown === undefined ? judgement.findings.length > 0 : undefined;
    };
    world.watchWith({
      begin() {},
      changed: (change, view) => {
        judge.observe?.(change, view);
        ask();
      },
      wakeAtMs: () => reconsiderAtMs,
      end() {},
    });
    for (const each of actions) {
      perform(world, each);
      const isKnown = world.get('DaemonSet', AGENT) !== undefined || invariant === 'nodes-ready';
      expect(ask(), `${invariant} at ${world.nowMs} ms`).toBe(isKnown ? isBroken(world) : undefined);
    }
  });
  const { failed, counterexample, errorInstance } = fc.check(property, { numRuns: 200 });
  return failed ? `${JSON.stringify(counterexample)}: ${String(errorInstance)}` : undefined;
}

const count = <T>(list: readonly T[], test: (each: T) => boolean): number => list.filter(test).length;
const wanted = (world: MemoryWorld): ReturnType<typeof nodesOf> =>
  nodesOf(world).filter(({ outcome }) => outcome === 'run');

test('nodes-ready counts as a list of all nodes does', () => {
  const isReady = (node: Node): boolean => findCondition(node.status?.conditions, 'Ready')?.status === 'True';
  expect(
    findDifference('nodes-ready', { gte: 2 }, 'always', (world) => count(world.list('Node'), isReady) < 2),
  ).toBeUndefined();
  expect(
    findDifference(
      'nodes-ready',
      { gte: 2, nodes: FILTER },
      'never',
      (world) => count(world.list('Node'), (node) => isReady(node) && node.metadata.name !== 'n3') >= 2,
    ),
  ).toBeUndefined();
});

test('daemonset-available counts as a list of all nodes does', () => {
  const params = { daemonSet: AGENT, gte: 2 };
  expect(
    findDifference(
      'daemonset-available',
      params,
      'always',
      (world) => count(nodesOf(world), ({ isAvailable }) => isAvailable) < 2,
    ),
  ).toBeUndefined();
  expect(
    findDifference('daemonset-available', { ...params, gte: 1, nodes: FILTER }, 'never', (world) =>
      nodesOf(world, FILTER).some(({ isAvailable }) => isAvailable),
    ),
  ).toBeUndefined();
});

test('rollout-complete looks at each node that should run a pod', () => {
  expect(
    findDifference('rollout-complete', { daemonSet: AGENT }, 'always', (world) =>
      wanted(world).some(({ isUpdated }) => !isUpdated),
    ),
  ).toBeUndefined();
});

test('max-unavailable-respected in strict mode compares available with desired', () => {
  const params = { daemonSet: AGENT, mode: 'strict' };
  expect(
    findDifference('max-unavailable-respected', params, 'always', (world) => {
      const { maxUnavailable = 0, maxSurge } = world.get('DaemonSet', AGENT)?.spec.updateStrategy?.rollingUpdate ?? {};
      const allowed = maxSurge === 1 ? 0 : Number(maxUnavailable);
      return count(wanted(world), ({ isAvailable }) => !isAvailable) > allowed;
    }),
  ).toBeUndefined();
});

test('pods-per-node looks at the pods of each node', () => {
  // Where no node is filtered, a pod of a vanished node counts as well.
  const stray = (world: MemoryWorld): readonly number[] =>
    NODES.filter((name) => world.get('Node', name) === undefined)
      .map((name) => count(world.daemonPodsOn(AGENT, name), (pod) => !isTerminal(pod)))
      .filter((pods) => pods > 0);
  const params = { daemonSet: AGENT, live: false };
  const all = (world: MemoryWorld): readonly number[] => [
    ...nodesOf(world).map(({ unfinished }) => unfinished),
    ...stray(world),
  ];
  const some = (pods: readonly number[], test: (pods: number) => boolean): boolean | undefined =>
    pods.length === 0 ? undefined : pods.some(test);
  expect(
    findDifference('pods-per-node', { ...params, lte: 1 }, 'always', (world) => some(all(world), (pods) => pods > 1)),
  ).toBeUndefined();
  expect(
    findDifference('pods-per-node', { ...params, gt: 1 }, 'never', (world) => some(all(world), (pods) => pods > 1)),
  ).toBeUndefined();
  expect(
    findDifference('pods-per-node', { ...params, eq: 1, nodes: FILTER }, 'always', (world) =>
      some(
        nodesOf(world, FILTER).map(({ unfinished }) => unfinished),
        (pods) => pods !== 1,
      ),
    ),
  ).toBeUndefined();
});

test('pods-per-node with live looks at the machines', () => {
  const running = (world: MemoryWorld): readonly number[] =>
    NODES.map((name) => [world.get('Node', name), world.machine(name)?.running.length ?? 0] as const)
      .filter(([node, pods]) => node !== undefined || pods > 0)
      .map(([, pods]) => pods);
  expect(
    findDifference('pods-per-node', { daemonSet: AGENT, live: true, gt: 1 }, 'never', (world) => {
      const pods = running(world);
      return pods.length === 0 ? undefined : pods.some((each) => each > 1);
    }),
  ).toBeUndefined();
});

test('one-pod-per-eligible-node, judged at an instant, looks at each node and each machine', () => {
  expect(
    findDifference('one-pod-per-eligible-node', { daemonSet: AGENT }, 'eventually', (world) => {
      const ds = world.get('DaemonSet', AGENT);
      const isSurge = ds?.spec.updateStrategy?.rollingUpdate?.maxSurge === 1;
      const isWrong = ({ outcome, live, isPair }: ReturnType<typeof look>): boolean =>
        (outcome === 'none' && live > 0) || (outcome === 'run' && live !== 1 && !(isSurge && isPair));
      const isDoubled = world.machines.some(({ running }) => {
        const [first, second] = running.map(({ key }) => world.get('Pod', key)?.metadata.labels?.[HASH_LABEL]);
        const isPair = running.length === 2 && first !== undefined && second !== undefined && first !== second;
        return running.length > 1 && !(isSurge && isPair);
      });
      return nodesOf(world).some(isWrong) || isDoubled;
    }),
  ).toBeUndefined();
});
