import { expect, test } from 'vitest';
import type { Pod } from '@everynode/core/api/pod';
import type { Window } from '@everynode/sim/plan';
import {
  AGENT,
  type DaemonSetOptions,
  makeDaemonSet,
  makeNode,
  makePod,
  makeRevision,
} from '../testing/memoryObjects.ts';
import { updatePass } from '../testing/memoryPasses.ts';
import { CheckedRun, makeExpectation } from '../testing/memoryPlan.ts';
import { MemoryWorld } from '../testing/memoryWorld.ts';

const NAME = 'max-unavailable-respected';

/** Four nodes with an old available pod each. */
function begin(
  mode: string,
  options: DaemonSetOptions = {},
  window?: Window,
): { world: MemoryWorld; run: CheckedRun; pods: readonly Pod[] } {
  const world = new MemoryWorld();
  const ds = world.put(makeDaemonSet({ maxUnavailable: 2, ...options }));
  world.put(makeRevision(ds, 'v2', 2));
  const pods = [0, 1, 2, 3].map((at) => {
    world.put(makeNode(`n${at}`));
    return world.put(makePod(ds, `p${at}`, `n${at}`, { hash: 'v1', readySinceMs: 0 }));
  });
  const demand = makeExpectation({
    invariant: NAME,
    params: { daemonSet: AGENT, mode },
    block: 'always',
    ...(window === undefined ? {} : { window }),
  });
  const run = new CheckedRun(world, { expectations: [demand] });
  world.advanceTo(30_000);
  return { world, run, pods };
}

test('mode controller holds while each pass keeps to its budget, and shows the most that one took', () => {
  const { world, run, pods } = begin('controller');
  world.pass(updatePass(world, { hash: 'v2' }));
  world.pass(updatePass(world, { hash: 'v2', deletePods: pods.slice(0, 2) }));
  expect(run.finishOne()).toMatchObject({
    result: 'held',
    worst: '2',
    demanded: 'taken ≤ maxUnavailable − unavailable',
  });
});

test('mode controller breaks at the pass that takes too much', () => {
  const { world, run, pods } = begin('controller');
  world.pass(updatePass(world, { hash: 'v2', deletePods: pods.slice(0, 3) }));
  world.advanceTo(31_000);
  world.pass(updatePass(world, { hash: 'v2' }));
  expect(run.finishOne()).toMatchObject({
    result: 'failed',
    firstViolatedAtMs: 30_000,
    worst: '3',
    message: `the rolling update of ${AGENT} takes down 3 available pods, 2 are allowed (maxUnavailable 2, 0 unavailable)`,
  });
  expect(run.violations).toHaveLength(1);
});

test('mode controller does not mind what fails by itself', () => {
  const { world, run, pods } = begin('controller');
  for (const pod of pods) world.remove('Pod', `kube-system/${pod.metadata.name}`);
  world.pass(updatePass(world, { hash: 'v2' }));
  expect(run.finishOne().result).toBe('held');
});

test('mode controller looks at passes inside its window only, and without one it was not evaluated', () => {
  const { world, run, pods } = begin('controller', {}, { fromMs: 40_000, toMs: 50_000 });
  world.pass(updatePass(world, { hash: 'v2', deletePods: pods.slice(0, 3) }));
  expect(run.finishOne()).toMatchObject({
    result: 'not-evaluated',
    message: `the controller made no rolling-update pass for ${AGENT}`,
  });
});

test('with surge no available pod may go unless another one of its node is available', () => {
  const surge = { maxUnavailable: 0, maxSurge: 1 };
  const covered = begin('controller', surge);
  covered.world.put(makePod(makeDaemonSet(), 'q0', 'n0', { hash: 'v2', readySinceMs: 0 }));
  covered.world.pass(updatePass(covered.world, { hash: 'v2', deletePods: covered.pods.slice(0, 1) }));
  expect(covered.run.finishOne().result).toBe('held');
  const bare = begin('controller', surge);
  bare.world.put(makePod(makeDaemonSet(), 'q0', 'n0', { hash: 'v2' }));
  bare.world.pass(updatePass(bare.world, { hash: 'v2', deletePods: bare.pods.slice(0, 1) }));
  expect(bare.run.finishOne().message).toContain('takes down 1 available pods, 0 are allowed');
});

test('with surge an available pod on a sunset node may go', () => {
  const { world, run, pods } = begin('controller', { maxUnavailable: 0, maxSurge: 1 });
  world.put(makeNode('n0', { taints: [{ key: 'custom', effect: 'NoSchedule' }] }));
  world.pass(updatePass(world, { hash: 'v2', deletePods: pods.slice(0, 1) }));
  expect(run.finishOne().result).toBe('held');
});

test('mode strict breaks as soon as fewer are available than desired − maxUnavailable, whatever the cause', () => {
  const { world, run } = begin('strict');
  for (const at of [0, 1]) world.remove('Pod', `kube-system/p${at}`);
  world.advanceTo(35_000);
  world.remove('Pod', 'kube-system/p2');
  expect(run.finishOne()).toMatchObject({
    result: 'failed',
    firstViolatedAtMs: 35_000,
    worst: '1',
    message: `${AGENT} is available on 1 of 4 nodes, demanded ≥ 2 (maxUnavailable 2)`,
  });
});

test('mode strict lets a node that drops out of desired lower the floor', () => {
  const { world, run } = begin('strict');
  for (const at of [0, 1, 2]) world.put(makeNode(`n${at}`, { taints: [{ key: 'custom', effect: 'NoSchedule' }] }));
  for (const at of [0, 1, 2]) world.remove('Pod', `kube-system/p${at}`);
  expect(run.finishOne().result).toBe('held');
});
