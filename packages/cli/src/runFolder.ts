/** The folder that a run left behind: its plan, and moments of it as reports write them. */
import { dirname, join } from 'node:path';
import { formatDuration, parseDuration } from '@everynode/scenario/duration';
import { type Plan, PLAN_VERSION } from '@everynode/sim/plan';
import { diskReader, isFolder } from './files.ts';
import { UsageError } from './usageError.ts';

export interface RunFolder {
  readonly planPath: string;
  /** Where the trace is, if the run kept one. */
  readonly tracePath: string;
  readonly plan: Plan;
}

const PLAN_BYTES_MAX = 200 * 1_048_576;

/** Reads the plan of a run's folder, or of its plan.json. Throws `UsageError`. */
export function openRun(path: string): RunFolder {
  const planPath = isFolder(path) ? join(path, 'plan.json') : path;
  return { planPath, tracePath: join(dirname(planPath), 'trace.ndjson'), plan: readPlan(planPath) };
}

/** `12m`, or a moment of a report: `31m4.250s@48211`; what follows the @ names an event of that instant. Absent: the end. */
export function parseInstant(option: string, text: string | undefined, endMs: number): number {
  if (text === undefined) return endMs;
  const atMs = parseDuration(text.replace(/@[0-9]+$/, ''));
  if (atMs === undefined)
    throw new UsageError(`${JSON.stringify(text)} is no instant; write ${option} with a duration such as 12m or 1h30m`);
  if (atMs > endMs)
    throw new UsageError(`the run ends at ${formatDuration(endMs)}; write ${option} with an earlier instant`);
  return atMs;
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
