import { expect, test } from 'vitest';
import type { PlannedThreshold } from '@everynode/sim/plan';
import type { AssertionRow } from './ledger.ts';
import { AGENT, makeDaemonSet, makeNode, makePod, makeRevision } from './testing/memoryObjects.ts';
import { CheckedRun, makeThreshold } from './testing/memoryPlan.ts';
import { MemoryWorld } from './testing/memoryWorld.ts';
import { METRIC_LABELS } from './metric.ts';
import { metricRegistry } from './metrics.ts';

const LABELS = { daemonSet: AGENT };

/** Runs one threshold per stat over what `live` does to the world, and returns what each saw. */
function measure(
  metric: string,
  stats: readonly PlannedThreshold['stat'][],
  live: (world: MemoryWorld) => void,
  planned: Partial<PlannedThreshold> = {},
): readonly string[] {
  return rowsOf(metric, stats, live, planned).map(({ worst, result, message }) =>
    result === 'not-evaluated' ? message : worst,
  );
}

function rowsOf(
  metric: string,
  stats: readonly PlannedThreshold['stat'][],
  live: (world: MemoryWorld) => void,
  planned: Partial<PlannedThreshold> = {},
): readonly AssertionRow[] {
  const world = new MemoryWorld();
  const thresholds = stats.map((stat) =>
    makeThreshold({ id: stat, metric, stat, compare: { gte: 0 }, labels: LABELS, ...planned }),
  );
  const run = new CheckedRun(world, { thresholds });
  live(world);
  return run.finish();
}

function twoNodes(world: MemoryWorld): void {
  const ds = world.put(makeDaemonSet());
  world.put(makeRevision(ds, 'v1', 1));
  for (const at of [1, 2]) {
    world.put(makeNode(`n${at}`, { labels: { 'everynode.dev/pool': `pool-${at}` } }));
    world.put(makePod(ds, `p${at}`, `n${at}`, { hash: 'v1', readySinceMs: 0 }));
  }
}

test('every metric has a summary, a promise and only labels that there are', () => {
  for (const [name, { summary, promise, required, optional }] of Object.entries(metricRegistry)) {
    expect(name).toMatch(/^[a-z_]+$/);
    expect(summary).not.toBe('');
    expect(promise.length).toBeGreaterThan(80);
    for (const label of [...required, ...optional]) expect(METRIC_LABELS).toContain(label);
  }
});

test('daemonset_updated_pods is 0 until the template changes, and then counts nodes with a new pod', () => {
  const live = (world: MemoryWorld): void => {
    twoNodes(world);
    world.advanceTo(10_000);
    const ds = world.put(makeDaemonSet({ image: 'agent:v2' }));
    world.put(makeRevision(ds, 'v2', 2));
    world.advanceTo(30_000);
    world.put(makePod(ds, 'p1', 'n1', { hash: 'v2' }));
  };
  expect(measure('daemonset_updated_pods', ['max', 'min', 'last', 'avg'], live)).toEqual(['1', '0', '1', '0.5']);
  expect(measure('daemonset_updated_pods', ['max'], live, { window: { fromMs: 0, toMs: 29_999 } })).toEqual(['0']);
  expect(measure('daemonset_updated_pods', ['max'], live, { window: { fromMs: 0, toMs: 30_000 } })).toEqual(['1']);
  expect(measure('daemonset_updated_pods', ['max'], live, { labels: { ...LABELS, pool: 'pool-2' } })).toEqual(['0']);
});

test('daemonset_available_pods follows time as well as changes', () => {
  const live = (world: MemoryWorld): void => {
    const ds = world.put(makeDaemonSet({ minReadySeconds: 10 }));
    world.put(makeNode('n1'));
    world.advanceTo(20_000);
    world.put(makePod(ds, 'p1', 'n1', { readySinceMs: 20_000 }));
  };
  // Available from 30 s to the last instant, 60 s: 30,001 of 60,001 instants.
  expect(measure('daemonset_available_pods', ['min', 'max', 'avg', 'p50', 'count'], live)).toEqual([
    '0',
    '1',
    '0.5',
    '1',
    '2',
  ]);
});

test('a DaemonSet that never was there gives no data', () => {
  const row = rowsOf('daemonset_available_pods', ['min'], () => {})[0];
  expect(row).toMatchObject({
    result: 'not-evaluated',
    message: 'daemonset_available_pods has no data: nothing to measure came up in its window',
  });
});

test('daemonset_node_uncovered_seconds adds up, per node, the time without a pod that should be there', () => {
  const live = (world: MemoryWorld): void => {
    twoNodes(world);
    world.advanceTo(10_000);
    world.remove('Pod', 'kube-system/p1');
    world.advanceTo(15_000);
    world.put(makePod(makeDaemonSet(), 'p3', 'n1', { readySinceMs: 15_000 }));
    world.advanceTo(50_000);
    world.remove('Pod', 'kube-system/p3');
  };
  expect(measure('daemonset_node_uncovered_seconds', ['max', 'min', 'sum', 'count', 'avg'], live)).toEqual([
    '15',
    '0',
    '15',
    '2',
    '7.5',
  ]);
  expect(
    measure('daemonset_node_uncovered_seconds', ['max'], live, { window: { fromMs: 12_000, toMs: 52_000 } }),
  ).toEqual(['5']);
});

