/** Carries out a plan: builds the world, lets the steps happen, and lets an observer look on. Composition root of a run. */
import { AssertionError } from '@everynode/core/assert';
import type { TraceWriter } from '@everynode/trace/writer';
import { LiveView } from './cluster/liveView.ts';
import { startCluster } from './cluster/cluster.ts';
import { createWorld, outsideClient, type World } from './cluster/world.ts';
import type { Change, RunObserver } from './cluster/worldView.ts';
import type { Plan } from './plan.ts';
import { bentNow } from './seams/worldSeams.ts';
import { applyInOrder } from './operations/apply.ts';
import { Onlooker } from './run/onlooker.ts';
import { StepRunner } from './run/stepRunner.ts';

export interface RunOptions {
  readonly plan: Plan;
  /** Its header is written; `runPlan` writes the body up to the `faultEnd` records, the caller the verdict. */
  readonly trace: TraceWriter;
  readonly observer?: RunObserver;
  /** Tests: the DaemonSet controller compares what its index says with a walk over its caches, at every step. */
  readonly comparesFleets?: boolean;
  /** Asked about every 10,000 events: true ends the run early with `interrupted`. */
  readonly interrupted?: () => boolean;
  /** Called about every 10,000 events with the virtual instant. */
  readonly progress?: (atMs: number, events: number) => void;
}

export interface RunEnd {
  readonly atMs: number;
  /** Engine events handled. */
  readonly events: number;
  /** Bites per fault step. */
  readonly bites: ReadonlyMap<string, number>;
  /** What faults still bend at the end: nothing, if all are lifted. */
  readonly bent: readonly string[];
  readonly ended: 'done' | 'stopped' | 'interrupted' | 'limit';
  /** For `limit`: which, its number, and the busiest actor. */
  readonly reason: string;
}

/** Runs a plan to its end, or until a limit, the observer or the caller stops it. Equal plans give equal traces, byte for byte. */
export function runPlan(options: RunOptions): RunEnd {
  const run = runPlanInSlices(options);
  for (;;) {
    const slice = run.next();
    if (slice.done === true) return slice.value;
  }
}

/** As `runPlan`, but hands back control about every 10,000 events, for callers that have an outer loop of their own. */
export function* runPlanInSlices(options: RunOptions): Generator<undefined, RunEnd> {
  const { plan, trace, observer } = options;
  const changes: { observe: (change: Change) => void } = { observe: () => undefined };
  const world = createWorld(plan, trace, (change) => changes.observe(change), options.comparesFleets);
  const { engine, bites } = world;
  const steps = new StepRunner(world, trace);
  const view = new LiveView(world, () => steps.faultsInForce);
  const onlooker = observer === undefined ? undefined : new Onlooker(observer, view, world);
  if (onlooker !== undefined) changes.observe = (change) => onlooker.changed(change);
  engine.setHooks({
    instantEnded: () => onlooker?.instantEnded(),
    pulse: () => {
      options.progress?.(engine.nowMs, engine.events);
      if (options.interrupted?.() === true) engine.stop('interrupted', 'interrupted');
      engine.pause();
    },
  });
  addContext(world, () => {
    observer?.begin(view);
    begin(world);
    steps.schedule(plan.steps);
  });
  while (!addContext(world, () => engine.runUntil(plan.durationMs))) yield;
  addContext(world, () => {
    steps.end();
    observer?.end(view);
  });
  const { why, reason } = engine.stopped ?? { why: 'done' as const, reason: '' };
  return { atMs: engine.nowMs, events: engine.events, bites: bites.all(), bent: bentNow(world), ended: why, reason };
}

/** Instant 0: the nodes run, the control plane starts, and the user applies the plan's objects. */
function begin(world: World): void {
  const { engine, journal, plan } = world;
  const seq = journal.event({ type: 'run.begin', actor: 'engine' });
  engine.withCause(seq, () => {
    startCluster(world);
    const user = outsideClient(world, 'user');
    applyInOrder(
      plan.objects,
      (request, done) => user.send(request, done),
      () => undefined,
    );
  });
}

/** A failed assertion is a bug of ours; with these words it can be repeated. */
function addContext<T>({ engine, plan, journal }: World, run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (!(error instanceof AssertionError)) throw error;
    const where = `scenario ${plan.scenario}, seed ${plan.seed}, ${engine.nowMs} ms, event ${engine.events}, record ${journal.lastSeq}`;
    throw new AssertionError(`${error.message} (${where})`, { cause: error });
  }
}
