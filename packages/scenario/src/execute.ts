/** One run from plan to outcome: the simulation, the checker that looks on, and the trace that stays behind, joined. */
import { Checker } from '@everynode/invariants/checker';
import { computeVerdict, failsRun } from '@everynode/invariants/verdict';
import type { Plan } from '@everynode/sim/plan';
import { runPlanInSlices } from '@everynode/sim/run';
import type { Level, Verdict } from '@everynode/trace/record';
import { TraceWriter } from '@everynode/trace/writer';

/** One line of the result table. */
export type AssertionRow = Checker['rows'][number];

export interface ExecuteOptions {
  readonly level?: Level;
  /** Gets every line of the trace, without its newline; absent: the trace is only digested. */
  readonly sink?: (line: string) => void;
  /** Name and version of the program, for the header. */
  readonly tool: string;
  /** argv that repeats this run, for the header. */
  readonly repro: readonly string[];
  /** Asked about every 10,000 events. */
  readonly interrupted?: () => boolean;
  /** Virtual ms and engine events, told about every 10,000 events. */
  readonly progress?: (atMs: number, events: number) => void;
}

export interface RunOutcome {
  readonly verdict: Verdict;
  /** Why it is no pass; empty for one. */
  readonly reason: string;
  /** SHA-256 over the body of the trace, 64 hex digits. */
  readonly digest: string;
  /** Engine events handled, whatever the level of the trace. */
  readonly events: number;
  readonly virtualMs: number;
  /** In the plan's order, then the laws. */
  readonly assertions: readonly AssertionRow[];
  /** Of what failed nothing but thresholds: a regression, not a breach. */
  readonly onlyThresholds: boolean;
}

/** Runs the plan to its end. */
export function execute(plan: Plan, options: ExecuteOptions): RunOutcome {
  const run = executeInSlices(plan, options);
  for (;;) {
    const slice = run.next();
    if (slice.done === true) return slice.value;
  }
}

/** As `execute`, but hands back control about every 10,000 events: a command line looks for signals there. */
export function* executeInSlices(plan: Plan, options: ExecuteOptions): Generator<undefined, RunOutcome> {
  const { level = 'default', sink = () => undefined, tool, repro, interrupted, progress } = options;
  const trace = new TraceWriter({ level, sink, traceBytesMax: plan.limits.traceBytes });
  trace.header({
    scenario: plan.scenario,
    ...(plan.description === undefined ? {} : { description: plan.description }),
    seed: plan.seed,
    tool,
    kubernetes: plan.kubernetesVersion,
    endMs: plan.durationMs,
    params: plan.params,
    repro,
  });
  const checker = new Checker(plan, trace);
  const ending = yield* runPlanInSlices({
    plan,
    trace,
    observer: checker,
    ...(interrupted === undefined ? {} : { interrupted }),
    ...(progress === undefined ? {} : { progress }),
  });
  const { rows } = checker;
  for (const row of rows) trace.assertion(row);
  const { verdict, reason } = computeVerdict({ rows, steps: plan.steps, ending });
  const digest = trace.end({ atMs: ending.atMs, verdict, reason });
  const failed = rows.filter(failsRun);
  return {
    verdict,
    reason,
    digest,
    events: ending.events,
    virtualMs: ending.atMs,
    assertions: rows,
    onlyThresholds: failed.length > 0 && failed.every(({ block }) => block === 'threshold'),
  };
}
