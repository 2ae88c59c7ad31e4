import { expect, test } from 'vitest';
import { Checker } from './checker.ts';
import { AGENT, makeDaemonSet, makeFault, makeNode, makePod, makeRevision } from './testing/memoryObjects.ts';
import { managePass, updatePass } from './testing/memoryPasses.ts';
import { CheckedRun, makeExpectation, makeThreshold } from './testing/memoryPlan.ts';
import { MemoryWorld } from './testing/memoryWorld.ts';
import { expectationRegistry, lawRegistry } from './registry.ts';
import { QUIET_MS } from './rest.ts';

const LAWS = ['INV-1', 'INV-2', 'INV-3', 'INV-4', 'INV-5', 'INV-6', 'INV-7', 'INV-8', 'INV-9', 'INV-10'];

/** A world at rest, but for what a test takes away. */
function begin(): { readonly world: MemoryWorld; readonly run: CheckedRun } {
  const world = new MemoryWorld();
  const run = new CheckedRun(world, { durationMs: 4 * QUIET_MS, steps: [makeFault('outage', ['n1'])] });
  const ds = world.put(makeDaemonSet());
  world.put(makeRevision(ds, 'v1', 1));
  world.put(makeNode('n1'));
  world.put(makePod(ds, 'p1', 'n1', { readySinceMs: 0 }));
  return { world, run };
}

test('there is one law for each number, and each is judged in every run', () => {
  expect(lawRegistry.map(({ name }) => name)).toEqual(LAWS);
  const { run } = begin();
  run.finish();
  expect(run.checker.rows.map(({ id, block, severity }) => [id, block, severity])).toEqual(
    LAWS.map((name) => [name, 'law', 'critical']),
  );
});

test('every expectation has a name in kebab-case, a summary and a promise', () => {
  for (const [name, { summary, promise }] of Object.entries(expectationRegistry)) {
    expect(name).toMatch(/^[a-z]+(-[a-z]+)*$/);
    expect(summary).not.toBe('');
    expect(promise.length).toBeGreaterThan(80);
  }
});

test('a law that had nothing to judge says so, and one that held tells how often it was judged', () => {
  const { world, run } = begin();
  world.pass(managePass(world, {}));
  world.pass(managePass(world, {}));
  run.finish(1000);
  const rows = new Map(run.checker.rows.map((row) => [row.id, row]));
  expect(rows.get('INV-1')).toMatchObject({ result: 'held', evaluations: 2, worst: '0 breaches' });
  expect(rows.get('INV-5')).toMatchObject({
    result: 'not-evaluated',
    evaluations: 0,
    message: 'nothing happened that it speaks of',
  });
});

test('breaches of a law in quick succession are one violation that names the fault in force', () => {
  const { world, run } = begin();
  world.advanceTo(1000);
  world.begin(makeFault('outage', ['n1']));
  for (const atMs of [2000, 3000, 40_000]) {
    world.advanceTo(atMs);
    world.pass(managePass(world, { createOn: ['n9'] }));
  }
  run.finish(50_000);
  expect(run.breaches.filter(({ id }) => id === 'INV-1')).toMatchObject([
    { block: 'law', severity: 'critical', fromMs: 2000, toMs: 3000, node: 'n9', faults: ['outage'] },
    { fromMs: 40_000, toMs: 40_000 },
  ]);
  expect(run.checker.rows[0]).toMatchObject({ id: 'INV-1', result: 'failed', worst: '3 breaches', violatedMs: 0 });
});

test('the laws about rest are asked once per rest, and only when it is reached', () => {
  const { world, run } = begin();
  const evaluations = (): number => {
    run.finish();
    return run.checker.rows.find(({ id }) => id === 'INV-10')?.evaluations ?? -1;
  };
  world.advanceTo(QUIET_MS + 5000);
  world.put(makeNode('n1', { labels: { a: 'b' } }));
  expect(evaluations()).toBe(2);
  const never = begin();
  never.run.finish(QUIET_MS - 1);
  expect(never.run.checker.rows.find(({ id }) => id === 'INV-10')?.result).toBe('not-evaluated');
});

test('a pod that is missing at rest breaks INV-10 at the instant of rest', () => {
  const { world, run } = begin();
  world.remove('Pod', 'kube-system/p1');
  run.finish();
  expect(run.breaches).toMatchObject([
    { id: 'INV-10', fromMs: QUIET_MS, toMs: QUIET_MS, object: `ds/${AGENT}`, node: 'n1' },
  ]);
});

test('a world in which a fault is in force, or a node is not well, is not at rest', () => {
  const disturb: ((world: MemoryWorld) => void)[] = [
    (world) => world.begin(makeFault('outage')),
    (world) => void world.put(makeNode('n2', { isReady: false })),
    (world) => void world.put(makeNode('n2', { hasPressure: true })),
  ];
  for (const each of disturb) {
    const { world, run } = begin();
    world.remove('Pod', 'kube-system/p1');
    each(world);
    run.finish();
    expect(run.breaches).toEqual([]);
  }
});

test('rows stand in the order of the plan, with the place in the file that each comes from', () => {
  const source = { file: 'a.yaml', line: 7, column: 3 };
  const run = new CheckedRun(new MemoryWorld(), {
    expectations: [
      makeExpectation({ id: 'second', invariant: 'nodes-ready', params: { gte: 0 }, block: 'final' }),
      makeExpectation({ id: 'first', invariant: 'nodes-ready', params: { gte: 0 }, block: 'always', source }),
    ],
    thresholds: [makeThreshold({ metric: 'node_ready_seconds', stat: 'max', compare: { lte: 1 }, source })],
  });
  expect(run.finish().map(({ id, source: at }) => [id, at])).toEqual([
    ['second', undefined],
    ['first', 'a.yaml:7:3'],
    ['bound', 'a.yaml:7:3'],
  ]);
});

test('a plan that names what is not there is a bug of ours', () => {
  const plan = { expectations: [], thresholds: [], steps: [], durationMs: 1000 };
  const sink = { violation() {} };
  const unknown = makeExpectation({ invariant: 'toString', params: {}, block: 'final' });
  expect(() => new Checker({ ...plan, expectations: [unknown] }, sink)).toThrow('names the expectation toString');
  const metric = makeThreshold({ metric: 'pods', stat: 'max', compare: {} });
  expect(() => new Checker({ ...plan, thresholds: [metric] }, sink)).toThrow('names the metric pods');
});

test('the rows are not there before the end', () => {
  const { run } = begin();
  expect(() => run.checker.rows).toThrow('once the run has ended');
});

test('INV-5 and max-unavailable-respected break at one and the same pass', () => {
  const world = new MemoryWorld();
  const demand = makeExpectation({
    invariant: 'max-unavailable-respected',
    params: { daemonSet: AGENT, mode: 'controller' },
    block: 'always',
  });
  const run = new CheckedRun(world, { expectations: [demand] });
  const ds = world.put(makeDaemonSet());
  const pods = [1, 2].map((at) => {
    world.put(makeNode(`n${at}`));
    return world.put(makePod(ds, `p${at}`, `n${at}`, { readySinceMs: 0 }));
  });
  world.advanceTo(5000);
  world.pass(updatePass(world, { hash: 'v2', deletePods: pods }));
  run.finish();
  expect(run.violations.map(({ fromMs, seq }) => [fromMs, seq])).toEqual(
    run.breaches.filter(({ id }) => id === 'INV-5').map(({ fromMs, seq }) => [fromMs, seq]),
  );
  expect(run.violations).toHaveLength(1);
});
