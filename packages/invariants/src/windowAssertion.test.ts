import { expect, test } from 'vitest';
import type { PlannedExpectation } from '@everynode/sim/plan';
import { AGENT, makeNode } from './testing/memoryObjects.ts';
import { CheckedRun, makeExpectation } from './testing/memoryPlan.ts';
import { MemoryWorld } from './testing/memoryWorld.ts';

const WINDOW = { fromMs: 10_000, toMs: 20_000 };

/** One node that is not Ready from `fromMs` until before `toMs`; the demand is that it is. */
function runWithGap(fromMs: number, toMs: number, planned: Partial<PlannedExpectation> = {}): CheckedRun {
  const world = new MemoryWorld();
  const demand = { invariant: 'nodes-ready', params: { eq: 1 }, block: 'always', window: WINDOW, ...planned } as const;
  const run = new CheckedRun(world, { expectations: [makeExpectation(demand)] });
  world.put(makeNode('n1'));
  world.advanceTo(fromMs);
  world.put(makeNode('n1', { isReady: false }));
  world.advanceTo(toMs);
  world.put(makeNode('n1'));
  return run;
}

test('always holds when the demand is met from the first to the last instant of its window', () => {
  const run = runWithGap(2000, 9_999);
  expect(run.finishOne()).toMatchObject({
    result: 'held',
    firstViolatedAtMs: null,
    violatedMs: 0,
    worst: '1',
    message: '',
  });
  expect(run.violations).toEqual([]);
});

test('always fails when the demand is missed inside the window, and tells since when and for how long', () => {
  const run = runWithGap(12_000, 15_000);
  expect(run.finishOne()).toMatchObject({
    result: 'failed',
    firstViolatedAtMs: 12_000,
    violatedMs: 3000,
    demanded: '= 1',
    worst: '0',
    message: '0 nodes are Ready, demanded = 1',
  });
  expect(run.violations).toMatchObject([{ id: 'demand', block: 'always', fromMs: 12_000, toMs: 15_000, faults: [] }]);
});

test('a breach at the very first instant of the window counts, from that instant on', () => {
  expect(runWithGap(5000, 10_000).finishOne().result).toBe('failed');
  expect(runWithGap(5000, 10_001).finishOne()).toMatchObject({
    result: 'failed',
    firstViolatedAtMs: 10_000,
    violatedMs: 1,
  });
  expect(runWithGap(5000, 9_999).finishOne().result).toBe('held');
});

test('a breach at the very last instant of the window counts, and one instant later it does not', () => {
  expect(runWithGap(20_000, 30_000).finishOne()).toMatchObject({ result: 'failed', firstViolatedAtMs: 20_000 });
  expect(runWithGap(20_001, 30_000).finishOne().result).toBe('held');
});

test('a breach that outlives the window ends with it', () => {
  const run = runWithGap(15_000, 40_000);
  expect(run.finishOne()).toMatchObject({ result: 'failed', violatedMs: 5000 });
  expect(run.violations).toMatchObject([{ fromMs: 15_000, toMs: 20_000 }]);
});

test('a breach that lasts to the end of the run stays open', () => {
  const demand = makeExpectation({ invariant: 'nodes-ready', params: { eq: 1 }, block: 'always' });
  const run = new CheckedRun(new MemoryWorld(), { expectations: [demand] });
  expect(run.finishOne()).toMatchObject({ result: 'failed', firstViolatedAtMs: 0, violatedMs: 60_000 });
  expect(run.violations).toMatchObject([{ fromMs: 0, toMs: null }]);
});

test('never breaks at the instants at which the statement is true', () => {
  const run = runWithGap(12_000, 15_000, { block: 'never', params: { lt: 1 } });
  expect(run.finishOne()).toMatchObject({
    result: 'failed',
    firstViolatedAtMs: 12_000,
    violatedMs: 3000,
    demanded: 'never < 1',
    worst: '0',
    message: '0 nodes are Ready, which never should be < 1',
  });
});

test('never holds while the statement is not true', () => {
  expect(runWithGap(12_000, 15_000, { block: 'never', params: { gt: 1 } }).finishOne()).toMatchObject({
    result: 'held',
    worst: '1',
  });
});

test('two breaches less than 30 s apart are one episode, and time counts only while it is broken', () => {
  const world = new MemoryWorld();
  const planned = makeExpectation({
    invariant: 'nodes-ready',
    params: { eq: 1 },
    block: 'always',
    window: { fromMs: 0, toMs: 200_000 },
  });
  const run = new CheckedRun(world, { expectations: [planned], durationMs: 200_000 });
  for (const [fromMs, toMs] of [
    [10_000, 11_000],
    [40_999, 42_000],
    [72_000, 73_000],
  ] as const) {
    world.put(makeNode('n1'));
    world.advanceTo(fromMs);
    world.put(makeNode('n1', { isReady: false }));
    world.advanceTo(toMs);
    world.put(makeNode('n1'));
  }
  const row = run.finishOne();
  expect(run.violations.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual([
    [10_000, 42_000],
    [72_000, 73_000],
  ]);
  expect(row.violatedMs).toBe(3001);
});

test.each([
  ['is empty', { fromMs: 20_000, toMs: 10_000 }, 'its window is empty: it opens at 20s and closes at 10s'],
  ['opens after the end', { fromMs: 70_000, toMs: 80_000 }, 'its window opens at 1m10s, after the run ended at 1m'],
])('a window that %s leaves the assertion unjudged and says so', (_, window, message) => {
  expect(runWithGap(1000, 2000, { window }).finishOne()).toMatchObject({
    result: 'not-evaluated',
    evaluations: 0,
    message,
  });
});

test('a window that goes on after the end is judged up to there, and says so', () => {
  const message = 'its window goes on to 1m40s, the run ended at 1m';
  expect(runWithGap(1000, 2000, { window: { fromMs: 5000, toMs: 100_000 } }).finishOne()).toMatchObject({
    result: 'held',
    message,
  });
});

test('without anything to judge an assertion is not evaluated, and says why', () => {
  const world = new MemoryWorld();
  const params = { daemonSet: AGENT, gte: 0 };
  const run = new CheckedRun(world, {
    expectations: [makeExpectation({ invariant: 'daemonset-available', params, block: 'always' })],
  });
  world.put(makeNode('n1'));
  expect(run.finishOne()).toMatchObject({
    result: 'not-evaluated',
    evaluations: 0,
    message: `there is no DaemonSet ${AGENT}`,
  });
});
