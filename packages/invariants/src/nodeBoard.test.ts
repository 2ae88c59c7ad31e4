import fc from 'fast-check';
import { expect, test } from 'vitest';
import { HASH_LABEL } from '@everynode/core/api/daemonSet';
import { isTerminating } from '@everynode/core/api/meta';
import { isPodAvailable, isTerminal } from '@everynode/core/api/pod';
import { compilePlacement } from '@everynode/core/daemonset/placement';
import type { Change, RunObserver, WorldView } from '@everynode/sim/cluster/worldView';
import { AGENT, makeDaemonSet, makeNode, makePod, makeRevision } from './testing/memoryObjects.ts';
import { MemoryWorld } from './testing/memoryWorld.ts';
import { NodeBoard, type NodeState, UNKNOWN_NODE } from './nodeBoard.ts';

/** Hands every change to a board and wakes it when it asks. */
function observerOf(board: NodeBoard): RunObserver {
  return {
    begin: (view) => board.advance(view),
    changed: (change: Change, view: WorldView) => board.observe(change, view),
    wakeAtMs: () => board.nextMs,
    end() {},
  };
}

/** The same, read from the whole world at once. */
function plainState(name: string, view: WorldView): NodeState {
  const hash = plainHash(view);
  const ds = view.get('DaemonSet', AGENT);
  const node = view.get('Node', name);
  const pods = view.daemonPodsOn(AGENT, name);
  if (node === undefined && pods.length === 0) return UNKNOWN_NODE;
  const seconds = ds?.spec.minReadySeconds ?? 0;
  const available = pods.filter((pod) => isPodAvailable(pod, seconds, view.nowMs, view.profile.availabilityInclusive));
  const live = pods.filter((pod) => !isTerminal(pod) && !isTerminating(pod));
  const isNew = (pod: (typeof pods)[number]): boolean =>
    hash !== undefined && pod.metadata.labels?.[HASH_LABEL] === hash;
  return {
    exists: node !== undefined,
    isIncluded: true,
    placement: node === undefined || ds === undefined ? 'none' : compilePlacement(ds, false)(node),
    available: available.length,
    availableNew: available.filter((pod) => live.includes(pod) && isNew(pod)).length,
    liveNew: live.filter(isNew).length,
    liveOld: live.filter((pod) => !isNew(pod)).length,
    unfinished: pods.filter((pod) => !isTerminal(pod)).length,
  };
}

/** In these worlds each image has a revision, under the hash that is its tag. */
function plainHash(view: WorldView): string | undefined {
  return view.get('DaemonSet', AGENT)?.spec.template.spec.containers[0]?.image.split(':')[1];
}

const NODES = ['n1', 'n2', 'n3'];
const nodeName = fc.constantFrom(...NODES);
const taint = fc.constantFrom(
  undefined,
  [{ key: 'custom', effect: 'NoSchedule' as const }],
  [{ key: 'custom', effect: 'NoExecute' as const }],
);
const action = fc.oneof(
  { weight: 4, arbitrary: fc.record({ does: fc.constant('time' as const), ms: fc.integer({ min: 1, max: 7000 }) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('node' as const), name: nodeName, taints: taint }) },
  fc.record({ does: fc.constant('removeNode' as const), name: nodeName }),
  {
    weight: 8,
    arbitrary: fc.record({
      does: fc.constant('pod' as const),
      name: fc.constantFrom('p1', 'p2', 'p3', 'p4'),
      node: nodeName,
      hash: fc.constantFrom('v1', 'v2'),
      phase: fc.constantFrom('Pending' as const, 'Running' as const, 'Failed' as const),
      isReady: fc.boolean(),
      isTerminating: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ does: fc.constant('removePod' as const), name: fc.constantFrom('p1', 'p2', 'p3', 'p4') }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      does: fc.constant('daemonSet' as const),
      version: fc.constantFrom('v1', 'v2'),
      minReadySeconds: fc.constantFrom(0, 5),
    }),
  },
  fc.record({ does: fc.constant('removeDaemonSet' as const) }),
  fc.record({ does: fc.constant('status' as const) }),
);

