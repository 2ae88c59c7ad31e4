import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Backoff } from '@everynode/core/machinery/backoff';
import { AGENT, makeDaemonSet, makeNode, makePod } from '../testing/memoryObjects.ts';
import { managePass } from '../testing/memoryPasses.ts';
import { CheckedRun, makeExpectation } from '../testing/memoryPlan.ts';
import { MemoryWorld } from '../testing/memoryWorld.ts';

const PARAMS = { daemonSet: AGENT, initial: 1000, factor: 2, max: 900_000 };

/** Failed pods deleted at these instants on one node; a generation goes with each where it changes. */
function runWith(deletions: readonly (readonly [atMs: number, generation?: number])[], fromMs = 0): CheckedRun {
  const world = new MemoryWorld();
  const durationMs = 20_000_000;
  const window = { fromMs, toMs: durationMs };
  const demand = makeExpectation({ invariant: 'failed-pod-backoff', block: 'always', params: PARAMS, window });
  const run = new CheckedRun(world, { expectations: [demand], durationMs });
  const ds = world.put(makeDaemonSet());
  world.put(makeNode('n1'));
  for (const [nth, [atMs, observedGeneration = 1]] of deletions.entries()) {
    world.advanceTo(atMs);
    const failed = makePod(ds, `p${nth}`, 'n1', { phase: 'Failed' });
    const seen = { ...ds, status: { ...makeDaemonSet({ status: {} }).status, observedGeneration } } as typeof ds;
    world.pass(managePass(world, { ds: seen, deletePods: [failed, makePod(ds, 'running', 'n2')] }));
  }
  return run;
}

test('deletions at doubling distances hold', () => {
  expect(runWith([[0], [1000], [3000], [7000], [15_000]]).finishOne()).toMatchObject({
    result: 'held',
    demanded: '1s, then × 2 up to 15m',
  });
});

test('a deletion that comes a millisecond early breaks it, at that instant', () => {
  const run = runWith([[0], [1000], [2999]]);
  expect(run.finishOne()).toMatchObject({
    result: 'failed',
    firstViolatedAtMs: 2999,
    message: `a failed pod of ${AGENT} on n1 is deleted 1.999s after the one before, demanded ≥ 2s`,
  });
  expect(run.violations).toMatchObject([{ node: 'n1', fromMs: 2999, toMs: 2999 }]);
});

test('the distance grows no further than the longest', () => {
  const doubling = Array.from({ length: 11 }, (_, at) => [1000 * (2 ** at - 1)] as const);
  const lastMs = 1000 * (2 ** 10 - 1);
  expect(runWith([...doubling, [lastMs + 900_000]]).finishOne().result).toBe('held');
  expect(runWith([...doubling, [lastMs + 899_999]]).finishOne().result).toBe('failed');
});

test('a new generation begins anew, and so does a long silence', () => {
  expect(runWith([[0], [1000], [1001, 2], [2001, 2]]).finishOne().result).toBe('held');
  expect(runWith([[0], [1000], [1_801_001], [1_802_001]]).finishOne().result).toBe('held');
  expect(runWith([[0], [1000], [1_801_000], [1_802_000]]).finishOne().result).toBe('failed');
});

test('two failed pods of one node in one pass break it', () => {
  expect(runWith([[0], [0]]).finishOne().result).toBe('failed');
});

test('with fewer than two deletions in a row there is nothing to judge', () => {
  const message = `no node had two failed pods of ${AGENT} deleted in a row`;
  expect(runWith([[0]]).finishOne()).toMatchObject({ result: 'not-evaluated', message });
  expect(runWith([[0], [1000, 2]]).finishOne().result).toBe('not-evaluated');
});

test('deletions before the window count for the distance, and are not judged themselves', () => {
  expect(runWith([[0], [500], [60_000]], 50_000).finishOne().result).toBe('held');
  expect(runWith([[49_500], [50_000]], 50_000).finishOne().result).toBe('failed');
});

test("the controller's own backoff never breaks it, whenever failed pods show up", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 2_500_000 }), { maxLength: 30 }), (gapsMs) => {
      const backoff = new Backoff();
      const deletions: [number][] = [];
      let nowMs = 0;
      for (const gapMs of gapsMs) {
        nowMs = Math.min(nowMs + gapMs, 20_000_000);
        if (backoff.isInBackOffSinceUpdate('n1', nowMs)) continue;
        backoff.next('n1', nowMs);
        deletions.push([nowMs]);
      }
      expect(runWith(deletions).finishOne().result).not.toBe('failed');
    }),
    { numRuns: 50 },
  );
});
