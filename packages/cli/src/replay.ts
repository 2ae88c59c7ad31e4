/** `everynode replay`: runs a recorded plan again and proves that the same came out, or shows where the two part. */
import { statSync } from 'node:fs';
import { renderText } from '@everynode/reporter/text';
import { toReport } from '@everynode/reporter/reportModel';
import { formatDuration } from '@everynode/scenario/duration';
import { executeInSlices, type RunOutcome } from '@everynode/scenario/execute';
import type { Plan } from '@everynode/sim/plan';
import { firstDivergence } from '@everynode/trace/divergence';
import { parseTrace, TraceFormatError } from '@everynode/trace/ndjson';
import type { BodyRecord, TraceRecord } from '@everynode/trace/record';
import { TOOL } from './build.ts';
import { EXIT, type ExitCode, exitCodeOf } from './exitCodes.ts';
import { breathe, type Interrupt, watchInterrupt } from './interrupt.ts';
import { openRun, parseInstant } from './runFolder.ts';
import { printLine, terminalStyle } from './terminal.ts';
import { readLines } from './traceSource.ts';
import { UsageError } from './usageError.ts';

export interface ReplayCommandOptions {
  /** A run's folder, or its plan.json. */
  readonly path: string;
  readonly until: string | undefined;
  readonly output: 'text' | 'json';
}

export async function replayCommand(options: ReplayCommandOptions): Promise<ExitCode> {
  const { planPath, tracePath, plan } = openRun(options.path);
  const recorded = readRecorded(tracePath);
  const untilMs = parseInstant('--until', options.until, plan.durationMs);
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
