/** The one word in which a run ends, and why. */
import type { Verdict } from '@everynode/trace/record';
import type { PlanStep } from '@everynode/sim/plan';
import type { AssertionRow } from './ledger.ts';
import { findVacuousFaults } from './vacuity.ts';

/** How the run itself ended, as `runPlan` tells it. */
export interface RunEnding {
  readonly ended: 'done' | 'stopped' | 'interrupted' | 'limit';
  readonly reason: string;
  readonly bites: ReadonlyMap<string, number>;
}

export interface VerdictInput {
  readonly rows: readonly AssertionRow[];
  readonly steps: readonly PlanStep[];
  readonly ending: RunEnding;
}

/**
 * Whether a row fails its run: critical, and broken or never judged. A law that had nothing to judge is no failure,
 * since nobody asked for it. Warnings and observations are told and fail nothing.
 */
export function failsRun({ severity, result, block }: AssertionRow): boolean {
  if (severity !== 'critical') return false;
  return result === 'failed' || (result === 'not-evaluated' && block !== 'law');
}

/**
 * A run that did not come to its end proves nothing, so that comes first; then what failed; then faults without an
 * effect. `reason` is empty for a pass. Which blocks failed is in the rows (`failsRun`): exit codes go by that.
 */
export function computeVerdict({ rows, steps, ending }: VerdictInput): {
  readonly verdict: Verdict;
  readonly reason: string;
} {
  const failed = rows.filter(failsRun);
  const failures = failed.length === 0 ? '' : describeFailed(failed, rows.length);
  if (ending.ended === 'interrupted') return { verdict: 'interrupted', reason: join(ending.reason, failures) };
  if (ending.ended === 'limit') return { verdict: 'limit', reason: join(ending.reason, failures) };
  if (failed.length > 0) return { verdict: 'violated', reason: failures };
  const vacuous = findVacuousFaults(steps, ending.bites);
  if (vacuous.length > 0) {
    const names = vacuous.map(({ id, type }) => `${id} (${type})`).join(', ');
    return {
      verdict: 'vacuous',
      reason: `${vacuous.length === 1 ? 'a fault' : `${vacuous.length} faults`} changed nothing: ${names}`,
    };
  }
  return { verdict: 'pass', reason: '' };
}

/** The names of at most this many stand in the reason. */
const NAMED_MAX = 5;

function describeFailed(failed: readonly AssertionRow[], total: number): string {
  const names = failed
    .slice(0, NAMED_MAX)
    .map(({ id, block, result }) => `${id} (${result === 'failed' ? block : `${block}, not evaluated`})`);
  const more = failed.length > NAMED_MAX ? ` and ${failed.length - NAMED_MAX} more` : '';
  return `${failed.length} of ${total} assertions and laws failed: ${names.join(', ')}${more}`;
}

function join(first: string, second: string): string {
  return [first, second].filter((text) => text !== '').join('; ');
}
