/** What must hold in any run, whatever goes wrong in it: the cluster's own invariants, and rest in the end. Rules: C-1…C-8. */
import { isTerminating } from '@everynode/core/api/meta';
import type { ApiObject } from '@everynode/core/api/objects';
import { isPodReady, isTerminal, type Pod } from '@everynode/core/api/pod';
import { parseTime } from '@everynode/core/api/time';
import { verifyTrace } from '@everynode/trace/verify';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Change, RunObserver, WorldView } from '../cluster/worldView.ts';
import type { Json, PlanStep } from '../plan.ts';
import { faultStep, operationStep, testDaemonSet, testPool, testRun } from './runHouse.ts';

const KEY = 'kube-system/agent';
const NODES = ['worker-0', 'worker-1', 'worker-2'];

/** Collects breaches of what no write may do. */
class Guard implements RunObserver {
  readonly breaches: string[] = [];
  final: readonly string[] = [];
  #revision = 0;

  begin(): void {
    this.breaches.length = 0;
  }

  changed(change: Change): void {
    if (!('after' in change)) return;
    const { before, after, key } = change;
    if (after !== undefined) {
      const revision = Number(after.metadata.resourceVersion);
      if (revision <= this.#revision) this.#breach('C-1', key, `revision ${revision} after ${this.#revision}`);
      this.#revision = revision;
    }
    if (before === undefined || after === undefined) {
      const isLeft = before !== undefined && (before.metadata.finalizers ?? []).length > 0;
      if (isLeft && after === undefined && before.metadata.deletionTimestamp === undefined)
        this.#breach('C-5', key, 'removed with finalizers');
      return;
    }
    this.#checkMeta(key, before, after);
    if (before.kind === 'Pod' && after.kind === 'Pod') this.#checkPod(key, before, after);
  }

  wakeAtMs(): undefined {
    return undefined;
  }

  end(view: WorldView): void {
    const ds = view.get('DaemonSet', KEY);
    const pods = view.daemonPods(KEY);
    this.final = [
      ...NODES.map((node) => {
        const here = view.daemonPodsOn(KEY, node);
        const [pod] = here;
        const state =
          pod === undefined ? 'none' : isTerminating(pod) ? 'terminating' : isPodReady(pod) ? 'ready' : 'not ready';
        return `${node}: ${here.length} ${state}, ${view.machine(node)?.running.length ?? 0} running`;
      }),
      `ready ${ds?.status?.numberReady ?? 0}, updated ${ds?.status?.updatedNumberScheduled ?? 0}, pods ${pods.length}`,
    ];
  }

  #checkMeta(key: string, before: ApiObject, after: ApiObject): void {
    const [old, now] = [before.metadata, after.metadata];
    if (old.uid !== now.uid) this.#breach('C-6', key, `uid ${old.uid} became ${now.uid}`);
    const [oldAt, nowAt] = [parseTime(old.deletionTimestamp), parseTime(now.deletionTimestamp)];
    if (oldAt !== undefined && (nowAt === undefined || nowAt > oldAt))
      this.#breach('C-3', key, 'deletion was taken back or put off');
    const [oldGrace, nowGrace] = [old.deletionGracePeriodSeconds, now.deletionGracePeriodSeconds];
    if (oldGrace !== undefined && (nowGrace ?? 0) > oldGrace) this.#breach('C-3', key, 'grace grew');
  }

  #checkPod(key: string, before: Pod, after: Pod): void {
    const bound = before.spec.nodeName ?? '';
    if (bound !== '' && after.spec.nodeName !== bound) this.#breach('C-4', key, `moved from ${bound}`);
    const [was, is] = [before.status?.phase, after.status?.phase];
    const isBack = (isTerminal(before) && was !== is) || (was === 'Running' && is === 'Pending');
    if (isBack) this.#breach('C-7', key, `phase went from ${was} to ${is}`);
    for (const container of after.status?.containerStatuses ?? []) {
      const earlier = before.status?.containerStatuses?.find((each) => each.name === container.name);
      if (earlier !== undefined && container.restartCount < earlier.restartCount)
        this.#breach('C-8', key, 'restartCount went down');
    }
  }

  #breach(rule: string, key: string, what: string): void {
    this.breaches.push(`${rule} ${key}: ${what}`);
  }
}

