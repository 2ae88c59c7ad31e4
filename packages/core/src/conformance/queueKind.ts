/** Kind `queue`: event handlers and the work queue around the sync. */
import type { DaemonSet } from '../api/daemonSet.ts';
import { keyOf, type ObjectKey } from '../api/meta.ts';
import { isObject } from '../api/patch.ts';
import { assert } from '../assert.ts';
import * as handlers from '../daemonset/handlers.ts';
import type { HandlerEffects } from '../daemonset/handlers.ts';
import { Workqueue } from '../machinery/workqueue.ts';
import { profileOf } from '../profile.ts';
import type { CaseRunner, Expect, Given, Mismatch, Step } from './case.ts';
import { compareNumber, compareSets, compareWhole, mismatch } from './compare.ts';
import { MemoryCluster } from './memoryCluster.ts';
import { deliverEvent, queuedKeys } from './queueEvents.ts';

interface QueueWorld {
  readonly cluster: MemoryCluster;
  readonly queue: Workqueue;
  readonly podsAreObserved: boolean;
  effects: { creates: number; deletes: number; events: number };
  lastKey: ObjectKey | undefined;
}

const POD_CONTROL_REASONS = ['SuccessfulCreate', 'FailedCreate', 'SuccessfulDelete', 'FailedDelete'];

export const runQueue: CaseRunner = ({ given, steps = [] }) => {
  const world = newQueueWorld(given);
  return steps.flatMap((step, at) =>
    runStep(step, world).map((found) => ({ ...found, what: `step ${at} ${step.do}: ${found.what}` })),
  );
};

function newQueueWorld(given: Given): QueueWorld {
  const profile = profileOf('1.36');
  assert(profile !== undefined, () => 'the default profile is missing');
  // Watch events go through the handlers here, so the cluster itself observes nothing.
  const cluster = new MemoryCluster({ profile, nowMs: 0, watchDelivers: false });
  for (const object of [...(given.daemonSets ?? []), ...(given.nodes ?? []), ...(given.pods ?? [])])
    cluster.put(object);
  const podsAreObserved = given.harness?.podsAreNeverObserved !== true;
  return {
    cluster,
    queue: new Workqueue(0),
    podsAreObserved,
    effects: { creates: 0, deletes: 0, events: 0 },
    lastKey: undefined,
  };
}

function runStep(step: Step, world: QueueWorld): readonly Mismatch[] {
  const { cluster, queue } = world;
  const caches = cluster.context();
  switch (step.do) {
    case 'event': {
      const effects = deliverEvent(step, caches);
      if (effects === undefined) return mismatch('event', 'a known event', step['event']);
      const keys = queuedKeys(effects, step, cluster.list('Pod'), caches);
      const { queued } = step.expect ?? {};
      return Array.isArray(queued) ? compareSets('queued', queued.map(String), keys) : [];
    }
    case 'createDaemonSet': {
      const ds = step['daemonSet'] as DaemonSet;
      cluster.put(ds);
      carryOut(handlers.daemonSetAdded(ds), world);
      world.lastKey = keyOf(ds);
      return checkQueue(step.expect, world);
    }
    case 'deleteDaemonSet': {
      const key = String(step['key']);
      const ds = cluster.get('DaemonSet', key);
      if (ds === undefined) return mismatch('deleteDaemonSet', 'a DaemonSet', key);
      cluster.remove('DaemonSet', key);
      carryOut(handlers.daemonSetDeleted(ds), world);
      world.lastKey = key;
      return checkQueue(step.expect, world);
    }
    case 'process':
    case 'discardQueueItem': {
      const key = queue.get(cluster.nowMs);
      if (key === undefined) return mismatch(step.do, 'a key in the queue', 'none');
      world.lastKey = key;
      if (step.do === 'process') sync(key, world);
      queue.done(key);
      return checkQueue(step.expect, world);
    }
    case 'sync':
      world.lastKey = String(step['daemonSet']);
      sync(world.lastKey, world);
      return checkQueue(step.expect, world);
    case 'assert':
      return checkQueue(step.expect, world);
    default:
      return mismatch('step', 'a step of kind queue', step.do);
  }
}

/** One sync; what it wrote comes back as watch events before the key is done. */
function sync(key: ObjectKey, world: QueueWorld): void {
  const { cluster } = world;
  const before = cluster.get('DaemonSet', key);
  cluster.sync(key);
  const effects = { creates: 0, deletes: 0, events: 0 };
  const caches = cluster.context();
  for (const { request, result } of cluster.takeRequests()) {
    if (request.verb === 'delete' && request.kind === 'Pod') effects.deletes += 1;
    if (!result.ok) continue;
    if (request.verb === 'create' && result.object?.kind === 'Pod') {
      effects.creates += 1;
      if (world.podsAreObserved) carryOut(handlers.podAdded(result.object, caches), world);
    }
    if (request.verb === 'updateStatus' && result.object?.kind === 'DaemonSet' && before !== undefined) {
      carryOut(handlers.daemonSetUpdated(before, result.object), world);
    }
  }
  effects.events = cluster.takeEvents().filter(({ reason }) => !POD_CONTROL_REASONS.includes(reason)).length;
  world.effects = effects;
}

function carryOut(effects: HandlerEffects, { cluster, queue }: QueueWorld): void {
  for (const effect of effects) {
    switch (effect.effect) {
      case 'enqueue':
        queue.add(effect.key);
        break;
      case 'enqueueAfter':
        queue.addAfter(effect.key, effect.delayMs, cluster.nowMs);
        break;
      case 'creationObserved':
        cluster.expectations.creationObserved(effect.key);
        break;
      case 'deletionObserved':
        cluster.expectations.deletionObserved(effect.key);
        break;
      case 'forget':
        cluster.expectations.forget(effect.key);
        cluster.consistency.forget(effect.key, effect.uid);
        break;
      case 'enqueueNode':
        break;
    }
  }
}

function checkQueue(expect: Expect | undefined, world: QueueWorld): readonly Mismatch[] {
  const { cluster, queue, effects, lastKey = '' } = world;
  return Object.entries(expect ?? {}).flatMap(([key, expected]) => {
    switch (key) {
      case 'queueLength':
      case 'queueLengthAfter':
        return compareNumber(key, expected, queue.length);
      case 'queued':
        return compareSets(key, (expected as readonly unknown[]).map(String), queue.readyKeys());
      case 'key':
        return compareWhole(key, expected, lastKey);
      case 'creates':
      case 'deletes':
      case 'events':
        return compareNumber(key, expected, effects[key]);
      case 'expectations': {
        const { exist, fulfilled } = isObject(expected) ? expected : {};
        const record = cluster.expectations.get(lastKey);
        return [
          ...(exist === undefined ? [] : compareWhole('expectations.exist', exist, record !== undefined)),
          ...(fulfilled === undefined
            ? []
            : compareWhole(
                'expectations.fulfilled',
                fulfilled,
                record !== undefined && record.adds <= 0 && record.dels <= 0,
              )),
        ];
      }
      default:
        return mismatch(key, 'a known check', key);
    }
  });
}
