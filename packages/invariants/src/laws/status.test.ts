import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AGENT, makeDaemonSet } from '../testing/memoryObjects.ts';
import { LawBench } from '../testing/memoryPasses.ts';
import { MemoryWorld } from '../testing/memoryWorld.ts';
import { statusAddsUp } from './status.ts';

const GOOD = {
  desiredNumberScheduled: 5,
  currentNumberScheduled: 4,
  numberMisscheduled: 9,
  numberReady: 3,
  numberAvailable: 2,
  numberUnavailable: 3,
  updatedNumberScheduled: 4,
  observedGeneration: 1,
};

/** What the law says when the status is stored. */
function storing(status: Partial<typeof GOOD>): readonly string[] {
  const world = new MemoryWorld();
  const bench = new LawBench(world, statusAddsUp);
  const ds = world.put(makeDaemonSet());
  world.put({ ...ds, status: { ...GOOD, ...status } });
  return (bench.heard.at(-1) ?? []).map(({ message }) => message);
}

test('INV-7 holds for a status that adds up, and for one with zeros left out', () => {
  expect(storing({})).toEqual([]);
  const world = new MemoryWorld();
  const bench = new LawBench(world, statusAddsUp);
  const zeros = { desiredNumberScheduled: 0, currentNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 };
  world.put({ ...world.put(makeDaemonSet()), status: zeros });
  expect(bench.heard.at(-1)).toEqual([]);
});

test.each([
  [{ numberUnavailable: 2 }, '2 unavailable of 5 desired and 2 available'],
  [{ numberAvailable: 4, numberUnavailable: 1 }, '4 available of 3 ready'],
  [{ numberReady: 5 }, '5 ready of 4 scheduled'],
  [{ currentNumberScheduled: 6 }, '6 scheduled of 5 desired'],
  [{ updatedNumberScheduled: 5 }, '5 updated of 4 scheduled'],
  [{ observedGeneration: 2 }, 'generation 2 observed, and it is 1'],
])('INV-7 breaks for %j', (status, fact) => {
  expect(storing(status)).toEqual([`the status of ${AGENT} says ${fact}`]);
});

test('INV-7 holds for whatever is counted over one set of nodes', () => {
  const node = fc.record({
    hasPod: fc.boolean(),
    isReady: fc.boolean(),
    isAvailable: fc.boolean(),
    isUpdated: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(node), (nodes) => {
      const current = nodes.filter(({ hasPod }) => hasPod);
      const ready = current.filter(({ isReady }) => isReady);
      const available = ready.filter(({ isAvailable }) => isAvailable);
      const counted = {
        desiredNumberScheduled: nodes.length,
        currentNumberScheduled: current.length,
        numberReady: ready.length,
        numberAvailable: available.length,
        numberUnavailable: nodes.length - available.length,
        updatedNumberScheduled: current.filter(({ isUpdated }) => isUpdated).length,
      };
      expect(storing(counted)).toEqual([]);
    }),
  );
});

/** A status that had observed generation 2 is stored again with 1; the last pass saw the given generation. */
function fallingBack(passGeneration: number): number | undefined {
  const world = new MemoryWorld();
  const bench = new LawBench(world, statusAddsUp);
  world.put(makeDaemonSet());
  const ds = world.put(makeDaemonSet());
  const seen = world.put({ ...ds, status: { ...GOOD, observedGeneration: 2 } });
  world.pass({ pass: 'stale', ds: { ...ds, metadata: { ...ds.metadata, generation: passGeneration } }, kind: 'Pod' });
  world.put({ ...seen, status: { ...GOOD, observedGeneration: 1 } });
  return bench.heard.at(-1)?.length;
}

test('INV-7 breaks when observedGeneration falls back', () => {
  expect(fallingBack(2)).toBe(1);
});

test('INV-7 forgives it where the pass worked on an older object, as a retry from a stale cache does', () => {
  expect(fallingBack(1)).toBe(0);
});

test('INV-7 forgives it where a former leader that still acts worked on an older object, whatever the new one has seen (L-3)', () => {
  const world = new MemoryWorld();
  const bench = new LawBench(world, statusAddsUp);
  world.put(makeDaemonSet());
  const ds = world.put(makeDaemonSet());
  const passOn = (generation: number, life: number): void =>
    world.pass({ pass: 'stale', ds: { ...ds, metadata: { ...ds.metadata, generation } }, kind: 'Pod' }, life);
  passOn(1, 1);
  passOn(3, 2);
  const seen = world.put({ ...ds, status: { ...GOOD, observedGeneration: 2 } });
  world.put({ ...seen, status: { ...GOOD, observedGeneration: 1 } });
  expect(bench.heard.at(-1)).toEqual([]);
  world.put({ ...seen, status: { ...GOOD, observedGeneration: 0 } });
  expect(bench.heard.at(-1)).toHaveLength(1);
});

test('INV-7 begins anew with a DaemonSet that was deleted and made again', () => {
  const world = new MemoryWorld();
  const bench = new LawBench(world, statusAddsUp);
  world.put(makeDaemonSet());
  const ds = world.put(makeDaemonSet());
  world.put({ ...ds, status: { ...GOOD, observedGeneration: 2 } });
  world.remove('DaemonSet', AGENT);
  const again = world.put(makeDaemonSet({ uid: 'uid-again' }));
  world.put({ ...again, status: { ...GOOD, observedGeneration: 1 } });
  expect(bench.heard.at(-1)).toEqual([]);
});

test('a change that leaves the status alone says nothing', () => {
  const world = new MemoryWorld();
  const bench = new LawBench(world, statusAddsUp);
  const ds = world.put(makeDaemonSet({ status: { numberReady: 7 } }));
  expect(bench.heard.at(-1)).toHaveLength(1);
  world.put({ ...ds, metadata: { ...ds.metadata, labels: { a: 'b' } } });
  expect(bench.heard.at(-1)).toBeUndefined();
});
