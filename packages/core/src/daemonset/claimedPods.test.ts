import { expect, test } from 'vitest';
import { MemoryCluster } from '../conformance/memoryCluster.ts';
import { daemonSet, newestProfile, pod } from '../testing/objects.ts';
import { ClaimedPods, type PodMapping } from './claimedPods.ts';
import type { SyncContext } from './syncContext.ts';

const orphan = pod('orphan', { nodeName: 'a', ownerUid: null });
const finished = pod('finished', { nodeName: 'a', phase: 'Failed', isTerminating: true });

function context(
  list: readonly ReturnType<typeof pod>[],
  order: SyncContext['order'] = (given) => given,
): { ctx: SyncContext; reads: () => number } {
  const made = new MemoryCluster({ profile: newestProfile(), nowMs: 0 });
  let reads = 0;
  const podsInNamespace = (): typeof list => {
    reads += 1;
    return list;
  };
  return { ctx: { ...made.context(), podsInNamespace, order }, reads: () => reads };
}

/** Runs one look at the pods; every request is answered with the DaemonSet. */
function byNode(pods: ClaimedPods): PodMapping {
  const sync = pods.byNode();
  let step = sync.next();
  while (step.done !== true) step = sync.next(step.value.map(() => ({ ok: true, object: daemonSet() })));
  return step.value;
}

test('the cache is read once as long as nothing was asked of the server', () => {
  const { ctx, reads } = context([pod('own', { nodeName: 'a' }), finished]);
  const pods = new ClaimedPods(daemonSet(), ctx);
  const first = byNode(pods);
  expect(
    first.ok &&
      [...first.podsByNode].map(([name, list]) => `${name}: ${list.map(({ metadata }) => metadata.name).join()}`),
  ).toEqual(['a: own']);
  expect(byNode(pods)).toEqual(first);
  expect(reads()).toBe(1);
  pods.forget();
  byNode(pods);
  expect(reads()).toBe(2);
});

test('an adoption, or an order of its own for each step, makes the next step look again', () => {
  const adopting = context([orphan]);
  const pods = new ClaimedPods(daemonSet(), adopting.ctx);
  byNode(pods);
  byNode(pods);
  expect(adopting.reads()).toBe(2);
  const shuffled = context([pod('own', { nodeName: 'a' })], (list) => [...list]);
  const others = new ClaimedPods(daemonSet(), shuffled.ctx);
  byNode(others);
  byNode(others);
  expect(shuffled.reads()).toBe(2);
});
