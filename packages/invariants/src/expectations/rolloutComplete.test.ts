import { expect, test } from 'vitest';
import { AGENT, makeDaemonSet, makeNode, makePod, makeRevision } from '../testing/memoryObjects.ts';
import { CheckedRun, makeExpectation } from '../testing/memoryPlan.ts';
import { MemoryWorld } from '../testing/memoryWorld.ts';

function begin(): { readonly world: MemoryWorld; readonly run: CheckedRun } {
  const world = new MemoryWorld();
  const demand = makeExpectation({ invariant: 'rollout-complete', params: { daemonSet: AGENT }, block: 'final' });
  const run = new CheckedRun(world, { expectations: [demand] });
  const ds = world.put(makeDaemonSet());
  world.put(makeRevision(ds, 'v1', 1));
  for (const at of [1, 2]) {
    world.put(makeNode(`n${at}`));
    world.put(makePod(ds, `p${at}`, `n${at}`, { hash: 'v1', readySinceMs: 0 }));
  }
  return { world, run };
}

test('it holds when every node that should run a pod has an available one of the newest template', () => {
  expect(begin().run.finishOne()).toMatchObject({ result: 'held', worst: '2' });
});

test('a template that the controller has not seen yet is not rolled out, whatever the status says', () => {
  const { world, run } = begin();
  world.put(makeDaemonSet({ image: 'agent:v2' }));
  expect(run.finishOne().message).toBe(`the controller has not recorded the newest template of ${AGENT} yet`);
});

test.each([
  ['an old pod', { hash: 'v1', readySinceMs: 0 }, 'n2 still has an old pod'],
  ['a new pod that is not available', { hash: 'v2' }, 'n2 has a new pod, not available yet'],
  ['a terminating old pod', { hash: 'v1', readySinceMs: 0, isTerminating: true }, 'n2 has no new pod yet'],
])('a node with %s is named', (_, options, fact) => {
  const { world, run } = begin();
  const ds = world.put(makeDaemonSet({ image: 'agent:v2' }));
  world.put(makeRevision(ds, 'v2', 2));
  world.put(makePod(ds, 'p1', 'n1', { hash: 'v2', readySinceMs: 0 }));
  world.put(makePod(ds, 'p2', 'n2', options));
  expect(run.finishOne().message).toBe(`${AGENT} is updated on 1 of 2 nodes: ${fact}`);
});

test('a node that drops out of desired is not waited for', () => {
  const { world, run } = begin();
  world.put(makeNode('n2', { taints: [{ key: 'node.kubernetes.io/unreachable', effect: 'NoSchedule' }] }));
  world.remove('Pod', 'kube-system/p2');
  expect(run.finishOne()).toMatchObject({ result: 'held', worst: '1' });
});

test('a DaemonSet that has gone is not rolled out, and one that never was cannot be judged', () => {
  const { world, run } = begin();
  world.remove('DaemonSet', AGENT);
  expect(run.finishOne()).toMatchObject({ result: 'failed', message: `there is no DaemonSet ${AGENT} any more` });
  const demand = makeExpectation({ invariant: 'rollout-complete', params: { daemonSet: AGENT }, block: 'final' });
  expect(new CheckedRun(new MemoryWorld(), { expectations: [demand] }).finishOne().result).toBe('not-evaluated');
});