test('a node that should run no pod is not uncovered, and counts only for the time in which it should', () => {
  const live = (world: MemoryWorld): void => {
    twoNodes(world);
    const taints = [{ key: 'custom', effect: 'NoExecute' as const }];
    world.put(makeNode('n3', { taints }));
    world.advanceTo(20_000);
    world.put(makeNode('n3'));
    world.advanceTo(25_000);
    world.put(makeNode('n3', { taints }));
  };
  expect(measure('daemonset_node_uncovered_seconds', ['max', 'count'], live)).toEqual(['5', '3']);
  expect(
    measure('daemonset_node_uncovered_seconds', ['max', 'count'], live, { window: { fromMs: 30_000, toMs: 60_000 } }),
  ).toEqual(['0', '2']);
});

test('pod_creations counts pods for count and sum, and per node for all other stats', () => {
  const live = (world: MemoryWorld): void => {
    twoNodes(world);
    world.advanceTo(10_000);
    for (const name of ['q1', 'q2', 'q3']) world.put(makePod(makeDaemonSet(), name, 'n1'));
    world.put(makePod(makeDaemonSet(), 'q4', 'n2'));
    world.put(makePod(makeDaemonSet(), 'q4', 'n2', { readySinceMs: 0 }));
  };
  expect(measure('pod_creations', ['count', 'sum', 'max', 'min'], live)).toEqual(['6', '6', '4', '2']);
  expect(measure('pod_creations', ['count', 'max', 'min'], live, { window: { fromMs: 1, toMs: 60_000 } })).toEqual([
    '4',
    '3',
    '1',
  ]);
  expect(measure('pod_creations', ['count'], live, { window: { fromMs: 20_000, toMs: 60_000 } })).toEqual(['0']);
  expect(measure('pod_creations', ['count'], () => {}, { window: { fromMs: 1, toMs: 60_000 } })).toEqual([
    'pod_creations has no data: nothing to measure came up in its window',
  ]);
});

test('node_ready_seconds measures nodes that join, and those that never get ready by the time they wait', () => {
  const live = (world: MemoryWorld): void => {
    world.put(makeNode('old'));
    world.advanceTo(10_000);
    for (const name of ['a', 'b']) world.put(makeNode(name, { isReady: false }));
    world.advanceTo(12_500);
    world.put(makeNode('a'));
    world.put(makeNode('a', { isReady: false }));
    world.advanceTo(20_000);
    world.put(makeNode('a'));
  };
  expect(measure('node_ready_seconds', ['count', 'min', 'max'], live, { labels: {} })).toEqual(['2', '2.5', '50']);
  expect(
    measure('node_ready_seconds', ['count'], live, { labels: {}, window: { fromMs: 10_001, toMs: 60_000 } }),
  ).toEqual(['node_ready_seconds has no data: nothing to measure came up in its window']);
});

test('a node that is removed, or made again under its name, counts for itself', () => {
  const live = (world: MemoryWorld): void => {
    world.advanceTo(10_000);
    world.put(makeNode('a', { isReady: false }));
    world.advanceTo(13_000);
    world.remove('Node', 'a');
    world.advanceTo(20_000);
    world.put(makeNode('a', { isReady: false, uid: 'again' }));
    world.advanceTo(21_000);
    world.put(makeNode('a', { uid: 'again' }));
  };
  expect(measure('node_ready_seconds', ['count', 'max', 'last'], live, { labels: {} })).toEqual(['2', '3', '1']);
});

test('a threshold that is missed fails with the number, the unit and the bound, and writes one violation', () => {
  const world = new MemoryWorld();
  const thresholds = [
    makeThreshold({
      metric: 'daemonset_node_uncovered_seconds',
      stat: 'max',
      compare: { lte: 2 },
      labels: LABELS,
      severity: 'warning',
    }),
  ];
  const run = new CheckedRun(world, { thresholds });
  twoNodes(world);
  world.remove('Pod', 'kube-system/p2');
  world.advanceTo(2500);
  world.put(makePod(makeDaemonSet(), 'p3', 'n2', { readySinceMs: 0 }));
  const message = `max of daemonset_node_uncovered_seconds of ${AGENT} is 2.5 seconds, demanded ≤ 2`;
  expect(run.finishOne()).toMatchObject({
    block: 'threshold',
    severity: 'warning',
    result: 'failed',
    demanded: 'max ≤ 2',
    worst: '2.5',
    message,
  });
  expect(run.violations).toMatchObject([{ id: 'bound', block: 'threshold', fromMs: 60_000, toMs: 60_000, message }]);
});

test('bounds with fractions are exact', () => {
  const live = (world: MemoryWorld): void => {
    world.advanceTo(10_000);
    world.put(makeNode('a', { isReady: false }));
    world.advanceTo(12_500);
    world.put(makeNode('a'));
  };
  const result = (compare: PlannedThreshold['compare']): string | undefined =>
    rowsOf('node_ready_seconds', ['max'], live, { labels: {}, compare })[0]?.result;
  expect(result({ lte: 2.5 })).toBe('held');
  expect(result({ lt: 2.5 })).toBe('failed');
  expect(result({ eq: 2.5 })).toBe('held');
  expect(result({ lte: 2.499 })).toBe('failed');
});

test('a threshold whose window is empty says so', () => {
  expect(rowsOf('pod_creations', ['count'], twoNodes, { window: { fromMs: 9000, toMs: 1000 } })[0]).toMatchObject({
    result: 'not-evaluated',
    message: 'its window is empty: it opens at 9s and closes at 1s',
  });
});
