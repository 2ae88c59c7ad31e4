import { expect, test } from 'vitest';
import { makeFault, makeNode } from './testing/memoryObjects.ts';
import { CheckedRun, makeExpectation } from './testing/memoryPlan.ts';
import { MemoryWorld } from './testing/memoryWorld.ts';

/** One node that is Ready from `fromMs` until before `toMs`; the only step of the plan is at `stepAtMs`. */
function runOnce(block: 'before' | 'final', fromMs: number, toMs: number, stepAtMs: number | undefined): CheckedRun {
  const world = new MemoryWorld();
  const expectations = [makeExpectation({ invariant: 'nodes-ready', params: { eq: 1 }, block })];
  const steps = stepAtMs === undefined ? [] : [makeFault('outage', [], stepAtMs)];
  const run = new CheckedRun(world, { expectations, steps });
  world.put(makeNode('n1', { isReady: false }));
  world.advanceTo(fromMs);
  world.put(makeNode('n1'));
  world.advanceTo(toMs);
  world.put(makeNode('n1', { isReady: false }));
  return run;
}

test('before is judged at the last instant before the first step', () => {
  expect(runOnce('before', 29_998, 30_000, 30_000).finishOne()).toMatchObject({ result: 'held', evaluations: 1 });
  expect(runOnce('before', 30_000, 40_000, 30_000).finishOne()).toMatchObject({
    result: 'failed',
    firstViolatedAtMs: 29_999,
  });
  expect(runOnce('before', 10_000, 29_998, 30_000).finishOne().result).toBe('failed');
});

test('before, in a plan without steps, is judged at the end', () => {
  expect(runOnce('before', 1000, 50_000, undefined).finishOne()).toMatchObject({
    result: 'failed',
    firstViolatedAtMs: 60_000,
  });
  expect(runOnce('before', 1000, 60_000, undefined).finishOne().result).toBe('failed');
});

test('before, with a first step at the very start, cannot be judged and says so', () => {
  expect(runOnce('before', 1000, 2000, 0).finishOne()).toMatchObject({
    result: 'not-evaluated',
    message: 'the first step is at 0s, so no instant lies before it',
  });
});

test('before, in a run that ends before the first step, cannot be judged and says so', () => {
  expect(runOnce('before', 1000, 2000, 30_000).finishOne(20_000)).toMatchObject({
    result: 'not-evaluated',
    message: 'the run ended at 20s, before 29.999s',
  });
});

test('final is judged once, at the end', () => {
  const failed = runOnce('final', 10_000, 60_000, 30_000);
  expect(failed.finishOne()).toMatchObject({
    result: 'failed',
    firstViolatedAtMs: 60_000,
    violatedMs: 0,
    evaluations: 1,
  });
  expect(failed.violations).toMatchObject([{ block: 'final', fromMs: 60_000, toMs: 60_000 }]);
  const world = new MemoryWorld();
  const held = new CheckedRun(world, {
    expectations: [makeExpectation({ invariant: 'nodes-ready', params: { eq: 1 }, block: 'final' })],
  });
  world.advanceTo(59_999);
  world.put(makeNode('n1'));
  expect(held.finishOne().result).toBe('held');
});

test('final is not evaluated in a run that ended early', () => {
  expect(runOnce('final', 10_000, 15_000, 30_000).finishOne(20_000)).toMatchObject({
    result: 'not-evaluated',
    message: 'the run ended early, at 20s',
  });
});
