/** `everynode replay`: runs a recorded plan again and proves that the same came out, or shows where the two part. */
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { renderText } from '@everynode/reporter/text';
import { toReport } from '@everynode/reporter/reportModel';
import { formatDuration, parseDuration } from '@everynode/scenario/duration';
import { executeInSlices, type RunOutcome } from '@everynode/scenario/execute';
import { type Plan, PLAN_VERSION } from '@everynode/sim/plan';
import { firstDivergence } from '@everynode/trace/divergence';
import { parseTrace, TraceFormatError } from '@everynode/trace/ndjson';
import type { BodyRecord, TraceRecord } from '@everynode/trace/record';
import { TOOL } from './build.ts';
import { EXIT, type ExitCode, exitCodeOf } from './exitCodes.ts';
import { diskReader } from './files.ts';
import { breathe, type Interrupt, watchInterrupt } from './interrupt.ts';
import { printLine, terminalStyle } from './terminal.ts';
import { readLines } from './traceSource.ts';
import { UsageError } from './usageError.ts';

export interface ReplayCommandOptions {
  /** A run's folder, or its plan.json. */
  readonly path: string;
  readonly until: string | undefined;
  readonly output: 'text' | 'json';
}

const PLAN_BYTES_MAX = 200 * 1_048_576;

export async function replayCommand(options: ReplayCommandOptions): Promise<ExitCode> {
  const planPath = isFolder(options.path) ? join(options.path, 'plan.json') : options.path;
  const plan = readPlan(planPath);
  const recorded = readRecorded(join(dirname(planPath), 'trace.ndjson'));
  const untilMs = parseUntil(options.until, plan);
  const interrupt = watchInterrupt();
  const { outcome, records } = await runAgain(plan, untilMs, recorded, planPath, interrupt);
  interrupt.release();
  if (interrupt.requested()) return EXIT.interrupted;
  const isWhole = untilMs === plan.durationMs;
  const mismatch =
    recorded === undefined
      ? undefined
      : isWhole
        ? findMismatch(recorded, records, outcome)
        : findEarlyMismatch(recorded, records, untilMs);
  print(options.output, { plan, outcome, records, recorded, mismatch, untilMs, isWhole });
  if (mismatch !== undefined) return EXIT.internal;
  return isWhole ? exitCodeOf(outcome) : EXIT.pass;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function readPlan(path: string): Plan {
  const file = diskReader.read(path, PLAN_BYTES_MAX);
  if (!file.ok)
    throw new UsageError(
      `cannot read ${path}: ${file.problem === 'missing' ? 'it does not exist' : file.problem}; name the folder of a run, or its plan.json`,
    );
  const plan = parseJson(file.text, path) as Partial<Plan> | null;
  const isPlan =
    typeof plan === 'object' &&
    plan !== null &&
    Array.isArray(plan.pools) &&
    Array.isArray(plan.steps) &&
    Array.isArray(plan.expectations) &&
    Array.isArray(plan.thresholds);
  if (!isPlan || typeof plan.seed !== 'string' || typeof plan.durationMs !== 'number')
    throw new UsageError(`${path} is no plan; name the folder of a run, or its plan.json`);
  if (plan.version !== PLAN_VERSION)
    throw new UsageError(
      `${path} is a plan of version ${String(plan.version)}, and this everynode reads version ${PLAN_VERSION}; run the scenario again`,
    );
  return plan as Plan;
}

function parseJson(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new UsageError(`${path} is no JSON; name the folder of a run, or its plan.json`);
  }
}

/** A run without a trace file can be replayed, but there is nothing to compare with. */
function readRecorded(path: string): readonly TraceRecord[] | undefined {
  if (statSync(path, { throwIfNoEntry: false }) === undefined) return undefined;
  try {
    return parseTrace(readLines(path));
  } catch (error) {
    if (error instanceof TraceFormatError) throw new UsageError(`${path}: ${error.message}; run the scenario again`);
    throw error;
  }
}

/** `12m`, or a moment of a report: `31m4.250s@48211`; what follows the @ names an event of that instant. */
function parseUntil(text: string | undefined, plan: Plan): number {
  if (text === undefined) return plan.durationMs;
  const untilMs = parseDuration(text.replace(/@[0-9]+$/, ''));
  if (untilMs === undefined)
    throw new UsageError(`${JSON.stringify(text)} is no instant; write --until with a duration such as 12m or 1h30m`);
  if (untilMs > plan.durationMs)
    throw new UsageError(`the run ends at ${formatDuration(plan.durationMs)}; write --until with an earlier instant`);
  return untilMs;
}

