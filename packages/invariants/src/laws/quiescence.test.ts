import { expect, test } from 'vitest';
import type { Taint } from '@everynode/core/api/node';
import {
  AGENT,
  type DaemonSetOptions,
  makeDaemonSet,
  makeNode,
  makePod,
  makeRevision,
  type PodOptions,
} from '../testing/memoryObjects.ts';
import { LawBench, managePass, viewPass } from '../testing/memoryPasses.ts';
import { MemoryWorld } from '../testing/memoryWorld.ts';
import { comesToRestRight } from './quiescence.ts';

const NEW: PodOptions = { hash: 'v1', readySinceMs: 0 };
const OLD: PodOptions = { hash: 'v0', readySinceMs: 0 };

/** One node for each list of pods; the newest template is v1. */
function benchOf(
  nodes: readonly (readonly PodOptions[])[],
  options: DaemonSetOptions = {},
  taints?: readonly Taint[],
  version?: string,
): LawBench {
  const world = new MemoryWorld(version);
  const ds = world.put(makeDaemonSet(options));
  world.put(makeRevision(ds, 'v1', 1));
  for (const [at, pods] of nodes.entries()) {
    world.put(makeNode(`n${at}`, taints === undefined || at > 0 ? {} : { taints }));
    for (const [nth, pod] of pods.entries()) world.put(makePod(ds, `p${at}-${nth}`, `n${at}`, pod));
  }
  return new LawBench(world, comesToRestRight);
}

test('INV-10 holds when every node has its one new pod', () => {
  expect(benchOf([[NEW], [NEW]]).rest()).toEqual([]);
  expect(benchOf([[{ ...NEW, phase: 'Pending' }], [NEW, { ...OLD, isTerminating: true }]]).rest()).toEqual([]);
});

test.each([
  ['no pod', [], 'has 0 (0 of them not finished)'],
  ['two pods', [NEW, NEW], 'has 2 (2 of them not finished)'],
  ['a failed pod', [{ ...NEW, phase: 'Failed' as const }], 'has 1 (0 of them not finished)'],
  ['a terminating pod', [{ ...NEW, isTerminating: true }], 'has 0 (0 of them not finished)'],
])('INV-10 breaks at rest for a node with %s', (_, pods, has) => {
  expect(benchOf([pods, [NEW]]).rest()).toEqual([`n0 should run one pod and ${has} of ${AGENT}`]);
});

test('INV-10 takes a pod that ended well for the node’s own in releases that do not replace it', () => {
  const rest = (version: string): readonly string[] | undefined =>
    benchOf([[{ ...NEW, phase: 'Succeeded' }]], {}, undefined, version).rest();
  expect([rest('1.26.4'), rest('1.26.5')]).toEqual([[], [expect.stringContaining('has 1 (0 of them not finished)')]]);
});

test('INV-10 breaks at rest when a pod is left on a node that should run none, and not on a sunset node', () => {
  expect(benchOf([[NEW], [NEW]], {}, [{ key: 'custom', effect: 'NoExecute' }]).rest()).toEqual([
    `n0 should run no pod and has 1 of ${AGENT}`,
  ]);
  expect(benchOf([[NEW], [NEW]], {}, [{ key: 'custom', effect: 'NoSchedule' }]).rest()).toEqual([]);
  expect(benchOf([[], [NEW]], {}, [{ key: 'custom', effect: 'NoSchedule' }]).rest()).toEqual([]);
});

test('INV-10 breaks at rest when an old pod stays although the budget has room', () => {
  const stuck = `${AGENT} still has pods of an older template on 1 nodes, and nothing to wait for`;
  expect(benchOf([[OLD], [NEW]]).rest()).toEqual([stuck]);
});

test('INV-10 lets old pods stay while the budget is used up by pods that do not become available', () => {
  expect(benchOf([[OLD], [{ hash: 'v1' }]]).rest()).toEqual([]);
  expect(benchOf([[OLD], [{ hash: 'v1' }]], { maxUnavailable: 2 }).rest()).toHaveLength(1);
});

test('INV-10 with surge lets a new pod wait beside an old one, and no third', () => {
  const surge = { maxUnavailable: 0, maxSurge: 1 };
  expect(benchOf([[OLD, { hash: 'v1' }], [OLD]], surge).rest()).toEqual([]);
  expect(benchOf([[OLD, NEW]], surge).rest()).not.toEqual([]);
  expect(benchOf([[OLD, { hash: 'v1' }, { hash: 'v1' }]], surge).rest()).not.toEqual([]);
});

test('INV-10 says nothing about OnDelete, and about a DaemonSet that waits at the gate', () => {
  expect(benchOf([[], [OLD]], { strategy: 'OnDelete' }).rest()).toBeUndefined();
  const world = new MemoryWorld();
  world.put(makeDaemonSet());
  world.put(makeNode('n0'));
  const bench = new LawBench(world, comesToRestRight);
  expect(bench.rest()).toHaveLength(1);
  world.pass({ pass: 'gated', ds: viewPass(world).ds, adds: 1, dels: 0, sinceMs: 0 });
  expect(bench.rest()).toBeUndefined();
});

test('INV-10 says nothing for 31 minutes after the controller has asked for something, as while its creations are refused', () => {
  const world = new MemoryWorld();
  world.put(makeDaemonSet());
  world.put(makeNode('n0'));
  const bench = new LawBench(world, comesToRestRight);
  world.pass(managePass(world, { createOn: ['n0'] }));
  world.advanceTo(1_859_999);
  expect(bench.rest()).toBeUndefined();
  world.advanceTo(1_860_000);
  expect(bench.rest()).toHaveLength(1);
});