const node = fc.constantFrom(...NODES);
const who = fc.constantFrom(
  'daemonset-controller',
  'kube-scheduler',
  'node-lifecycle',
  'kubelet/worker-0',
  'kubelet/worker-1',
);
const ODDS = { numerator: 1, denominator: 3 };

/** Faults and what users do, in any mixture. */
const trouble: fc.Arbitrary<{
  readonly type: string;
  readonly nodes?: string[];
  readonly params?: Readonly<Record<string, Json>>;
}> = fc.oneof(
  fc.record({
    type: fc.constantFrom('NodeCrash', 'NodeUnreachable', 'DiskPressure', 'MemoryPressure', 'ImagePullFailure'),
    nodes: fc.tuple(node),
    params: fc.constant({ evict: true, message: 'no registry' }),
  }),
  fc.record({ type: fc.constantFrom('ControllerRestart', 'ControllerPause'), params: fc.record({ component: who }) }),
  fc.record({
    type: fc.constant('WatchLag'),
    params: fc.record({ client: who, delay: fc.record({ fixed: fc.nat(40_000) }) }),
  }),
  fc.record({ type: fc.constant('WatchBreak'), params: fc.record({ client: who }) }),
  fc.record({
    type: fc.constant('ApiError'),
    params: fc.record({
      client: who,
      odds: fc.constant(ODDS),
      reason: fc.constantFrom('InternalError', 'TooManyRequests', 'Conflict'),
    }),
  }),
  fc.record({ type: fc.constant('LostResponse'), params: fc.record({ client: who, odds: fc.constant(ODDS) }) }),
  fc.record({
    type: fc.constant('PodKill'),
    nodes: fc.tuple(node),
    params: fc.record({ how: fc.constantFrom('delete', 'kill'), exitCode: fc.constant(137) }),
  }),
  fc.record({ type: fc.constantFrom('update', 'restart', 'drain') }),
);

const step = fc.record({
  trouble,
  atMs: fc.integer({ min: 30_000, max: 600_000 }),
  forMs: fc.integer({ min: 1_000, max: 200_000 }),
});

function toSteps(
  drawn: readonly {
    trouble: { type: string; nodes?: string[]; params?: Readonly<Record<string, Json>> };
    atMs: number;
    forMs: number;
  }[],
): readonly PlanStep[] {
  return drawn
    .map(({ trouble: { type, nodes = [], params = {} }, atMs, forMs }, i): PlanStep => {
      const id = `s${i}`;
      if (type === 'update')
        return operationStep(id, atMs, type, { daemonSet: KEY, setImage: { main: `agent:v${i + 2}` } });
      if (type === 'restart') return operationStep(id, atMs, type, { daemonSet: KEY });
      if (type === 'drain')
        return operationStep(id, atMs, type, {
          nodes: { include: ['worker-2'] },
          ignoreDaemonSets: true,
          force: false,
        });
      return faultStep({ id, type, atMs, liftAtMs: atMs + forMs, nodes, params, mayBeVacuous: true });
    })
    .sort((a, b) => a.atMs - b.atMs);
}

test('under any mixture of faults and changes no write breaks the cluster’s invariants, and in the end all nodes run one ready pod', () => {
  fc.assert(
    fc.property(
      fc.array(step, { minLength: 1, maxLength: 8 }),
      fc.nat(1_000_000),
      fc.boolean(),
      (drawn, seed, explore) => {
        const guard = new Guard();
        const result = testRun(
          {
            seed: String(seed),
            explore,
            settings: {},
            pools: [testPool(3)],
            objects: [testDaemonSet()],
            steps: toSteps(drawn),
            durationMs: 45 * 60_000,
          },
          { observer: guard },
        );
        expect(result.end.ended).toBe('done');
        expect(guard.breaches).toEqual([]);
        expect(guard.final).toEqual([
          ...NODES.map((name) => `${name}: 1 ready, 1 running`),
          'ready 3, updated 3, pods 3',
        ]);
        expect(verifyTrace(result.records)).toEqual([]);
      },
    ),
    { numRuns: Number(process.env['CHAOS_RUNS'] ?? 12) },
  );
}, 600_000);
