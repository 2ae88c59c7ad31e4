/** The whole house: a plan in, a trace out. */
import { verifyTrace } from '@everynode/trace/verify';
import { describe, expect, test } from 'vitest';
import type { Change, RunObserver, WorldView } from '../cluster/worldView.ts';
import type { Plan } from '../plan.ts';
import { faultStep, operationStep, type RunResult, testDaemonSet, testPool, testRun } from './runHouse.ts';

const KEY = 'kube-system/agent';
const minutes = (count: number): number => count * 60_000;
const SMALL: Partial<Plan> = { pools: [testPool(3)], objects: [testDaemonSet()], durationMs: minutes(5) };
const toV2 = (atMs: number) =>
  operationStep('rollout', atMs, 'update', { daemonSet: KEY, setImage: { main: 'agent:v2' } });

/** Looks on, and remembers what tests ask for. */
class Witness implements RunObserver {
  readonly changes: Change[] = [];
  livePerNodeMax = 0;
  /** Ids of the faults in force, at every change of one and at the end. */
  readonly inForce: string[] = [];
  last: { desired: number; ready: number; updated: number; pods: number } | undefined;
  ended = false;

  begin(): void {
    this.changes.length = 0;
  }

  changed(change: Change, view: WorldView): void {
    this.changes.push(change);
    if (change.kind === 'Fault') this.inForce.push(view.faultsInForce.map(({ id }) => id).join());
    if (change.kind !== 'Machine') return;
    const running = view.machine(change.node)?.running.filter((pod) => pod.daemonSet === KEY) ?? [];
    this.livePerNodeMax = Math.max(this.livePerNodeMax, running.length);
  }

  wakeAtMs(): number | undefined {
    return undefined;
  }

  end(view: WorldView): void {
    this.ended = true;
    this.inForce.push(view.faultsInForce.map(({ id }) => id).join());
    const status = view.get('DaemonSet', KEY)?.status;
    this.last = {
      desired: status?.desiredNumberScheduled ?? 0,
      ready: status?.numberReady ?? 0,
      updated: status?.updatedNumberScheduled ?? 0,
      pods: view.daemonPods(KEY).length,
    };
  }
}

function run(overrides: Partial<Plan>): { readonly result: RunResult; readonly witness: Witness } {
  const witness = new Witness();
  return { result: testRun(overrides, { observer: witness }), witness };
}

