import type { PlannedExpectation } from '@everynode/sim/plan';
import { describe, expect, test } from 'vitest';
import { findCelProblem } from '../cel/celProblem.ts';
import { makeDaemonSet, makeNode, makePod } from '../testing/memoryObjects.ts';
import { CheckedRun, makeExpectation } from '../testing/memoryPlan.ts';
import { MemoryWorld } from '../testing/memoryWorld.ts';

const NO_NETWORK = { key: 'node.kubernetes.io/network-unavailable', effect: 'NoSchedule' as const };

function begin(
  expression: string,
  block: PlannedExpectation['block'] = 'final',
  row: Readonly<Record<string, string | number>> = {},
): { world: MemoryWorld; run: CheckedRun } {
  const world = new MemoryWorld();
  const run = new CheckedRun(world, {
    expectations: [makeExpectation({ invariant: 'cel', block, params: { expression, row } })],
  });
  return { world, run };
}

/** Two nodes, n1 without network; a ready pod on each; a DaemonSet that wants two. */
function fill(world: MemoryWorld): void {
  const ds = world.put(makeDaemonSet({ status: { desiredNumberScheduled: 2, numberReady: 2 } }));
  world.put(makeNode('n1', { taints: [NO_NETWORK], labels: { 'everynode.dev/pool': 'burst' } }));
  world.put(makeNode('n2'));
  world.put(makePod(ds, 'p1', 'n1', { readySinceMs: 0 }));
  world.put(makePod(ds, 'p2', 'n2', { readySinceMs: 0 }));
}

describe('an expression is true or false of the API', () => {
  test.each([
    ['pods.size() == 2', 'held', ''],
    ['pods.size() == 3', 'failed', 'pods.size() == 3 is false'],
    ["pods.filter(p, node(p).pool == 'burst').size() == 1 && nodes.size() == 2", 'held', ''],
    ["daemonSets.all(d, d.key == 'kube-system/agent' && d.desired == 2 && d.ready == 2)", 'held', ''],
    ['pods.size() == params.podsMax', 'held', ''],
    ['pods.all(p, p.ready)', 'held', ''],
    ["pods.all(p, p.name == 'p1')", 'failed', 'of pod/kube-system/p2 on n2, p.name == "p1" is false'],
    [
      "pods.all(p, p.phase == 'Failed')",
      'failed',
      'of pod/kube-system/p1 on n1, p.phase == "Failed" is false (and of 1 more)',
    ],
    ["pods.exists(p, p.phase == 'Failed')", 'failed', 'p.phase == "Failed" is true of none of the pods'],
    ['nodes.exists(n, n.networkUnavailable)', 'held', ''],
    [
      "nodes.all(n, n.taints.all(t, t.effect == 'NoExecute'))",
      'failed',
      'of node/n1, n.taints.all(t, t.effect == "NoExecute") is false',
    ],
    [
      'pods.exists(p, p.object.spec.zone == 1)',
      'failed',
      'of pod/kube-system/p1 on n1, p.object.spec.zone == 1 cannot be told: no such key: zone',
    ],
    ['pods.exists(p, has(p.object.spec.zone))', 'failed', 'has(p.object.spec.zone) is true of none of the pods'],
    ['1 / (pods.size() - 2) == 1', 'failed', '1 / (pods.size() - 2) == 1 cannot be told: division by zero'],
  ])('%s: %s', (expression, result, message) => {
    const { world, run } = begin(expression, 'final', { podsMax: 2 });
    fill(world);
    expect(run.finishOne()).toMatchObject({ result, message });
  });
});

describe('element by element', () => {
  const UNCONNECTED = "pods.exists(p, p.phase == 'Running' && !p.hostNetwork && node(p).networkUnavailable)";

  test('under never the pod that makes it true is named, from the instant at which its node changes to that at which it changes back', () => {
    const { world, run } = begin(UNCONNECTED, 'never');
    const ds = world.put(makeDaemonSet());
    world.put(makeNode('n1'));
    world.put(makePod(ds, 'p1', 'n1', { readySinceMs: 0 }));
    world.advanceTo(9999);
    world.put(makeNode('n1', { taints: [NO_NETWORK] }));
    world.advanceTo(12_000);
    world.put(makeNode('n1'));
    expect(run.finishOne()).toMatchObject({ result: 'failed', firstViolatedAtMs: 9999, violatedMs: 2001 });
    expect(run.violations[0]).toMatchObject({ node: 'n1', object: 'pod/kube-system/p1' });
  });

  test('a pod that moves its node, or goes, is forgotten there', () => {
    const { world, run } = begin(UNCONNECTED, 'never');
    const ds = world.put(makeDaemonSet());
    world.put(makeNode('n1'));
    world.put(makePod(ds, 'p1', 'n1', { readySinceMs: 0 }));
    world.advanceTo(1000);
    world.remove('Pod', 'kube-system/p1');
    world.put(makeNode('n1', { taints: [NO_NETWORK] }));
    expect(run.finishOne().result).toBe('held');
  });

  test('a pod without a node, or bound to a Node that is gone, has a node that does not exist', () => {
    const { world, run } = begin('pods.all(p, !node(p).exists && !node(p).ready)');
    world.put(makePod(makeDaemonSet(), 'p1', 'gone'));
    expect(run.finishOne().result).toBe('held');
  });

  test('nothing to look at: all is true, exists is false', () => {
    expect(begin('pods.all(p, p.ready)').run.finishOne().result).toBe('held');
    expect(begin('pods.exists(p, p.ready)').run.finishOne().result).toBe('failed');
  });
});

describe('what cannot be asked is told before the run', () => {
  test.each([
    ['pods.exists(p, p.phas == "Running")', { summary: 'no such key: phas', piece: 'phas', character: 18 }],
    ['pod.size() > 1', { summary: 'unknown variable: pod', piece: 'pod', character: 1 }],
    ['pods.exists(p, ', { summary: 'unexpected token: EOF', piece: '', character: 16 }],
    ['pods.size()', { summary: 'gives int, not true or false' }],
    ['pods.size() > "1"', { piece: 'pods.size() > "1"' }],
    ['timestamp("2026-01-01T00:00:00Z").getHours() == 1', { summary: /may not read times/ }],
    ['params.other == 1', { summary: 'no such key: other' }],
  ])('%s', (expression, problem) => {
    const found = findCelProblem(expression, { known: 1 });
    for (const [key, value] of Object.entries(problem)) {
      const told = (found as unknown as Record<string, unknown>)[key];
      if (value instanceof RegExp) expect(told).toMatch(value);
      else expect(told).toBe(value);
    }
  });
});