function perform(world: MemoryWorld, each: typeof action extends fc.Arbitrary<infer T> ? T : never): void {
  const ds = world.get('DaemonSet', AGENT);
  switch (each.does) {
    case 'time':
      return world.advanceTo(world.nowMs + each.ms);
    case 'node':
      return void world.put(makeNode(each.name, each.taints === undefined ? {} : { taints: each.taints }));
    case 'removeNode':
      return world.remove('Node', each.name);
    case 'pod': {
      const { hash, phase, isTerminating } = each;
      const ready = each.isReady ? { readySinceMs: world.nowMs } : {};
      const options = { hash, phase, isTerminating, ...ready };
      return void world.put(makePod(ds ?? makeDaemonSet(), each.name, each.node, options));
    }
    case 'removePod':
      return world.remove('Pod', `kube-system/${each.name}`);
    case 'daemonSet': {
      const { minReadySeconds, version } = each;
      const applied = world.put(makeDaemonSet({ image: `agent:${version}`, minReadySeconds }));
      return void world.put(makeRevision(applied, version, version === 'v1' ? 1 : 2));
    }
    case 'removeDaemonSet':
      return world.remove('DaemonSet', AGENT);
    case 'status':
      if (ds !== undefined)
        world.put({ ...ds, status: { ...makeDaemonSet({ status: {} }).status, numberReady: world.nowMs } as never });
      return;
    default:
  }
}

test.each(['1.32', '1.36'])('after any changes a board of %s says what a look at the whole world says', (version) => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 40 }), (actions) => {
      const world = new MemoryWorld(version);
      const heard = new Map<string, NodeState>();
      const board = new NodeBoard(AGENT, undefined, (name, before, after) => {
        expect(before).toEqual(heard.get(name) ?? UNKNOWN_NODE);
        heard.set(name, after);
      });
      world.watchWith(observerOf(board));
      for (const each of actions) {
        perform(world, each);
        // What is due at this very instant is brought in when the board is asked.
        board.advance(world);
        expect(board.hash).toBe(plainHash(world));
        for (const name of NODES) {
          const plain = plainState(name, world);
          expect(board.stateOf(name), `${name} after ${JSON.stringify(each)}`).toEqual(plain);
          expect(heard.get(name) ?? UNKNOWN_NODE).toEqual(plain);
        }
      }
    }),
    { numRuns: 300 },
  );
});

test('a pod turns available by time alone, at the instant that minReadySeconds names', () => {
  const world = new MemoryWorld();
  const available: number[] = [];
  const board = new NodeBoard(AGENT, undefined, (_, before, after, nowMs) => {
    if (after.available > before.available) available.push(nowMs);
  });
  world.watchWith(observerOf(board));
  const ds = world.put(makeDaemonSet({ minReadySeconds: 10 }));
  world.put(makeNode('n1'));
  world.advanceTo(3000);
  world.put(makePod(ds, 'p1', 'n1', { readySinceMs: 3000 }));
  world.advanceTo(60_000);
  expect(available).toEqual([13_000]);
});

test('the hash is that of the revision which records the present template, and is unknown until there is one', () => {
  const world = new MemoryWorld();
  const board = new NodeBoard(AGENT, undefined, () => {});
  world.watchWith(observerOf(board));
  const first = world.put(makeDaemonSet());
  expect(board.hash).toBeUndefined();
  world.put(makeRevision(first, 'v1', 1));
  expect(board.hash).toBe('v1');
  const second = world.put(makeDaemonSet({ image: 'agent:v2' }));
  expect(board.hash).toBeUndefined();
  world.put(makeRevision(second, 'v2', 2));
  expect(board.hash).toBe('v2');
  world.put(makeDaemonSet());
  expect(board.hash).toBe('v1');
});

test('pods of another DaemonSet of the same name in another namespace do not count', () => {
  const world = new MemoryWorld();
  const board = new NodeBoard(AGENT, undefined, () => {});
  world.watchWith(observerOf(board));
  world.put(makeDaemonSet());
  world.put(makeNode('n1'));
  const other = makeDaemonSet({ uid: 'uid-other' });
  const pod = makePod({ ...other, metadata: { ...other.metadata, namespace: 'default' } }, 'p1', 'n1');
  world.put(pod);
  expect(board.stateOf('n1').unfinished).toBe(0);
});