describe('runPlan', () => {
  test('a DaemonSet becomes ready on three nodes, and the trace is sound', () => {
    const { result, witness } = run(SMALL);
    expect([result.end.ended, result.end.atMs, witness.ended]).toEqual(['done', minutes(5), true]);
    expect(witness.last).toEqual({ desired: 3, ready: 3, updated: 3, pods: 3 });
    expect(verifyTrace(result.records)).toEqual([]);
    const timeline = result
      .events()
      .filter((each) => each.node === 'worker-1')
      .map(({ type, actor }) => `${type} by ${actor}`);
    expect(timeline).toMatchInlineSnapshot(`
      [
        "machine.added by machine/worker-1",
        "node.created by engine",
        "pod.created by daemonset-controller",
        "pod.updated by kube-scheduler",
        "pod.updated by kubelet/worker-1",
        "apiEvent.RegisteredNode by node-lifecycle",
        "machine.containerStarted by machine/worker-1",
        "kubelet.started by kubelet/worker-1",
        "pod.updated by kubelet/worker-1",
      ]
    `);
  });

  test('every event has a cause that leads back to an input', () => {
    const { result } = run({ ...SMALL, steps: [toV2(minutes(1))] });
    const inputs = result.events().filter((each) => each.cause === undefined);
    expect(inputs.map(({ type }) => type)).toEqual(['run.begin', 'step.begin']);
    const bySeq = new Map(result.events().map((each) => [each.seq, each]));
    const replaced = result.events('pod.created').filter((each) => each.atMs > minutes(1));
    expect(replaced).toHaveLength(3);
    for (const pod of replaced) {
      let root = pod;
      while (root.cause !== undefined) root = bySeq.get(root.cause) ?? { ...root, cause: undefined as never };
      expect(root.type).toBe('step.begin');
    }
  });

  test('equal plans give equal bytes, another seed gives others, with and without drawn order', () => {
    const plan: Partial<Plan> = {
      ...SMALL,
      settings: {},
      steps: [
        toV2(minutes(1)),
        faultStep({ id: 'crash', type: 'NodeCrash', atMs: minutes(2), liftAtMs: minutes(3), nodes: ['worker-1'] }),
      ],
    };
    const digests = ['7', '7', '8'].map((seed) => testRun({ ...plan, seed }).digest);
    expect(digests[0]).toBe(digests[1]);
    expect(digests[0]).not.toBe(digests[2]);
    const explored = [1, 2].map(() => testRun({ ...plan, explore: true }).digest);
    expect(explored[0]).toBe(explored[1]);
    expect(explored[0]).not.toBe(digests[0]);
  });

  test.each([false, true])('looking on changes nothing (explore: %s)', (explore) => {
    const plan: Partial<Plan> = { ...SMALL, settings: {}, explore, steps: [toV2(minutes(1))] };
    const restless: RunObserver = {
      begin: () => undefined,
      changed: () => undefined,
      wakeAtMs: () => 61_007,
      end: () => undefined,
    };
    expect(testRun(plan, { observer: restless }).digest).toBe(testRun(plan).digest);
  });

  test('a lost answer to a delete costs no second pod', () => {
    const lost = faultStep({
      id: 'lost',
      type: 'LostResponse',
      atMs: minutes(1),
      liftAtMs: minutes(10),
      params: { client: 'daemonset-controller', verb: 'delete', odds: { numerator: 1, denominator: 1 }, count: 1 },
    });
    const { result, witness } = run({ ...SMALL, durationMs: minutes(12), steps: [lost, toV2(minutes(1) + 1)] });
    expect(result.end.bites.get('lost')).toBe(1);
    expect(witness.livePerNodeMax).toBe(1);
    expect(witness.last).toEqual({ desired: 3, ready: 3, updated: 3, pods: 3 });
    expect(verifyTrace(result.records)).toEqual([]);
  });

  test('a fault begins, bites, is lifted and is told; the observer hears of both', () => {
    const crash = faultStep({
      id: 'crash',
      type: 'NodeCrash',
      atMs: minutes(1),
      liftAtMs: minutes(3),
      nodes: ['worker-1'],
      targets: 'worker-1',
    });
    const { result, witness } = run({ ...SMALL, durationMs: minutes(6), steps: [crash] });
    const [begin] = result.events('fault.begin');
    expect([begin?.atMs, begin?.data]).toEqual([minutes(1), { type: 'NodeCrash', targets: 'worker-1' }]);
    expect(result.records).toContainEqual({
      kind: 'fault',
      id: 'crash',
      type: 'NodeCrash',
      seq: begin?.seq,
      fromMs: minutes(1),
      toMs: minutes(3),
      nodes: ['worker-1'],
      targets: 'worker-1',
    });
    expect(result.records).toContainEqual({
      kind: 'faultEnd',
      id: 'crash',
      type: 'NodeCrash',
      bites: 1,
      mayBeVacuous: false,
    });
    expect(witness.changes.filter(({ kind }) => kind === 'Fault')).toMatchObject([{ begins: true }, { begins: false }]);
    expect(witness.inForce).toEqual(['crash', '', '']);
    const ready = result
      .events('node.updated')
      .filter((each) => each.node === 'worker-1')
      .flatMap((each) => each.patch?.filter(([path]) => path === 'ready').map(([, value]) => value));
    expect(ready[0]).toBe('Unknown');
    expect(ready.at(-1)).toBe('True');
    expect(witness.last).toEqual({ desired: 3, ready: 3, updated: 3, pods: 3 });
  });

  test('an instant fault is over at once, and one without an end holds to the end', () => {
    const kill = faultStep({
      id: 'kill',
      type: 'PodKill',
      atMs: minutes(1),
      nodes: ['worker-0'],
      params: { how: 'delete' },
    });
    const lag = faultStep({
      id: 'lag',
      type: 'WatchLag',
      atMs: minutes(1),
      params: { client: 'daemonset-controller', delay: { fixed: 100 } },
    });
    const { result } = run({ ...SMALL, steps: [kill, lag] });
    expect(result.events('fault.lift').map(({ object, atMs }) => [object, atMs])).toEqual([['step/kill', minutes(1)]]);
    const spans = result.records.flatMap((each) => (each.kind === 'fault' ? [[each.id, each.toMs]] : []));
    expect(spans).toEqual([
      ['kill', minutes(1)],
      ['lag', null],
    ]);
  });

  test('nodes join by themselves and get their daemon pod, removed ones lose theirs', () => {
    const { result, witness } = run({
      ...SMALL,
      pools: [
        testPool(2),
        testPool(0, { name: 'burst', bootstrap: { startTaints: [{ key: 'boot', effect: 'NoSchedule' }] } }),
      ],
      durationMs: minutes(15),
      steps: [
        operationStep('grow', minutes(1), 'addNodes', { pool: 'burst', count: 2, over: { fixed: 30_000 } }),
        operationStep('open', minutes(3), 'untaint', { nodes: { include: ['burst-0', 'burst-1'] }, taint: 'boot' }),
        operationStep('shrink', minutes(8), 'removeNodes', { nodes: { include: ['worker-0'] } }),
      ],
    });
    const added = result.events('machine.added').filter((each) => each.atMs > 0);
    expect(added.map(({ node, atMs }) => [node, atMs])).toEqual([
      ['burst-0', 90_000],
      ['burst-1', 90_000],
    ]);
    expect(witness.last).toEqual({ desired: 3, ready: 3, updated: 3, pods: 3 });
    expect(result.events('node.removed').map(({ node }) => node)).toEqual(['worker-0']);
    expect(verifyTrace(result.records)).toEqual([]);
  });

  test('a full trace tells the same story with watch deliveries and heartbeats', () => {
    const plan: Partial<Plan> = { ...SMALL, settings: {}, steps: [toV2(minutes(1))] };
    const [few, full] = (['default', 'full'] as const).map((level) => testRun(plan, { level }));
    expect(full?.events('watch.delivered').length).toBeGreaterThan(50);
    expect(full?.events('lease.updated').length).toBeGreaterThan(50);
    const story = (result: RunResult | undefined): readonly string[] =>
      (result?.events() ?? [])
        .filter(({ type }) => type.startsWith('pod.') || type.startsWith('ds.updated'))
        .map(({ atMs, type, object }) => `${atMs} ${type} ${object ?? ''}`);
    expect(story(full)).toEqual(story(few));
    expect(verifyTrace(full?.records ?? [])).toEqual([]);
  });
});

