/** Plans for the tests of this package, and a run of one through the checker over a world in memory. */
import type { PlannedExpectation, PlannedThreshold } from '@everynode/sim/plan';
import { Checker, type CheckedPlan } from '../checker.ts';
import type { ViolationSink } from '../episodes.ts';
import type { AssertionRow } from '../ledger.ts';
import type { MemoryWorld } from './memoryWorld.ts';

export type Violation = Parameters<ViolationSink['violation']>[0];

/** An expectation with the window 0…60 s, unless said otherwise. */
export function makeExpectation(
  fields: Pick<PlannedExpectation, 'invariant' | 'params' | 'block'> & Partial<PlannedExpectation>,
): PlannedExpectation {
  return { id: 'demand', severity: 'critical', window: { fromMs: 0, toMs: 60_000 }, ...fields };
}

/** A threshold over the window 0…60 s, unless said otherwise. */
export function makeThreshold(
  fields: Pick<PlannedThreshold, 'metric' | 'stat' | 'compare'> & Partial<PlannedThreshold>,
): PlannedThreshold {
  return { id: 'bound', severity: 'critical', labels: {}, window: { fromMs: 0, toMs: 60_000 }, ...fields };
}

/** A run in progress: change the world, then `finish` it. */
export class CheckedRun {
  readonly checker: Checker;
  /** Of the plan's own assertions; those of laws are kept apart. */
  readonly violations: Violation[] = [];
  readonly breaches: Violation[] = [];
  readonly #world: MemoryWorld;
  readonly #durationMs: number;

  constructor(world: MemoryWorld, plan: Partial<CheckedPlan>) {
    this.#world = world;
    this.#durationMs = plan.durationMs ?? 60_000;
    const whole = { expectations: [], thresholds: [], steps: [], ...plan, durationMs: this.#durationMs };
    this.checker = new Checker(whole, {
      violation: (fields) => (fields.block === 'law' ? this.breaches : this.violations).push(fields),
    });
    world.watchWith(this.checker);
  }

  /** Goes on to the end, or to an earlier one, and returns all rows but those of laws. */
  finish(endMs: number = this.#durationMs): readonly AssertionRow[] {
    this.#world.advanceTo(endMs);
    this.#world.end();
    return this.checker.rows.filter(({ block }) => block !== 'law');
  }

  /** The row of the only assertion. */
  finishOne(endMs: number = this.#durationMs): AssertionRow {
    const [row] = this.finish(endMs);
    if (row === undefined) throw new Error('the plan demands nothing');
    return row;
  }
}
