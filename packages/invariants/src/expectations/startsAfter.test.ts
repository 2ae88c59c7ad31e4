import type { Json, PlannedExpectation } from '@everynode/sim/plan';
import { expect, test } from 'vitest';
import { makeDaemonSet, makeNode, makePod, type PodOptions } from '../testing/memoryObjects.ts';
import { CheckedRun, makeExpectation } from '../testing/memoryPlan.ts';
import { MemoryWorld } from '../testing/memoryWorld.ts';

const AGENT = makeDaemonSet();
const OTHER = { ...AGENT, metadata: { ...AGENT.metadata, name: 'csi', uid: 'uid-csi' } };

function begin(
  more: Readonly<Record<string, Json>> = {},
  block: PlannedExpectation['block'] = 'always',
  window = { fromMs: 0, toMs: 60_000 },
): { world: MemoryWorld; run: CheckedRun } {
  const params = { pods: {}, dependsOn: 'kube-system/agent', scope: 'node', ...more };
  const world = new MemoryWorld();
  const run = new CheckedRun(world, {
    expectations: [makeExpectation({ invariant: 'starts-after', block, params, window })],
  });
  for (const name of ['n1', 'n2']) world.put(makeNode(name));
  return { world, run };
}

const agent = (node: string, options: PodOptions = {}) => makePod(AGENT, `agent-${node}`, node, options);
const csi = (node: string, options: PodOptions = {}) => makePod(OTHER, `csi-${node}`, node, options);

test('a pod that runs after the agent has been ready on its node is fine', () => {
  const { world, run } = begin();
  world.put(agent('n1', { readySinceMs: 0 }));
  world.put(csi('n1'));
  expect(run.finishOne()).toMatchObject({ result: 'held', demanded: 'after kube-system/agent is ready on the node' });
});

test('one that runs a moment earlier is told, with pod and node, and only once', () => {
  const { world, run } = begin();
  world.put(agent('n1'));
  world.advanceTo(4999);
  world.put(csi('n1'));
  world.advanceTo(5000);
  world.put(agent('n1', { readySinceMs: 5000 }));
  world.put(csi('n1', { readySinceMs: 6000 }));
  expect(run.finishOne()).toMatchObject({
    result: 'failed',
    firstViolatedAtMs: 4999,
    message: 'kube-system/csi-n1 runs on n1 before a pod of kube-system/agent has been ready on n1',
  });
  expect(run.violations).toHaveLength(1);
});

test('a pod that waits has not started, whatever is there of it', () => {
  const { world, run } = begin();
  world.put(csi('n1', { phase: 'Pending' }));
  world.put(agent('n1', { readySinceMs: 0 }));
  world.put(csi('n1'));
  expect(run.finishOne().result).toBe('held');
});

test('readiness on another node does not help, but with scope cluster it does', () => {
  for (const [scope, result] of [
    ['node', 'failed'],
    ['cluster', 'held'],
  ] as const) {
    const { world, run } = begin({ scope });
    world.put(agent('n2', { readySinceMs: 0 }));
    world.put(csi('n1'));
    expect(run.finishOne().result).toBe(result);
  }
});

test('once ready is enough, until the Node is another one', () => {
  const { world, run } = begin();
  world.put(agent('n1', { readySinceMs: 0 }));
  world.put(agent('n1'));
  world.put(csi('n1'));
  world.advanceTo(1000);
  world.remove('Node', 'n1');
  world.put(makeNode('n1', { uid: 'uid-other' }));
  world.advanceTo(2000);
  world.put({ ...csi('n1', { uid: 'uid-later' }) });
  expect(run.finishOne()).toMatchObject({ result: 'failed', firstViolatedAtMs: 2000 });
});

test.each([
  ['host network', { pods: { hostNetwork: true } }],
  ['another namespace', { pods: { namespace: 'default' } }],
  ['another DaemonSet', { pods: { daemonSet: 'kube-system/agent' } }],
  ['other labels', { pods: { selector: { matchLabels: { app: 'web' } } } }],
  ['another node', { nodes: { include: ['n2'] } }],
])('a pod that the filter does not mean may start: %s', (_what, more) => {
  const { world, run } = begin(more);
  world.put(csi('n1'));
  expect(run.finishOne().result).toBe('held');
});

test('outside of the window nobody minds, and what was outside is not told later', () => {
  const { world, run } = begin({}, 'always', { fromMs: 5000, toMs: 9000 });
  world.put(csi('n1'));
  world.advanceTo(20_000);
  world.put(csi('n2'));
  expect(run.finishOne().result).toBe('held');
});

test('under never a start in the right order is what breaks it', () => {
  const { world, run } = begin({}, 'never');
  world.put(csi('n2'));
  world.advanceTo(1000);
  world.put(agent('n1', { readySinceMs: 0 }));
  world.put(csi('n1'));
  expect(run.finishOne()).toMatchObject({ result: 'failed', firstViolatedAtMs: 1000 });
});
