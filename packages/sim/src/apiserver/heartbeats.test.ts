/** Heartbeats left out and heartbeats as events must show the same world: the same runs at both levels of the trace. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PlanStep } from '../plan.ts';
import { faultStep, operationStep, type RunResult, testDaemonSet, testPool, testRun } from '../run/runHouse.ts';

const minutes = (count: number): number => count * 60_000;

/** All that changed, but for revisions: these count lease writes too. */
function story(result: RunResult): readonly string[] {
  return result
    .events()
    .filter(
      ({ type, patch = [] }) =>
        type !== 'watch.delivered' && !type.startsWith('lease.') && !(type === 'node.updated' && patch.length === 0),
    )
    .filter(
      ({ type }) =>
        !type.startsWith('apiEvent.') &&
        type !== 'api.failed' &&
        type !== 'api.answerLost' &&
        !type.startsWith('ds.sync'),
    )
    .map(
      ({ atMs, type, actor, object, patch }) =>
        `${atMs} ${type} ${actor} ${object ?? ''} ${JSON.stringify(patch ?? [])}`,
    );
}

function bothWays(steps: readonly PlanStep[], seed: string, explore: boolean): readonly RunResult[] {
  const plan = {
    seed,
    explore,
    settings: {},
    steps,
    pools: [testPool(3)],
    objects: [testDaemonSet()],
    durationMs: minutes(20),
  };
  return (['default', 'full'] as const).map((level) => testRun(plan, { level }));
}

describe('heartbeats', () => {
  test('a quiet hour of a healthy node costs a handful of events, and nobody takes it for dead', () => {
    const result = testRun({ pools: [testPool(10)], durationMs: minutes(60), settings: {} });
    expect(result.end.events).toBeLessThan(3_000);
    expect(result.events('node.updated')).toEqual([]);
  });

  test.each(['NodeCrash', 'NodeUnreachable'])(
    '%s: the node turns Unknown at the same instant with and without events',
    (type) => {
      const steps = [
        faultStep({ id: 'lost', type, atMs: minutes(7) + 123, liftAtMs: minutes(12), nodes: ['worker-1'] }),
      ];
      const [few, full] = bothWays(steps, '7', false) as [RunResult, RunResult];
      const turned = (result: RunResult): readonly number[] =>
        result
          .events('node.updated')
          .filter(({ patch }) => patch?.some(([path, value]) => path === 'ready' && value === 'Unknown'))
          .map(({ atMs }) => atMs);
      expect(turned(few)).toHaveLength(1);
      expect(turned(few)).toEqual(turned(full));
      expect(full.events('lease.updated').length).toBeGreaterThan(200);
      expect(few.end.events).toBeLessThan(full.end.events);
    },
  );

  test('a lag of the watcher’s leases alone makes healthy nodes look dead', () => {
    const steps = [
      faultStep({
        id: 'lag',
        type: 'WatchLag',
        atMs: minutes(5),
        liftAtMs: minutes(10),
        params: { client: 'node-lifecycle', kind: 'Lease', delay: { fixed: 90_000 } },
      }),
    ];
    for (const result of bothWays(steps, '7', false)) {
      const turned = result
        .events('node.updated')
        .filter(({ patch }) => patch?.some(([path, value]) => path === 'ready' && value === 'Unknown'));
      expect(turned.length).toBeGreaterThanOrEqual(1);
      expect(result.end.bites.get('lag')).toBeGreaterThan(20);
    }
  });

  test('requests that fail between one renewal and the next are felt', () => {
    const odds = { numerator: 1, denominator: 1 };
    const steps = [
      faultStep({
        id: 'errors',
        type: 'ApiError',
        atMs: minutes(5),
        liftAtMs: minutes(8),
        params: { client: 'kubelet/worker-1', kind: 'Lease', odds, reason: 'InternalError' },
      }),
    ];
    const [few, full] = bothWays(steps, '7', false) as [RunResult, RunResult];
    expect(few.end.bites.get('errors')).toBeGreaterThan(10);
    expect(few.end.bites).toEqual(full.end.bites);
  });

  test('a lease that is deleted under a living kubelet is made anew', () => {
    const steps = [operationStep('gone', minutes(5), 'delete', { node: 'worker-1', cascade: 'background' })];
    const [few, full] = bothWays(steps, '7', false) as [RunResult, RunResult];
    expect(story(few)).toEqual(story(full));
    expect(full.events('lease.removed')).toHaveLength(1);
  });
});

const NODES = ['worker-0', 'worker-1', 'worker-2'];
const trouble = fc.oneof(
  fc.record({
    type: fc.constantFrom('NodeCrash', 'NodeUnreachable', 'DiskPressure'),
    nodes: fc.tuple(fc.constantFrom(...NODES)),
    params: fc.constant({ evict: true }),
  }),
  fc.record({
    type: fc.constantFrom('ControllerRestart', 'ControllerPause'),
    nodes: fc.constant([]),
    params: fc.record({ component: fc.constantFrom('node-lifecycle', 'kubelet/worker-1') }),
  }),
  fc.record({
    type: fc.constant('WatchLag'),
    nodes: fc.constant([]),
    params: fc.record({
      client: fc.constantFrom('node-lifecycle', 'kubelet/worker-0'),
      delay: fc.record({ fixed: fc.nat(60_000) }),
    }),
  }),
  fc.record({
    type: fc.constant('WatchLag'),
    nodes: fc.constant([]),
    params: fc.record({
      client: fc.constantFrom('daemonset-controller', 'node-lifecycle', 'kubelet/worker-0'),
      kind: fc.constant('Node'),
      delay: fc.record({ fixed: fc.nat(60_000) }),
    }),
  }),
  fc.record({
    type: fc.constant('ApiError'),
    nodes: fc.constant([]),
    params: fc.record({
      client: fc.constantFrom('node-lifecycle', 'kubelet/worker-0'),
      kind: fc.constant('Node'),
      verb: fc.constant('patch'),
      odds: fc.constant({ numerator: 1, denominator: 1 }),
      reason: fc.constant('InternalError'),
    }),
  }),
  fc.record({
    type: fc.constant('ClockSkew'),
    nodes: fc.constant([]),
    params: fc.record({ component: fc.constantFrom('kubelet/worker-1', 'node-lifecycle'), by: fc.nat(100_000) }),
  }),
);
/**
 * Who stands still for longer than the server remembers changes of leases, and was started anew meanwhile, must list them
 * again where they are written, and need not where they are left out.
 */
const PAUSE_MAX_MS = 70_000;
const step = fc.record({
  trouble,
  atMs: fc.integer({ min: 20_000, max: 600_000 }),
  forMs: fc.integer({ min: 500, max: 200_000 }),
});

test('under any faults, also in drawn order, the world is the same with heartbeats left out', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 4 }),
      fc.nat(100_000),
      fc.boolean(),
      (drawn, seed, explore) => {
        const steps = drawn
          .map(({ trouble: { type, nodes, params }, atMs, forMs }, i) =>
            faultStep({
              id: `s${i}`,
              type,
              atMs,
              liftAtMs: atMs + (type === 'ControllerPause' ? Math.min(forMs, PAUSE_MAX_MS) : forMs),
              nodes,
              params,
            }),
          )
          .sort((a, b) => a.atMs - b.atMs);
        const [few, full] = bothWays(steps, String(seed), explore) as [RunResult, RunResult];
        expect(story(few)).toEqual(story(full));
      },
    ),
    { numRuns: Number(process.env['CHAOS_RUNS'] ?? 10) },
  );
}, 600_000);
