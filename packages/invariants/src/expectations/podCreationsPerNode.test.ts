import { expect, test } from 'vitest';
import type { PlannedExpectation } from '@everynode/sim/plan';
import { AGENT, makeDaemonSet, makeNode, makePod } from '../testing/memoryObjects.ts';
import { CheckedRun, makeExpectation } from '../testing/memoryPlan.ts';
import { MemoryWorld } from '../testing/memoryWorld.ts';

/** Pods created on n1 at these instants, each gone a second later; n2 has none. */
function runWith(instantsMs: readonly number[], planned: Partial<PlannedExpectation>): CheckedRun {
  const world = new MemoryWorld();
  const demand = makeExpectation({
    invariant: 'pod-creations-per-node',
    block: 'always',
    window: { fromMs: 10_000, toMs: 60_000 },
    params: { daemonSet: AGENT, over: 20_000, lte: 2 },
    ...planned,
  });
  const run = new CheckedRun(world, { expectations: [demand] });
  const ds = world.put(makeDaemonSet());
  for (const name of ['n1', 'n2']) world.put(makeNode(name));
  for (const [nth, atMs] of instantsMs.entries()) {
    world.advanceTo(atMs);
    world.put(makePod(ds, `p${nth}`, 'n1'));
    world.advanceTo(atMs + 1000);
    world.remove('Pod', `kube-system/p${nth}`);
  }
  return run;
}

test('it breaks with the creation that is one too many, and heals when the first one is long enough ago', () => {
  expect(runWith([12_000, 15_000, 20_000], {}).finishOne()).toMatchObject({
    result: 'failed',
    firstViolatedAtMs: 20_000,
    violatedMs: 12_000,
    worst: '3',
    demanded: '≤ 2 on each node in 20s',
    message: `3 pods of ${AGENT} were created for n1 within 20s, demanded ≤ 2`,
  });
});

test('creations that are further apart than the span are not counted together', () => {
  expect(runWith([12_000, 15_000, 32_000], {}).finishOne()).toMatchObject({ result: 'held', worst: '2' });
  expect(runWith([12_000, 15_000, 31_999], {}).finishOne().result).toBe('failed');
});

test('creations before the window do not count, and one at its first instant does', () => {
  expect(runWith([0, 5000, 12_000, 15_000], {}).finishOne().result).toBe('held');
  expect(runWith([8000, 10_000, 12_000, 15_000], {}).finishOne().result).toBe('failed');
});

test('a node without any creation counts as 0', () => {
  expect(
    runWith([12_000], { block: 'final', params: { daemonSet: AGENT, over: 60_000, gte: 1 } }).finishOne(),
  ).toMatchObject({
    result: 'failed',
    message: `0 pods of ${AGENT} were created for n2 within 1m, demanded ≥ 1`,
  });
});

test('never breaks at the same instant as always with the opposite bound', () => {
  const params = { daemonSet: AGENT, over: 20_000, gt: 2 };
  expect(runWith([12_000, 15_000, 20_000], { block: 'never', params }).finishOne()).toMatchObject({
    result: 'failed',
    firstViolatedAtMs: 20_000,
    violatedMs: 12_000,
    message: `3 pods of ${AGENT} were created for n1 within 20s, demanded never > 2`,
  });
});

test('a filter leaves the other nodes out', () => {
  const params = { daemonSet: AGENT, over: 20_000, lte: 2, nodes: { exclude: ['n1'] } };
  expect(runWith([12_000, 15_000, 20_000], { params }).finishOne()).toMatchObject({ result: 'held', worst: '0' });
});
