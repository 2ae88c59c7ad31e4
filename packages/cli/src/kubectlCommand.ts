/** `everynode get` and `everynode rollout`: kubectl's commands, asked of a moment of a run. */
import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { profileOf } from '@everynode/core/profile';
import { kubectl } from '@everynode/kubectl/kubectl';
import type { Plan } from '@everynode/sim/plan';
import { EXIT, type ExitCode } from './exitCodes.ts';
import { openRun, parseInstant } from './runFolder.ts';
import { serveMoment } from './runMoment.ts';
import { UsageError } from './usageError.ts';

export interface KubectlCommandOptions {
  /** Everything that kubectl is told, its verb first. */
  readonly argv: readonly string[];
  /** Folder of a run; absent: the only one below reports. */
  readonly run: string | undefined;
  readonly at: string | undefined;
}

const REPORTS = 'reports';
const NAMED_MAX = 5;

/** Prints what kubectl would, and ends as it would: 1 where the answer is an error. */
export function kubectlCommand({ argv, run, at }: KubectlCommandOptions): ExitCode {
  const { plan } = openRun(run ?? findOnlyRun());
  const nowMs = parseInstant('--at', at, plan.durationMs);
  const server = serveMoment(plan, nowMs);
  const { stdout, stderr, exitCode } = kubectl(argv, { server, minor: minorOf(plan), nowMs });
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  return exitCode === 0 ? EXIT.pass : EXIT.violated;
}

/** The client is of the cluster's release. */
function minorOf({ kubernetesVersion }: Plan): number {
  const profile = profileOf(kubernetesVersion);
  if (profile === undefined)
    throw new UsageError(`the plan is of Kubernetes ${kubernetesVersion}, which is not known; run the scenario again`);
  return profile.minor;
}

/** A scenario's run lies in `reports/<name>`, the runs of a matrix in folders below it. */
function findOnlyRun(): string {
  const runs = foldersIn(REPORTS).flatMap((folder) => [folder, ...foldersIn(folder)].filter(isRun));
  const [only] = runs;
  if (only !== undefined && runs.length === 1) return only;
  const named = runs.slice(0, NAMED_MAX).map((path) => `--run ${path}`);
  const more = runs.length > NAMED_MAX ? `, and ${runs.length - NAMED_MAX} more` : '';
  throw new UsageError(
    runs.length === 0
      ? `there is no run below ${REPORTS}; write --run with the folder that \`everynode run\` wrote`
      : `there are ${runs.length} runs below ${REPORTS}; write one of ${named.join(', ')}${more}`,
  );
}

function foldersIn(path: string): readonly string[] {
  return entriesOf(path)
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => join(path, name));
}

function isRun(path: string): boolean {
  return entriesOf(path).some((entry) => entry.isFile() && entry.name === 'plan.json');
}

/** What cannot be listed holds no run. */
function entriesOf(path: string): readonly Dirent[] {
  try {
    return readdirSync(path, { withFileTypes: true });
  } catch {
    return [];
  }
}
