import { expect, test } from 'vitest';
import { AGENT, makeDaemonSet, makeNode, makePod } from '../testing/memoryObjects.ts';
import { LawBench, managePass, updatePass } from '../testing/memoryPasses.ts';
import { MemoryWorld } from '../testing/memoryWorld.ts';
import { createsOnlyWhereNoneIs, createsOnlyWhereWanted, staysWithinBurst } from './creation.ts';

function worldWith(surge = 0, version?: string): MemoryWorld {
  const world = new MemoryWorld(version);
  world.put(makeDaemonSet({ maxSurge: surge, maxUnavailable: surge > 0 ? 0 : 1 }));
  world.put(makeNode('n1'));
  world.put(makeNode('n2', { taints: [{ key: 'custom', effect: 'NoSchedule' }] }));
  world.put(makeNode('n3', { taints: [{ key: 'custom', effect: 'NoExecute' }] }));
  return world;
}

test('INV-1 lets a pod be created for a node that should run one', () => {
  const world = worldWith();
  const bench = new LawBench(world, createsOnlyWhereWanted);
  expect(bench.pass(managePass(world, { createOn: ['n1'] }))).toEqual([]);
  expect(bench.pass(managePass(world, {}))).toEqual([]);
});

test.each([
  ['a sunset node', 'n2', 'which should not run one'],
  ['a node with an untolerated NoExecute taint', 'n3', 'which should not run one'],
  ['a node that is not in the cache', 'n4', 'which is not in its list of nodes'],
])('INV-1 breaks when a pod is created for %s', (_, name, why) => {
  const world = worldWith();
  const bench = new LawBench(world, createsOnlyWhereWanted);
  const message = `the controller's manage pass for ${AGENT} creates a pod for ${name}, ${why}`;
  expect(bench.pass(managePass(world, { createOn: ['n1', name] }))).toEqual([message]);
  expect(bench.pass(updatePass(world, { createOn: [name] }))).toHaveLength(1);
});

test('INV-1 says nothing of a surge in releases that ask of no node whether it should run a pod', () => {
  const judge = (version: string): readonly string[] | undefined => {
    const world = worldWith(1, version);
    return new LawBench(world, createsOnlyWhereWanted).pass(updatePass(world, { createOn: ['n2'] }));
  };
  expect([judge('1.28.2'), judge('1.28.3')]).toEqual([undefined, [expect.stringContaining('for n2')]]);
});

test('INV-1 goes by what the controller saw, not by the truth', () => {
  const world = worldWith();
  const bench = new LawBench(world, createsOnlyWhereWanted);
  const pass = managePass(world, { createOn: ['n1'] });
  world.remove('Node', 'n1');
  expect(bench.pass(pass)).toEqual([]);
});

test('INV-2 lets a pod be created beside one that is finished and going', () => {
  const world = worldWith();
  const ds = makeDaemonSet();
  const bench = new LawBench(world, createsOnlyWhereNoneIs);
  const gone = makePod(ds, 'p1', 'n1', { phase: 'Failed', isTerminating: true });
  const podsByNode = new Map([['n1', [gone]]]);
  expect(bench.pass(managePass(world, { createOn: ['n1'] }, podsByNode))).toEqual([]);
});

test.each([
  ['running', {}],
  ['terminating', { isTerminating: true }],
  ['failed', { phase: 'Failed' as const }],
])('INV-2 breaks when a pod is created beside one that is %s', (_, options) => {
  const world = worldWith();
  const bench = new LawBench(world, createsOnlyWhereNoneIs);
  const pod = makePod(makeDaemonSet(), 'p1', 'n1', options);
  const pass = managePass(world, { createOn: ['n1'] }, new Map([['n1', [pod]]]));
  expect(bench.pass(pass)).toEqual([`the controller's manage pass for ${AGENT} creates a pod for n1, which has p1`]);
});

test('INV-2 says nothing about surge, where a second pod is the point', () => {
  const world = worldWith(1);
  const bench = new LawBench(world, createsOnlyWhereNoneIs);
  const podsByNode = new Map([['n1', [makePod(makeDaemonSet(), 'p1', 'n1')]]]);
  expect(bench.pass(managePass(world, { createOn: ['n1'] }, podsByNode))).toBeUndefined();
});

test('INV-3 lets a pass create 250 pods and delete 250, and not one more', () => {
  const world = worldWith();
  const bench = new LawBench(world, staysWithinBurst);
  const names = Array.from({ length: 251 }, (_, at) => `n${at}`);
  const pods = names.map((name) => makePod(makeDaemonSet(), name, name));
  expect(bench.pass(managePass(world, { createOn: names.slice(1), deletePods: pods.slice(1) }))).toEqual([]);
  expect(bench.pass(managePass(world, { createOn: names }))?.[0]).toContain('creates 251 pods in one pass');
  expect(bench.pass(updatePass(world, { deletePods: pods }))?.[0]).toContain('deletes 251 pods in one pass');
});

test('a pass that waits at the gate says nothing about what is created', () => {
  const world = worldWith();
  for (const law of [createsOnlyWhereWanted, createsOnlyWhereNoneIs, staysWithinBurst]) {
    expect(
      new LawBench(world, law).pass({ pass: 'gated', ds: makeDaemonSet(), adds: 1, dels: 0, sinceMs: 0 }),
    ).toBeUndefined();
  }
});
