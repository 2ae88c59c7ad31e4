import { expect, test } from 'vitest';
import type { Pod } from '@everynode/core/api/pod';
import {
  AGENT,
  type DaemonSetOptions,
  makeDaemonSet,
  makeNode,
  makePod,
  type PodOptions,
} from '../testing/memoryObjects.ts';
import { LawBench, managePass, updatePass } from '../testing/memoryPasses.ts';
import { MemoryWorld } from '../testing/memoryWorld.ts';
import { deletesWithinBudget, surgesWithinBudget, updatesOnlyWhenNothingIsOutstanding } from './rollout.ts';

/** One node for each list of pods: v1 is old, v2 is new. */
function worldOf(options: DaemonSetOptions, nodes: readonly (readonly PodOptions[])[], version = '1.36'): MemoryWorld {
  const world = new MemoryWorld(version);
  const ds = world.put(makeDaemonSet(options));
  for (const [at, pods] of nodes.entries()) {
    world.put(makeNode(`n${at}`));
    for (const [nth, pod] of pods.entries()) world.put(makePod(ds, `p${at}-${nth}`, `n${at}`, pod));
  }
  world.advanceTo(60_000);
  return world;
}

const OLD: PodOptions = { hash: 'v1', readySinceMs: 0 };
const OLD_DOWN: PodOptions = { hash: 'v1' };
const NEW: PodOptions = { hash: 'v2', readySinceMs: 0 };
const NEW_DOWN: PodOptions = { hash: 'v2' };

function pods(world: MemoryWorld, ...names: readonly string[]): readonly Pod[] {
  return names.flatMap((name) => world.get('Pod', `kube-system/${name}`) ?? []);
}

/** What the law says when an update pass deletes these pods. */
function deleting(world: MemoryWorld, ...names: readonly string[]): readonly string[] | undefined {
  return new LawBench(world, deletesWithinBudget).pass(
    updatePass(world, { hash: 'v2', deletePods: pods(world, ...names) }),
  );
}

test('INV-5 lets available pods go as far as the budget, and not one more', () => {
  const world = worldOf({ maxUnavailable: 2 }, [[OLD], [OLD], [OLD], [NEW]]);
  expect(deleting(world, 'p0-0', 'p1-0')).toEqual([]);
  expect(deleting(world, 'p0-0', 'p1-0', 'p2-0')).toEqual([
    `the rolling update of ${AGENT} takes down 3 available pods, 2 are allowed (maxUnavailable 2, 0 unavailable)`,
  ]);
});

test('INV-5 lets unavailable pods go without limit', () => {
  const world = worldOf({ maxUnavailable: 1 }, [[OLD_DOWN], [OLD_DOWN], [OLD_DOWN], [OLD]]);
  expect(deleting(world, 'p0-0', 'p1-0', 'p2-0')).toEqual([]);
  expect(deleting(world, 'p0-0', 'p1-0', 'p2-0', 'p3-0')).toHaveLength(1);
});

test.each([
  ['a new pod that is not available', [NEW_DOWN]],
  ['no pod', []],
  ['a pod that is terminating', [{ ...OLD, isTerminating: true }]],
  ['a new and an old pod', [OLD, NEW]],
  ['two old pods', [OLD, OLD]],
  ['an old pod that is not available', [OLD_DOWN]],
])('INV-5 counts a node with %s against the budget', (_, node) => {
  const world = worldOf({ maxUnavailable: 1 }, [node, [OLD]]);
  expect(deleting(world, 'p1-0')).toHaveLength(1);
});

test('INV-5 does not count old unavailable pods up to 1.30.5, as upstream did not', () => {
  const nodes = [[OLD_DOWN], [OLD]];
  expect(deleting(worldOf({ maxUnavailable: 1 }, nodes, '1.30.5'), 'p1-0')).toEqual([]);
  expect(deleting(worldOf({ maxUnavailable: 1 }, nodes, '1.30.6'), 'p1-0')).toHaveLength(1);
});

test('INV-5 takes percentages of the nodes that should run a pod, rounded up', () => {
  const world = worldOf({ maxUnavailable: '30%' }, [[OLD], [OLD], [OLD], [OLD]]);
  expect(deleting(world, 'p0-0', 'p1-0')).toEqual([]);
  expect(deleting(world, 'p0-0', 'p1-0', 'p2-0')).toHaveLength(1);
});

