/** One run and what it leaves in its folder: plan, trace, page and JUnit file, each whole or not at all. */
import { type JunitCase, junitOutcome, renderJunit } from '@everynode/reporter/junit';
import { renderPage } from '@everynode/reporter/page';
import type { ReportModel } from '@everynode/reporter/report';
import { toReport } from '@everynode/reporter/reportModel';
import { executeInSlices, type RunOutcome } from '@everynode/scenario/execute';
import { join } from 'node:path';
import { parseTrace } from '@everynode/trace/ndjson';
import type { Level } from '@everynode/trace/record';
import type { Plan } from '@everynode/sim/plan';
import { TOOL, VIEWER_JS } from './build.ts';
import { breathe, type Interrupt } from './interrupt.ts';
import type { Job } from './jobs.ts';
import { OutputFolder } from './outputFolder.ts';
import { Progress } from './progress.ts';
import { readLines } from './traceSource.ts';
import { UsageError } from './usageError.ts';

export interface RunSettings {
  readonly trace: Level | 'none';
  readonly interrupt: Interrupt;
}

export interface FinishedRun {
  readonly job: Job;
  readonly outcome: RunOutcome;
  readonly wallMs: number;
  readonly model: ReportModel;
  readonly junit: JunitCase;
  /** Where its files are. */
  readonly folder: string;
}

/** Runs one job into its folder. An interrupted run leaves its files too, as far as it came. */
export async function runJob(
  job: Job,
  folderPath: string,
  { trace: level, interrupt }: RunSettings,
): Promise<FinishedRun> {
  const { plan } = job.compiled;
  const folder = new OutputFolder(folderPath);
  const repro = ['everynode', 'run', job.scenario.file, ...job.reproOptions];
  try {
    folder.file('plan.json', `${JSON.stringify(plan, null, 2)}\n`);
    const traced = await runTraced(plan, folder, { level, repro, interrupt });
    const model = toReport(parseTrace(traced.lines()));
    folder.file('report.html', renderPage(model, { viewerJs: VIEWER_JS }));
    const junit = junitCase(job, model, traced.wallMs);
    folder.file('junit.xml', renderJunit([junit]));
    return { job, outcome: traced.outcome, wallMs: traced.wallMs, model, junit, folder: folderPath };
  } catch (error) {
    if (error instanceof UsageError) throw error;
    const crash = new RunCrash(job, error);
    folder.file('junit.xml', renderJunit([crash.junit]));
    throw crash;
  } finally {
    folder.discard();
  }
}

/** A bug of ours that a run has met, with what repeats it. */
export class RunCrash extends Error {
  override readonly name = 'RunCrash';
  readonly junit: JunitCase;

  constructor(job: Job, cause: unknown) {
    const what = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause);
    const repro = ['everynode', 'run', job.scenario.file, ...job.reproOptions].join(' ');
    super(`${what} (${caseName(job)}; repeat: ${repro})`, { cause });
    const outcome = { kind: 'error', message: what, detail: this.message } as const;
    this.junit = { file: job.scenario.file, name: caseName(job), wallMs: 0, outcome };
  }
}

interface Traced {
  readonly outcome: RunOutcome;
  readonly wallMs: number;
  readonly lines: () => Iterable<string>;
}

/** Without a trace file the lines stay in memory, since the page is made of them. */
async function runTraced(
  plan: Plan,
  folder: OutputFolder,
  options: { readonly level: RunSettings['trace']; readonly repro: readonly string[]; readonly interrupt: Interrupt },
): Promise<Traced> {
  const { level, repro, interrupt } = options;
  const kept: string[] = [];
  const file = level === 'none' ? undefined : folder.lines('trace.ndjson');
  const startedAtMs = performance.now();
  const progress = new Progress(plan.scenario, plan.durationMs);
  const run = executeInSlices(plan, {
    level: level === 'none' ? 'default' : level,
    sink: file?.write ?? ((line) => void kept.push(line)),
    tool: TOOL,
    repro,
    interrupted: interrupt.requested,
    progress: (atMs, events) => progress.update(atMs, events),
  });
  try {
    for (;;) {
      const slice = run.next();
      if (slice.done === true) {
        file?.done();
        const tracePath = join(folder.path, 'trace.ndjson');
        return {
          outcome: slice.value,
          wallMs: Math.round(performance.now() - startedAtMs),
          lines: () => (file === undefined ? kept : readLines(tracePath)),
        };
      }
      await breathe();
    }
  } finally {
    progress.clear();
  }
}

function junitCase(job: Job, model: ReportModel, wallMs: number): JunitCase {
  const { file } = job.scenario;
  const outcome = junitOutcome(model);
  // A plan knows its scenario by name alone; CI wants the path.
  const isPlaced = outcome.kind === 'ran' && outcome.source !== undefined;
  const placed = isPlaced ? { ...outcome, source: outcome.source.replace(/^[^:]*/, file) } : outcome;
  return { file, name: caseName(job), wallMs, outcome: placed };
}

/** A name that stays the same from run to run: no times in it. */
function caseName({ scenario, rowNumber, row, compiled }: Job): string {
  const values = Object.entries(row).map(([name, value]) => `${name}: ${String(value)}`);
  const rowText = rowNumber === undefined ? '' : ` row ${rowNumber} (${values.join(', ')})`;
  return `${scenario.name}${rowText} seed ${compiled.plan.seed}`;
}
