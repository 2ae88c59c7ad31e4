/** `everynode run`: scenarios to verdicts, with a folder of files for each run. */
import { join } from 'node:path';
import { type JunitCase, renderJunit } from '@everynode/reporter/junit';
import { renderText } from '@everynode/reporter/text';
import { formatDuration } from '@everynode/scenario/duration';
import { EXIT, type ExitCode, exitCodeOf, worstOf } from './exitCodes.ts';
import { watchInterrupt } from './interrupt.ts';
import { findJobs, type Job, type JobOptions } from './jobs.ts';
import { OutputFolder } from './outputFolder.ts';
import { type FinishedRun, RunCrash, runJob, type RunSettings } from './runJob.ts';
import { countOf, formatWall, printLine, printNote, terminalStyle } from './terminal.ts';
import { UsageError } from './usageError.ts';

export interface RunCommandOptions extends JobOptions {
  readonly out: string | undefined;
  readonly output: 'text' | 'json';
  readonly trace: RunSettings['trace'];
  readonly quiet: boolean;
}

const REPORTS_FOLDER = 'reports';

export async function runCommand(options: RunCommandOptions): Promise<ExitCode> {
  const jobs = findJobs(options);
  const folders = foldersOf(jobs, options.out);
  const isText = options.output === 'text';
  if (isText && !options.quiet)
    for (const notice of new Set(jobs.flatMap(({ compiled }) => compiled.notices))) printNote(`note: ${notice}`);
  const interrupt = watchInterrupt();
  const finished: FinishedRun[] = [];
  const cases: JunitCase[] = [];
  try {
    for (const job of jobs) {
      const run = await runJob(job, folders.of(job), { trace: options.trace, interrupt });
      finished.push(run);
      cases.push(run.junit);
      if (!isText) printLine(JSON.stringify(toJson(run)));
      else if (!options.quiet) printRun(run);
      if (interrupt.requested()) break;
    }
  } catch (error) {
    if (error instanceof RunCrash) cases.push(error.junit);
    throw error;
  } finally {
    interrupt.release();
    // One file for all runs, also where one of them was the last.
    if (jobs.length > 1 && cases.length > 0) new OutputFolder(folders.base).file('junit.xml', renderJunit(cases));
  }
  const codes = finished.map(({ outcome }) => exitCodeOf(outcome));
  const code = interrupt.requested() ? EXIT.interrupted : worstOf(codes);
  if (isText) printSummary(finished, jobs.length, code);
  return code;
}

interface Folders {
  readonly base: string;
  of(job: Job): string;
}

/** One scenario fills its folder, several get one each below it; so do the rows of a matrix. */
function foldersOf(jobs: readonly Job[], out: string | undefined): Folders {
  const files = new Map(jobs.map(({ scenario }) => [scenario.file, scenario.name]));
  const names = [...files.values()];
  const twin = names.find((name, at) => names.indexOf(name) !== at);
  if (twin !== undefined)
    throw new UsageError(
      `two scenarios are called ${twin}, and their reports would overwrite each other; give one of them another metadata.name`,
    );
  const isOne = files.size === 1;
  const base = out ?? (isOne ? join(REPORTS_FOLDER, names[0] ?? '') : REPORTS_FOLDER);
  return {
    base,
    of: ({ scenario, rowNumber }) =>
      join(base, ...(isOne ? [] : [scenario.name]), ...(rowNumber === undefined ? [] : [`row-${rowNumber}`])),
  };
}

/** What scripts rely on: one object for each run, one a line. */
function toJson({ job, outcome, wallMs, folder }: FinishedRun): unknown {
  const { verdict, reason, digest, events, virtualMs, assertions } = outcome;
  return {
    scenario: job.scenario.name,
    file: job.scenario.file,
    ...(job.rowNumber === undefined ? {} : { row: job.rowNumber }),
    params: job.row,
    verdict,
    reason,
    seed: job.compiled.plan.seed,
    digest,
    events,
    virtualMs,
    wallMs,
    assertions: assertions.map(
      ({ id, block, severity, result, firstViolatedAtMs, invariant, demanded, worst, message }) => {
        return { id, kind: block, severity, result, firstViolatedAtMs, invariant, demanded, worst, message };
      },
    ),
    out: folder,
  };
}

function printRun({ model, folder }: FinishedRun): void {
  printLine(renderText(model, terminalStyle(process.stdout)));
  printLine(`  report  ${join(folder, 'report.html')}`);
  printLine('');
}

/** The last line, whatever came before: a script that reads one line reads this one. */
function printSummary(finished: readonly FinishedRun[], planned: number, code: ExitCode): void {
  const style = terminalStyle(process.stdout);
  const passed = finished.filter(({ outcome }) => outcome.verdict === 'pass').length;
  const virtualMs = finished.reduce((sum, { outcome }) => sum + outcome.virtualMs, 0);
  const wallMs = finished.reduce((sum, run) => sum + run.wallMs, 0);
  const seeds = [...new Set(finished.map(({ job }) => job.compiled.plan.seed))];
  const parts = [
    `${passed} passed`,
    `${finished.length - passed} failed`,
    ...(planned > finished.length ? [`${planned - finished.length} not run`] : []),
    countOf(new Set(finished.map(({ job }) => job.scenario.file)).size, 'scenario'),
    `${formatDuration(virtualMs)} virtual`,
    `${formatWall(wallMs)} wall`,
    seeds.length <= 3 ? `seed ${seeds.join(', ')}` : `${seeds.length} seeds`,
  ];
  const tone = code === EXIT.pass ? style.good : style.bad;
  printLine(
    `${tone(code === EXIT.pass ? 'PASS' : code === EXIT.interrupted ? 'INTERRUPTED' : 'FAIL')}  ${parts.join(' · ')}`,
  );
}