test("INV-5 goes by the controller's clock", () => {
  const world = worldOf({ maxUnavailable: 1, minReadySeconds: 30 }, [[{ ...OLD, readySinceMs: 40_000 }], [NEW]]);
  const both = { hash: 'v2', deletePods: pods(world, 'p0-0', 'p1-0') };
  const bench = new LawBench(world, deletesWithinBudget);
  expect(bench.pass(updatePass(world, { ...both, nowMs: 60_000 }))).toHaveLength(1);
  expect(bench.pass(updatePass(world, { ...both, deletePods: pods(world, 'p0-0') }))).toEqual([]);
  expect(bench.pass(updatePass(world, { ...both, nowMs: 70_000 }))).toHaveLength(1);
});

test('INV-6 lets new pods be added beside available ones as far as maxSurge, and not one more', () => {
  const world = worldOf({ maxUnavailable: 0, maxSurge: 2 }, [[OLD], [OLD], [OLD], [OLD, NEW_DOWN]]);
  const bench = new LawBench(world, surgesWithinBudget);
  expect(bench.pass(updatePass(world, { hash: 'v2', createOn: ['n0'] }))).toEqual([]);
  expect(bench.pass(updatePass(world, { hash: 'v2', createOn: ['n0', 'n1'] }))).toEqual([
    `the rolling update of ${AGENT} adds 2 pods beside available ones, 1 are allowed (maxSurge 2, 1 surging)`,
  ]);
});

test('INV-6 lets new pods be added beside unavailable ones without limit', () => {
  const world = worldOf({ maxUnavailable: 0, maxSurge: 1 }, [[OLD_DOWN], [OLD_DOWN], [OLD_DOWN]]);
  const bench = new LawBench(world, surgesWithinBudget);
  expect(bench.pass(updatePass(world, { hash: 'v2', createOn: ['n0', 'n1', 'n2'] }))).toEqual([]);
});

test('each of INV-5 and INV-6 speaks of its own strategy only', () => {
  const [surge, plain] = [worldOf({ maxUnavailable: 0, maxSurge: 1 }, [[OLD]]), worldOf({}, [[OLD]])];
  expect(deleting(surge, 'p0-0')).toBeUndefined();
  expect(new LawBench(plain, surgesWithinBudget).pass(updatePass(plain, { createOn: ['n0'] }))).toBeUndefined();
});

test.each([
  [{ adds: 0, dels: 0, sinceMs: 0 }, 0],
  [{ adds: -1, dels: 0, sinceMs: 60_000 }, 0],
  [{ adds: 1, dels: 0, sinceMs: 60_000 }, 1],
  [{ adds: 0, dels: 2, sinceMs: 60_000 }, 1],
])('INV-4: an update with %j outstanding breaks it %i times', (outstanding, breaches) => {
  const world = worldOf({}, [[OLD]]);
  const bench = new LawBench(world, updatesOnlyWhenNothingIsOutstanding);
  expect(bench.pass(updatePass(world, { outstanding }))).toHaveLength(breaches);
});

test('INV-4 lets an update run once the record is older than five minutes', () => {
  const world = worldOf({}, [[OLD]]);
  world.advanceTo(400_000);
  const bench = new LawBench(world, updatesOnlyWhenNothingIsOutstanding);
  expect(bench.pass(updatePass(world, { outstanding: { adds: 1, dels: 0, sinceMs: 100_000 } }))).toHaveLength(1);
  expect(bench.pass(updatePass(world, { outstanding: { adds: 1, dels: 0, sinceMs: 99_999 } }))).toEqual([]);
});

test('INV-4 breaks when an update follows at the same instant on a pass that asked for work, whatever the record says', () => {
  const world = worldOf({}, [[OLD], []]);
  const bench = new LawBench(world, updatesOnlyWhenNothingIsOutstanding);
  expect(bench.pass(managePass(world, { createOn: ['n1'] }))).toBeUndefined();
  expect(bench.pass(updatePass(world, {}))).toHaveLength(1);
  world.advanceTo(60_001);
  expect(bench.pass(updatePass(world, {}))).toEqual([]);
});

test('INV-4 lets an update follow at the same instant on a pass that had nothing to do', () => {
  const world = worldOf({}, [[OLD]]);
  const bench = new LawBench(world, updatesOnlyWhenNothingIsOutstanding);
  bench.pass(managePass(world, {}));
  expect(bench.pass(updatePass(world, { deletePods: pods(world, 'p0-0') }))).toEqual([]);
});
