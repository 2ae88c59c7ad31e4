/** The runs of a folder of scenarios, and what is asked of each of them. */
import { execute, type RunOutcome } from '@everynode/scenario/execute';
import type { Plan } from '@everynode/sim/plan';
import { findJobs, type Job } from '../jobs.ts';

export function jobsIn(folder: string): readonly Job[] {
  return findJobs({ paths: [folder], selector: undefined, row: undefined, params: [], seed: undefined });
}

function runPlanOf(plan: Plan): RunOutcome {
  return execute(plan, { tool: 'test', repro: [] });
}

export function titleOf({ scenario, rowNumber }: Job): string {
  return `${scenario.name}${rowNumber === undefined ? '' : ` row ${rowNumber}`}`;
}

/** Jobs with their titles, as tables of tests want them. */
export function titled(jobs: readonly Job[]): [string, Job][] {
  return jobs.map((job) => [titleOf(job), job]);
}

/** How a run ended, and which of its own assertions did not hold; laws speak in the reason. */
export function endOf({ compiled }: Job): { verdict: string; reason: string; notHeld: readonly string[] } {
  const { verdict, reason, assertions } = runPlanOf(compiled.plan);
  const notHeld = assertions
    .filter(({ block, result }) => block !== 'law' && result !== 'held')
    .map(({ id, message }) => `${id}: ${message}`);
  return { verdict, reason, notHeld };
}

export const HELD: ReturnType<typeof endOf> = { verdict: 'pass', reason: '', notHeld: [] };

/** What becomes of the same scenario when nothing happens in it. */
export function verdictWithoutSteps({ compiled }: Job): string {
  return runPlanOf({ ...compiled.plan, steps: [] }).verdict;
}