interface Again {
  readonly outcome: RunOutcome;
  readonly records: readonly TraceRecord[];
}

async function runAgain(
  plan: Plan,
  untilMs: number,
  recorded: readonly TraceRecord[] | undefined,
  planPath: string,
  interrupt: Interrupt,
): Promise<Again> {
  const lines: string[] = [];
  const header = recorded?.[0];
  const run = executeInSlices(untilMs === plan.durationMs ? plan : { ...plan, durationMs: untilMs }, {
    level: header?.kind === 'header' ? header.level : 'default',
    sink: (line) => void lines.push(line),
    tool: TOOL,
    repro: ['everynode', 'replay', planPath],
    interrupted: interrupt.requested,
  });
  for (;;) {
    const slice = run.next();
    if (slice.done === true) return { outcome: slice.value, records: parseTrace(lines) };
    await breathe();
  }
}

/** Undefined: the same records, and the same digest. */
function findMismatch(
  recorded: readonly TraceRecord[],
  again: readonly TraceRecord[],
  outcome: RunOutcome,
): string | undefined {
  const divergence = firstDivergence(recorded, again);
  if (divergence !== undefined)
    return `record ${divergence.sameRecords + 1} differs: recorded ${show(divergence.a)}, now ${show(divergence.b)}`;
  const end = recorded.at(-1);
  if (end?.kind !== 'end' || end.digest === outcome.digest) return undefined;
  return `the records are equal, and the digest that was recorded (${end.digest.slice(0, 8)}) is not theirs`;
}

/** Up to an instant the two must be the same; from there on one of them was cut off. */
function findEarlyMismatch(
  recorded: readonly TraceRecord[],
  again: readonly TraceRecord[],
  untilMs: number,
): string | undefined {
  const divergence = firstDivergence(happened(recorded, untilMs), happened(again, untilMs));
  return divergence === undefined
    ? undefined
    : `record ${divergence.sameRecords + 1} differs: recorded ${show(divergence.a)}, now ${show(divergence.b)}`;
}

function happened(records: readonly TraceRecord[], untilMs: number): readonly TraceRecord[] {
  return records.filter((record) => (record.kind === 'event' || record.kind === 'decision') && record.atMs < untilMs);
}

function show(record: BodyRecord | undefined): string {
  if (record === undefined) return 'nothing more';
  const text = JSON.stringify(record);
  return text.length > 200 ? `${text.slice(0, 200)}…` : text;
}

interface Replayed extends Again {
  readonly plan: Plan;
  readonly recorded: readonly TraceRecord[] | undefined;
  readonly mismatch: string | undefined;
  readonly untilMs: number;
  readonly isWhole: boolean;
}

function print(
  output: 'text' | 'json',
  { plan, outcome, records, recorded, mismatch, untilMs, isWhole }: Replayed,
): void {
  const same = recorded === undefined ? null : mismatch === undefined;
  if (output === 'json') {
    const { verdict, digest, events, virtualMs } = outcome;
    printLine(
      JSON.stringify({
        scenario: plan.scenario,
        seed: plan.seed,
        verdict,
        digest,
        events,
        virtualMs,
        same,
        ...(mismatch === undefined ? {} : { mismatch }),
      }),
    );
    return;
  }
  const style = terminalStyle(process.stdout);
  if (isWhole) printLine(renderText(toReport(records), style));
  else for (const line of lastEvents(records, untilMs)) printLine(line);
  if (same === null) printLine('there is no trace.ndjson beside the plan, so there is nothing to compare with');
  else if (same)
    printLine(style.good(isWhole ? `the same digest: ${outcome.digest}` : `the same up to ${formatDuration(untilMs)}`));
  else
    printLine(
      `${style.bad('NOT THE SAME')}: ${mismatch ?? ''}\nThis is a bug of everynode or another version of it; please report it with the folder of the run.`,
    );
}

const LAST_EVENTS = 12;

/** What had just happened at the instant. */
function lastEvents(records: readonly TraceRecord[], untilMs: number): readonly string[] {
  const events = records.filter((record) => record.kind === 'event' && record.atMs <= untilMs);
  return events.slice(-LAST_EVENTS).map((event) => {
    if (event.kind !== 'event') return '';
    return `${formatDuration(event.atMs)}@${event.seq}  ${event.actor}  ${event.type}${event.object === undefined ? '' : `  ${event.object}`}${event.node === undefined ? '' : `  ${event.node}`}`;
  });
}
