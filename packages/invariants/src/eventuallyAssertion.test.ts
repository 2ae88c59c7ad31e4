import { expect, test } from 'vitest';
import type { PlannedExpectation } from '@everynode/sim/plan';
import { AGENT, makeNode } from './testing/memoryObjects.ts';
import { CheckedRun, makeExpectation } from './testing/memoryPlan.ts';
import { MemoryWorld } from './testing/memoryWorld.ts';

const PLANNED = {
  invariant: 'nodes-ready',
  params: { eq: 1 },
  block: 'eventually',
  window: { fromMs: 10_000, toMs: 50_000 },
} as const;

/** One node whose Ready turns round at each of the given instants; it begins as not Ready. */
function runWithFlips(flipsMs: readonly number[], planned: Partial<PlannedExpectation> = {}): CheckedRun {
  const world = new MemoryWorld();
  const run = new CheckedRun(world, { expectations: [makeExpectation({ ...PLANNED, ...planned })] });
  world.put(makeNode('n1', { isReady: false }));
  let isReady = false;
  for (const atMs of flipsMs) {
    world.advanceTo(atMs);
    isReady = !isReady;
    world.put(makeNode('n1', { isReady }));
  }
  return run;
}

test('eventually holds from the first instant in its window at which the demand is met', () => {
  const message = 'true from 12s on, 2s after its window opened';
  expect(runWithFlips([12_000, 13_000]).finishOne()).toMatchObject({ result: 'held', message, violatedMs: 0 });
});

test('what is true when the window opens needs no change inside it', () => {
  expect(runWithFlips([5000]).finishOne()).toMatchObject({
    result: 'held',
    message: 'true from 10s on, 0s after its window opened',
  });
});

test('what was true only before the window opened does not count', () => {
  expect(runWithFlips([5000, 9_999]).finishOne()).toMatchObject({ result: 'failed', firstViolatedAtMs: 50_000 });
});

test.each([
  [20_000, 'held'],
  [20_001, 'failed'],
])('with 10 s of time, coming true at %i ms is %s', (atMs, result) => {
  expect(runWithFlips([atMs], { withinMs: 10_000 }).finishOne().result).toBe(result);
});

test('without `within` the end of the window is the deadline', () => {
  expect(runWithFlips([50_000]).finishOne().result).toBe('held');
  expect(runWithFlips([50_001]).finishOne().result).toBe('failed');
});

test('a missed deadline is a violation from the deadline until it comes true, late', () => {
  const run = runWithFlips([33_000], { withinMs: 10_000 });
  expect(run.finishOne()).toMatchObject({
    result: 'failed',
    firstViolatedAtMs: 20_000,
    violatedMs: 13_000,
    message: '0 nodes are Ready, demanded = 1; it had to come true within 10s, by 20s',
  });
  expect(run.violations).toMatchObject([{ block: 'eventually', fromMs: 20_000, toMs: 33_000 }]);
});

test('with `hold` it must stay true that long, and may begin anew as long as there is time', () => {
  const planned = { withinMs: 10_000, holdMs: 5000 };
  expect(runWithFlips([12_000, 17_000], planned).finishOne().result).toBe('held');
  expect(runWithFlips([12_000, 16_999], planned).finishOne().result).toBe('failed');
  expect(runWithFlips([12_000, 16_999, 20_000], planned).finishOne().result).toBe('held');
  expect(runWithFlips([12_000, 16_999, 20_001], planned).finishOne().result).toBe('failed');
});

test('a hold that breaks after the deadline fails at that instant', () => {
  const row = runWithFlips([18_000, 22_000], { withinMs: 10_000, holdMs: 5000 }).finishOne();
  expect(row).toMatchObject({ result: 'failed', firstViolatedAtMs: 22_000 });
});

test('a run that ends before its hold is over cannot prove it', () => {
  const row = runWithFlips([49_000], { holdMs: 20_000 }).finishOne();
  expect(row.result).toBe('failed');
  expect(row.message).toBe('it holds since 49s, and the run ended at 1m: 11s of the 20s it must hold');
});

test('a deadline after the planned end fails at the end, and says what time was left', () => {
  const row = runWithFlips([], { window: { fromMs: 10_000, toMs: 90_000 } }).finishOne();
  expect(row).toMatchObject({ result: 'failed', firstViolatedAtMs: 60_000 });
  expect(row.message).toBe('0 nodes are Ready, demanded = 1; the run ended at 1m, its time is up at 1m30s');
});

test('a run that ends early leaves an open demand undecided, and a kept or missed one as it is', () => {
  expect(runWithFlips([]).finishOne(30_000).result).toBe('not-evaluated');
  expect(runWithFlips([20_000]).finishOne(30_000).result).toBe('held');
  expect(runWithFlips([], { withinMs: 10_000 }).finishOne(30_000).result).toBe('failed');
});

test('without anything to judge it is not evaluated, and no violation is written', () => {
  const world = new MemoryWorld();
  const planned = makeExpectation({ ...PLANNED, invariant: 'rollout-complete', params: { daemonSet: AGENT } });
  const run = new CheckedRun(world, { expectations: [planned] });
  expect(run.finishOne()).toMatchObject({
    result: 'not-evaluated',
    message: `there is no DaemonSet ${AGENT}`,
    firstViolatedAtMs: null,
  });
  expect(run.violations).toEqual([]);
});

test('a window that opens after the end says so', () => {
  const row = runWithFlips([], { window: { fromMs: 70_000, toMs: 80_000 } }).finishOne();
  expect(row).toMatchObject({
    result: 'not-evaluated',
    message: 'its window opens at 1m10s, after the run ended at 1m',
  });
});
