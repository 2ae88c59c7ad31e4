import { expect, test } from 'vitest';
import type { Json, PlannedExpectation } from '@everynode/sim/plan';
import { AGENT, makeDaemonSet, makeNode, makePod } from '../testing/memoryObjects.ts';
import { CheckedRun, makeExpectation } from '../testing/memoryPlan.ts';
import { MemoryWorld } from '../testing/memoryWorld.ts';

const DS = { apiVersion: 'apps/v1', kind: 'DaemonSet', metadata: { name: 'agent', namespace: 'kube-system' } };

function begin(object: Json, block: PlannedExpectation['block'] = 'final'): { world: MemoryWorld; run: CheckedRun } {
  const world = new MemoryWorld();
  const run = new CheckedRun(world, {
    expectations: [makeExpectation({ invariant: 'object', block, params: { object } })],
  });
  return { world, run };
}

test('an object that says all that is written holds', () => {
  const { world, run } = begin({ ...DS, status: { numberAvailable: 90 } });
  world.put(makeDaemonSet({ status: { numberAvailable: 90, numberReady: 90 } }));
  expect(run.finishOne()).toMatchObject({ result: 'held', demanded: `DaemonSet ${AGENT} as written` });
});

test('the first field that differs is named', () => {
  const { world, run } = begin({ ...DS, status: { numberAvailable: 90 } });
  world.put(makeDaemonSet({ status: { numberAvailable: 88 } }));
  expect(run.finishOne().message).toBe(`ds/${AGENT}: status.numberAvailable is 88, demanded 90`);
});

test('an object that is not there fails, and under never it holds', () => {
  expect(begin(DS).run.finishOne()).toMatchObject({ result: 'failed', message: `ds/${AGENT} does not exist` });
  expect(begin(DS, 'never').run.finishOne().result).toBe('held');
});

test('under eventually the judgement follows the object', () => {
  const { world, run } = begin({ ...DS, status: { numberReady: 1 } }, 'eventually');
  const ds = world.put(makeDaemonSet({ status: { numberReady: 0 } }));
  world.advanceTo(20_000);
  world.put({ ...ds, status: { ...ds.status, numberReady: 1 } as never });
  expect(run.finishOne()).toMatchObject({ result: 'held', message: 'true from 20s on, 20s after its window opened' });
});

test('without a name some object of the kind in the namespace must match', () => {
  const partial = { kind: 'Pod', metadata: { namespace: 'kube-system' }, spec: { nodeName: 'n2' } };
  const { world, run } = begin(partial);
  world.put(makePod(makeDaemonSet(), 'p1', 'n1'));
  world.put(makePod(makeDaemonSet(), 'p2', 'n2'));
  expect(run.finishOne().result).toBe('held');
  const other = begin(partial);
  other.world.put(makePod(makeDaemonSet(), 'p1', 'n1'));
  expect(other.run.finishOne().message).toBe(
    'none of 1 matches Pod in kube-system; the first, pod/kube-system/p1: spec.nodeName is "n1", demanded "n2"',
  );
  expect(begin(partial).run.finishOne().message).toBe('there is no Pod in kube-system');
});

test('a kind without namespaces needs none', () => {
  const { world, run } = begin({ kind: 'Node', metadata: { name: 'n1' } });
  world.put(makeNode('n1'));
  expect(run.finishOne().result).toBe('held');
});

test('a namespace that is not written is `default`', () => {
  const { world, run } = begin({ kind: 'DaemonSet', metadata: { name: 'agent' } });
  world.put(makeDaemonSet());
  expect(run.finishOne().message).toBe('ds/default/agent does not exist');
});

test.each([
  [
    { kind: 'Deployment', metadata: { name: 'web' } },
    'there is no kind Deployment here: kinds are Pod, Node, DaemonSet, ControllerRevision, Lease, PodDisruptionBudget',
  ],
  [
    { metadata: { name: 'web' } },
    'there is no kind (none) here: kinds are Pod, Node, DaemonSet, ControllerRevision, Lease, PodDisruptionBudget',
  ],
])('a kind that is not simulated cannot be judged, under any block', (object, message) => {
  for (const block of ['final', 'always', 'never', 'eventually'] as const) {
    expect(begin(object, block).run.finishOne()).toMatchObject({ result: 'not-evaluated', message });
  }
});
