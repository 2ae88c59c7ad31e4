/** One run under every eye that we have: checker, cluster rules, the state at the end, and the trace read back. */
import type { DaemonSet } from '@everynode/core/api/daemonSet';
import type { Pod } from '@everynode/core/api/pod';
import { Checker } from '@everynode/invariants/checker';
import { computeVerdict } from '@everynode/invariants/verdict';
import type { Change, RunObserver, WorldView } from '@everynode/sim/cluster/worldView';
import type { Plan } from '@everynode/sim/plan';
import { type RunEnd, runPlan } from '@everynode/sim/run';
import { parseTrace } from '@everynode/trace/ndjson';
import type { TraceRecord } from '@everynode/trace/record';
import { verifyTrace } from '@everynode/trace/verify';
import { TraceWriter } from '@everynode/trace/writer';
import type { AssertionRow } from '../execute.ts';
import { ClusterRules, type Witness } from './clusterRules.ts';
import { findUnrest, summarize } from './endState.ts';

export interface WatchedRun {
  readonly end: RunEnd;
  readonly digest: string;
  readonly rows: readonly AssertionRow[];
  readonly lines: readonly string[];
  readonly records: readonly TraceRecord[];
  /** Breaches of the cluster's invariants. */
  readonly breaches: readonly string[];
  /** Writes that they were asked about. */
  readonly writes: number;
  /** What a world at rest must not have, as the run ended. */
  readonly unrest: readonly string[];
  readonly summary: readonly string[];
  /** What the server holds as the run ends. */
  readonly daemonSets: readonly DaemonSet[];
  readonly pods: readonly Pod[];
}

/** Several onlookers as one. */
class Onlookers implements RunObserver {
  readonly #checker: Checker;
  readonly #rules: ClusterRules;
  unrest: readonly string[] = [];
  summary: readonly string[] = [];
  daemonSets: readonly DaemonSet[] = [];
  pods: readonly Pod[] = [];

  constructor(checker: Checker, rules: ClusterRules) {
    this.#checker = checker;
    this.#rules = rules;
  }

  begin(view: WorldView): void {
    this.#checker.begin(view);
  }

  changed(change: Change, view: WorldView): void {
    this.#checker.changed(change, view);
    this.#rules.changed(change);
  }

  wakeAtMs(): number | undefined {
    return this.#checker.wakeAtMs();
  }

  end(view: WorldView): void {
    this.#checker.end(view);
    this.unrest = findUnrest(view);
    this.summary = summarize(view);
    this.daemonSets = view.list('DaemonSet');
    this.pods = view.list('Pod');
  }
}

/** As `execute`, with the same digest, and with all that can be said about the run. */
export function watchRun(plan: Plan): WatchedRun {
  const lines: string[] = [];
  const trace = new TraceWriter({
    level: 'default',
    sink: (line) => void lines.push(line),
    traceBytesMax: plan.limits.traceBytes,
  });
  const { scenario, seed, kubernetesVersion: kubernetes, durationMs: endMs, params, steps } = plan;
  trace.header({ scenario, seed, tool: 'test', kubernetes, endMs, params, repro: [] });
  const rules = new ClusterRules(witnessOf(steps));
  const checker = new Checker(plan, trace);
  const onlookers = new Onlookers(checker, rules);
  const end = runPlan({ plan, trace, observer: onlookers, comparesFleets: true });
  const { rows } = checker;
  for (const row of rows) trace.assertion(row);
  const { verdict, reason } = computeVerdict({ rows, steps, ending: end });
  const digest = trace.end({ atMs: end.atMs, verdict, reason });
  const { breaches, writes } = rules;
  const { unrest, summary, daemonSets, pods } = onlookers;
  const records = parseTrace(lines);
  return { end, digest, rows, lines, records, breaches, writes, unrest, summary, daemonSets, pods };
}

/** Faults after which somebody may write by a picture that is no longer true. */
const CLOUDING = [
  'NodeUnreachable',
  'ZoneOutage',
  'ControllerPause',
  'WatchLag',
  'WatchBreak',
  'StaleList',
  'ApiLatency',
  'LostResponse',
  'ApiError',
];

function witnessOf(steps: Plan['steps']): Witness {
  const types = new Set(steps.map(({ type }) => type));
  return {
    isClockTrue: !types.has('ClockSkew'),
    isPictureFresh: !CLOUDING.some((type) => types.has(type)),
    isTimeForward: !types.has('StaleList') && !types.has('ApiLatency'),
  };
}

/** What is wrong with a run of whatever plan: its end, the laws, the cluster's invariants, its trace. */
export function findFaultsOf(run: WatchedRun): readonly string[] {
  const { end, rows, breaches, records, writes } = run;
  return [
    ...(end.ended === 'done' ? [] : [`the run ended early: ${end.ended}, ${end.reason}`]),
    ...rows
      .filter(({ block, result }) => block === 'law' && result === 'failed')
      .map(({ id, message, firstViolatedAtMs }) => `${id} at ${firstViolatedAtMs} ms: ${message}`),
    ...breaches,
    ...(writes > 0 ? [] : ['nothing was written']),
    ...verifyTrace(records).map(({ line, message }) => `trace, line ${line}: ${message}`),
    ...findRootless(records),
  ];
}

/** Where every chain of causes must begin: the start of the run, or a step of its plan. */
const ROOTS = ['run.begin', 'step.begin', 'fault.begin', 'fault.lift'];

/** Events without a cause that nobody outside the world has brought about. */
function findRootless(records: readonly TraceRecord[]): readonly string[] {
  return records.flatMap((record) =>
    record.kind === 'event' && record.cause === undefined && !ROOTS.includes(record.type)
      ? [`${record.type} ${record.seq} by ${record.actor} comes from nowhere`]
      : [],
  );
}
