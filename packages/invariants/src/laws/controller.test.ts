/** The laws beside the real controller: whatever the world does to it, its passes break none of them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { DaemonSet } from '@everynode/core/api/daemonSet';
import { isTerminating, keyOf } from '@everynode/core/api/meta';
import type { ApiObject } from '@everynode/core/api/objects';
import { isPodReady, isTerminal, type Pod } from '@everynode/core/api/pod';
import { type ApiRequest, type ApiResult, apiFailure } from '@everynode/core/api/requests';
import { syncDaemonSet } from '@everynode/core/daemonset/sync';
import type { SyncContext } from '@everynode/core/daemonset/syncContext';
import { targetNodeName } from '@everynode/core/daemonset/podTemplate';
import { Backoff } from '@everynode/core/machinery/backoff';
import { Consistency } from '@everynode/core/machinery/consistency';
import { Expectations } from '@everynode/core/machinery/expectations';
import { formatTime } from '@everynode/core/api/time';
import { AGENT, makeDaemonSet, makeNode } from '../testing/memoryObjects.ts';
import type { AssertionRow } from '../ledger.ts';
import { CheckedRun } from '../testing/memoryPlan.ts';
import { MemoryWorld } from '../testing/memoryWorld.ts';

/** A controller whose cache is the truth, over an API that applies every request in its own millisecond. */
class DirectController {
  readonly #world: MemoryWorld;
  readonly #ctx: SyncContext;
  #pods = 0;