describe('what ends a run early', () => {
  test('a limit of events, with the busiest actor', () => {
    const { result } = run({
      ...SMALL,
      limits: { events: 100, objects: 1e6, queueLength: 1e6, traceBytes: 1e9, virtualMs: 1e12 },
    });
    expect([result.end.ended, result.end.events]).toEqual(['limit', 100]);
    expect(result.end.reason).toMatch(/^100 events were handled; busiest was \S+ with \d+ of 100 events$/);
  });

  test('a limit of objects', () => {
    const { result } = run({
      ...SMALL,
      limits: { events: 1e6, objects: 12, queueLength: 1e6, traceBytes: 1e9, virtualMs: 1e12 },
    });
    expect(result.end.reason).toMatch(/^13 objects are stored, 12 may be; daemonset-controller made the last one/);
  });

  test('a limit of trace bytes', () => {
    const result = testRun({ ...SMALL, pools: [testPool(60)] }, { traceBytesMax: 20_000 });
    expect(result.end.ended).toBe('limit');
    expect(result.end.reason).toMatch(/^the trace has \d+ bytes; busiest was /);
  });

  test('the observer, at the end of the instant in which it has seen enough', () => {
    const seen: number[] = [];
    const observer: RunObserver = {
      begin: () => undefined,
      changed: (change, view) => void (change.kind === 'Pod' && seen.push(view.nowMs)),
      wakeAtMs: () => undefined,
      stop: () => seen.length > 0,
      end: () => undefined,
    };
    const { end } = testRun(SMALL, { observer });
    expect([end.ended, end.atMs]).toEqual(['stopped', seen[0]]);
  });

  test('the caller, within some thousand events', () => {
    const asked: number[] = [];
    const { end } = testRun(
      { ...SMALL, pools: [testPool(300)], durationMs: minutes(60) },
      { interrupted: () => true, progress: (atMs, events) => void asked.push(atMs, events) },
    );
    expect([end.ended, end.events, asked[1]]).toEqual(['interrupted', 10_000, 10_000]);
  });

  test('an observer is woken at the instant that it asks for', () => {
    const times: number[] = [];
    const observer: RunObserver = {
      begin: () => undefined,
      changed: (change, view) => void (change.kind === 'Time' && times.push(view.nowMs)),
      wakeAtMs: () => (times.length < 2 ? 100_000 + times.length : undefined),
      end: () => undefined,
    };
    testRun(SMALL, { observer });
    expect(times).toEqual([100_000, 100_001]);
  });
});
