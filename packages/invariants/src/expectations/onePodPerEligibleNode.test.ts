import { expect, test } from 'vitest';
import type { PlannedExpectation } from '@everynode/sim/plan';
import {
  AGENT,
  type DaemonSetOptions,
  makeDaemonSet,
  makeFault,
  makeNode,
  makePod,
  makeRevision,
} from '../testing/memoryObjects.ts';
import { CheckedRun, makeExpectation } from '../testing/memoryPlan.ts';
import { MemoryWorld } from '../testing/memoryWorld.ts';
import { QUIET_MS } from '../rest.ts';

const HOURS_2 = 7_200_000;
const NAME = 'one-pod-per-eligible-node';

/** Two nodes with one pod each, and a demand on them over two hours. */
function begin(
  planned: Partial<PlannedExpectation>,
  options: DaemonSetOptions = {},
): { world: MemoryWorld; run: CheckedRun } {
  const world = new MemoryWorld();
  const demand = makeExpectation({
    invariant: NAME,
    params: { daemonSet: AGENT },
    block: 'always',
    window: { fromMs: 0, toMs: HOURS_2 },
    ...planned,
  });
  const run = new CheckedRun(world, {
    expectations: [demand],
    durationMs: HOURS_2,
    steps: [makeFault('outage', ['n1'])],
  });
  const ds = world.put(makeDaemonSet(options));
  world.put(makeRevision(ds, 'v1', 1));
  for (const at of [1, 2]) {
    world.put(makeNode(`n${at}`));
    world.put(makePod(ds, `p${at}`, `n${at}`, { readySinceMs: 0 }));
  }
  return { world, run };
}

function runTwo(world: MemoryWorld, second: string): void {
  world.run(
    'n1',
    ['p1', second].map((name) => ({ uid: `uid-${name}`, key: `kube-system/${name}`, daemonSet: AGENT })),
  );
}

test('always, without grace, counts a missing pod once the world is at rest', () => {
  const { world, run } = begin({});
  world.advanceTo(60_000);
  world.remove('Pod', 'kube-system/p1');
  expect(run.finishOne(HOURS_2)).toMatchObject({
    result: 'failed',
    firstViolatedAtMs: 60_000 + QUIET_MS,
    message: `n1 has no pod of ${AGENT} and should run one`,
    worst: '1',
  });
});

test('always, without grace, forgives whatever happens while a fault is in force', () => {
  const { world, run } = begin({});
  world.advanceTo(60_000);
  world.begin(makeFault('outage'));
  world.remove('Pod', 'kube-system/p1');
  world.advanceTo(5_000_000);
  world.lift('outage');
  world.put(makePod(makeDaemonSet(), 'p3', 'n1'));
  expect(run.finishOne(HOURS_2).result).toBe('held');
});

test('always, with grace, counts a missing pod after that time, whatever the cause', () => {
  const { world, run } = begin({ params: { daemonSet: AGENT, grace: 30_000 } });
  world.advanceTo(60_000);
  world.begin(makeFault('outage', ['n1']));
  world.remove('Pod', 'kube-system/p1');
  world.advanceTo(95_000);
  world.put(makePod(makeDaemonSet(), 'p3', 'n1'));
  expect(run.finishOne(HOURS_2)).toMatchObject({ result: 'failed', firstViolatedAtMs: 90_000, violatedMs: 5000 });
  expect(run.violations).toMatchObject([{ node: 'n1', faults: ['outage'] }]);
});

test('always, with grace, forgives a gap that is shorter', () => {
  const { world, run } = begin({ params: { daemonSet: AGENT, grace: 30_000 } });
  for (const fromMs of [60_000, 100_000]) {
    world.advanceTo(fromMs);
    world.remove('Pod', 'kube-system/p1');
    world.advanceTo(fromMs + 29_999);
    world.put(makePod(makeDaemonSet(), 'p1', 'n1'));
  }
  expect(run.finishOne(HOURS_2).result).toBe('held');
});

test('two pods that truly run on one machine count at once, in every block', () => {
  for (const block of ['always', 'final'] as const) {
    const { world, run } = begin({ block });
    world.advanceTo(60_000);
    runTwo(world, 'forgotten');
    expect(run.finishOne(HOURS_2)).toMatchObject({
      result: 'failed',
      firstViolatedAtMs: block === 'always' ? 60_000 : HOURS_2,
      message: `n1 truly runs more than one pod of ${AGENT}`,
    });
  }
});

test.each([
  ['of another template', { hash: 'v0' }, false, 'held'],
  ['of the same template', { hash: 'v1' }, false, 'failed'],
  ['of the same template that is being stopped', { hash: 'v1' }, true, 'held'],
])('with surge a pod beside one %s is as it should be: %s', (_, options, stopping, result) => {
  const { world, run } = begin({}, { maxUnavailable: 0, maxSurge: 1 });
  world.put(makePod(makeDaemonSet(), 'p3', 'n1', options));
  const running = { daemonSet: AGENT, stopping: false };
  const first = { ...running, uid: 'uid-p1', key: 'kube-system/p1' };
  world.run('n1', [first, { ...running, uid: 'uid-p3', key: 'kube-system/p3', stopping }]);
  expect(run.finishOne(60_000).result).toBe(result);
});

test('with surge a pod that the API has forgotten is one too many', () => {
  const { world, run } = begin({}, { maxUnavailable: 0, maxSurge: 1 });
  runTwo(world, 'forgotten');
  expect(run.finishOne(60_000).result).toBe('failed');
});

test('eventually and final look at the instant itself', () => {
  for (const block of ['eventually', 'final'] as const) {
    const { world, run } = begin({ block });
    expect(run.finishOne(HOURS_2).result).toBe('held');
    const missing = begin({ block, window: { fromMs: 1000, toMs: 2000 } });
    missing.world.remove('Pod', 'kube-system/p1');
    expect(missing.run.finishOne(HOURS_2).result).toBe('failed');
    expect(world.nowMs).toBe(HOURS_2);
  }
});

test('a pod on a node that should run none is told as such', () => {
  const { world, run } = begin({ block: 'final' });
  world.put(makeNode('n1', { taints: [{ key: 'custom', effect: 'NoExecute' }] }));
  expect(run.finishOne(HOURS_2).message).toBe(`n1 has 1 pod of ${AGENT} and should run none`);
});

test('a filter narrows the demand to its nodes', () => {
  const { world, run } = begin({ block: 'final', params: { daemonSet: AGENT, nodes: { exclude: ['n1'] } } });
  world.remove('Pod', 'kube-system/p1');
  runTwo(world, 'forgotten');
  expect(run.finishOne(HOURS_2).result).toBe('held');
});

test('never breaks once every eligible node has its pod', () => {
  const { run } = begin({ block: 'never' });
  expect(run.finishOne(HOURS_2)).toMatchObject({
    result: 'failed',
    message: `every eligible node has its one pod of ${AGENT}`,
  });
});