  constructor(world: MemoryWorld, planted: Partial<SyncContext> = {}) {
    this.#world = world;
    this.#ctx = {
      profile: { ...world.profile, staleness: false },
      daemonSets: { get: (key) => world.get('DaemonSet', key), list: () => world.list('DaemonSet') },
      nodes: { get: (key) => world.get('Node', key), list: () => world.list('Node') },
      expectations: new Expectations(),
      failedPodsBackoff: new Backoff(),
      consistency: new Consistency(),
      nowMs: () => world.nowMs,
      podsInNamespace: (namespace) => world.list('Pod').filter(({ metadata }) => metadata.namespace === namespace),
      revisionsInNamespace: () => world.list('ControllerRevision'),
      order: (list) => list,
      enqueueAfter() {},
      recordEvent() {},
      observe: (pass) => world.pass(pass),
      ...planted,
    };
  }

  /** One whole sync; with `isBlind` the watch brings nothing back of what it asked for. */
  sync(isBlind = false): void {
    const sync = syncDaemonSet(AGENT, this.#ctx);
    let step = sync.next();
    while (step.done !== true) {
      const results = step.value.map((request) => this.#apply(request, isBlind));
      this.#world.advanceTo(this.#world.nowMs + 1);
      step = sync.next(results);
    }
  }

  /** The watch catches up. */
  seeAll(): void {
    const record = this.#ctx.expectations.get(AGENT);
    if (record !== undefined) this.#ctx.expectations.lower(AGENT, record.adds, record.dels);
  }

  #apply(request: ApiRequest, isBlind: boolean): ApiResult {
    const world = this.#world;
    const { expectations } = this.#ctx;
    switch (request.verb) {
      case 'create': {
        if (request.object.kind === 'Pod' && !isBlind) expectations.creationObserved(AGENT);
        return { ok: true, object: world.put(this.#named(request.object)) };
      }
      case 'update':
      case 'updateStatus':
        return { ok: true, object: world.put(request.object) };
      case 'delete': {
        const object = world.get(request.kind, request.key);
        if (object === undefined) return apiFailure('NotFound', 'not found');
        if (object.kind !== 'Pod' || isTerminal(object)) world.remove(request.kind, request.key);
        else world.put({ ...object, metadata: { ...object.metadata, deletionTimestamp: formatTime(world.nowMs) } });
        if (!isBlind && object.kind === 'Pod') expectations.deletionObserved(AGENT);
        return { ok: true };
      }
      default:
        throw new Error(`the test's API does not know ${request.verb}`);
    }
  }

  #named(object: ApiObject): ApiObject {
    this.#pods += 1;
    const name = object.metadata.name === '' ? `agent-${this.#pods}` : object.metadata.name;
    const creationTimestamp = formatTime(this.#world.nowMs);
    return {
      ...object,
      metadata: { ...object.metadata, name, uid: `uid-${this.#pods}`, creationTimestamp },
    };
  }
}

/** What a kubelet does to a pod. */
function setPod(world: MemoryWorld, pod: Pod, does: 'ready' | 'unready' | 'fail' | 'finish'): void {
  const nodeName = targetNodeName(pod) ?? '';
  if (isTerminating(pod)) {
    if (does === 'finish') world.remove('Pod', keyOf(pod));
    return;
  }
  if (does === 'finish' || isTerminal(pod) || (does === 'ready' && isPodReady(pod))) return;
  const status = does === 'ready' ? 'True' : 'False';
  const lastTransitionTime = formatTime(world.nowMs);
  const phase = does === 'fail' ? 'Failed' : 'Running';
  const spec = (pod.spec.nodeName ?? '') === '' ? { ...pod.spec, nodeName } : pod.spec;
  world.put({ ...pod, spec, status: { phase, conditions: [{ type: 'Ready', status, lastTransitionTime }] } });
}

const action = fc.oneof(
  { weight: 6, arbitrary: fc.record({ does: fc.constant('sync' as const), isBlind: fc.boolean() }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('see' as const) }) },
  { weight: 2, arbitrary: fc.record({ does: fc.constant('time' as const), ms: fc.integer({ min: 1, max: 400_000 }) }) },
  {
    weight: 8,
    arbitrary: fc.record({
      does: fc.constantFrom('ready' as const, 'unready' as const, 'fail' as const, 'finish' as const),
      nth: fc.nat(20),
    }),
  },
  fc.record({ does: fc.constant('update' as const), image: fc.constantFrom('v1', 'v2', 'v3') }),
  fc.record({
    does: fc.constant('taint' as const),
    node: fc.nat(4),
    effect: fc.constantFrom('NoSchedule' as const, 'NoExecute' as const, undefined),
  }),
);
type Action = typeof action extends fc.Arbitrary<infer T> ? T : never;

function perform(
  world: MemoryWorld,
  controller: DirectController,
  options: Parameters<typeof makeDaemonSet>[0],
  each: Action,
): void {
  switch (each.does) {
    case 'sync':
      return controller.sync(each.isBlind);
    case 'see':
      return controller.seeAll();
    case 'time':
      return world.advanceTo(world.nowMs + each.ms);
    case 'update':
      return updateImage(world, { ...options, image: `agent:${each.image}` });
    case 'taint': {
      const taints = each.effect === undefined ? {} : { taints: [{ key: 'custom', effect: each.effect }] };
      return void world.put(makeNode(`n${each.node}`, taints));
    }
    default: {
      const pod = world.list('Pod')[each.nth];
      if (pod !== undefined) setPod(world, pod, each.does);
    }
  }
}

function updateImage(world: MemoryWorld, options: Parameters<typeof makeDaemonSet>[0]): void {
  const before = world.get('DaemonSet', AGENT);
  const after: DaemonSet = makeDaemonSet(options);
  world.put(before?.status === undefined ? after : { ...after, status: before.status });
}

/** All pods come up, the watch catches up, and the controller is woken until nothing changes any more. */
function comeToRest(world: MemoryWorld, controller: DirectController): void {
  for (let round = 0; round < 60; round += 1) {
    world.advanceTo(world.nowMs + 60_000);
    for (const pod of world.list('Pod')) setPod(world, pod, isTerminating(pod) ? 'finish' : 'ready');
    controller.seeAll();
    controller.sync();
  }
}

const BEGIN = { nodes: 5, historyLimit: 1 };

/** Rows of the laws after a world has done all this to a controller, and has come to rest again. */
function lawsAfter(
  actions: readonly Action[],
  version: string,
  strategy: Parameters<typeof makeDaemonSet>[0],
  planted: (world: MemoryWorld) => Partial<SyncContext> = () => ({}),
): readonly AssertionRow[] {
  const world = new MemoryWorld(version);
  const run = new CheckedRun(world, { durationMs: 1 });
  const controller = new DirectController(world, planted(world));
  for (let node = 0; node < BEGIN.nodes; node += 1) world.put(makeNode(`n${node}`));
  const options = { ...strategy, historyLimit: BEGIN.historyLimit };
  updateImage(world, options);
  for (const each of actions) perform(world, controller, options, each);
  comeToRest(world, controller);
  run.finish(world.nowMs + 3_600_000);
  return run.checker.rows;
}

test.each([
  ['1.26.0', { maxUnavailable: 2 }],
  ['1.26.0', { maxUnavailable: 0, maxSurge: 2 }],
  ['1.29.9', { maxUnavailable: 2 }],
  ['1.36', { maxUnavailable: '40%', minReadySeconds: 30 }],
  ['1.36', { maxUnavailable: 0, maxSurge: 2, minReadySeconds: 30 }],
])('the controller of %s breaks no law with %j, whatever happens to its pods and nodes', (version, strategy) => {
  fc.assert(
    fc.property(fc.array(action, { maxLength: 60 }), (actions) => {
      const rows = lawsAfter(actions, version, strategy);
      expect(rows.filter(({ result }) => result === 'failed')).toEqual([]);
      const judged = rows.filter(({ result }) => result === 'held').map(({ id }) => id);
      expect(judged).toEqual(expect.arrayContaining(['INV-1', 'INV-3', 'INV-4', 'INV-7', 'INV-8', 'INV-9', 'INV-10']));
    }),
    { numRuns: 60 },
  );
});

test.each([
  [
    'that does not wait for what it asked for',
    'INV-4',
    () => ({ expectations: Object.assign(new Expectations(), { satisfied: () => true }) }),
  ],
  [
    'that forgets to count old unavailable pods',
    'INV-5',
    (world: MemoryWorld) => ({ profile: { ...world.profile, staleness: false, countOldUnavailable: false } }),
  ],
  [
    'that takes every node for an untainted one',
    'INV-10',
    (world: MemoryWorld) => ({
      nodes: { get: () => undefined, list: () => world.list('Node').map((node) => ({ ...node, spec: {} })) },
    }),
  ],
])('a controller %s breaks %s', (_, law, planted) => {
  const property = fc.property(fc.array(action, { minLength: 30, maxLength: 60 }), (actions) => {
    const rows = lawsAfter(actions, '1.36', { maxUnavailable: 2 }, planted);
    return rows.find(({ id }) => id === law)?.result !== 'failed';
  });
  expect(fc.check(property, { numRuns: 200, seed: 7, endOnFailure: true }).failed).toBe(true);
});
