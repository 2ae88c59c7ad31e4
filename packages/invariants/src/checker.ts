/**
 * Looks on while a plan runs and judges: every law and every assertion after each change of the kinds that it watches.
 * It changes nothing and reads only the truth; what it finds goes into the trace as violations and comes out as rows.
 */
import { assert } from '@everynode/core/assert';
import type { Plan, PlannedExpectation, PlannedFault } from '@everynode/sim/plan';
import type { Change, RunObserver, WatchKind, WorldView } from '@everynode/sim/cluster/worldView';
import type { ViolationSink } from './episodes.ts';
import { EventuallyAssertion } from './eventuallyAssertion.ts';
import type { ExpectationDefinition } from './expectation.ts';
import { FaultLog } from './faultLog.ts';
import { LawAccount } from './lawAccount.ts';
import type { Assertion, AssertionRow, AssertionSetup } from './ledger.ts';
import { OnceAssertion } from './onceAssertion.ts';
import { expectationRegistry, lawRegistry } from './registry.ts';
import { Rest } from './rest.ts';
import { ThresholdAssertion } from './thresholdAssertion.ts';
import { WindowAssertion } from './windowAssertion.ts';

/** The part of a plan that says what is demanded of it, and what is done to the world. */
export type CheckedPlan = Pick<Plan, 'expectations' | 'thresholds' | 'steps' | 'durationMs'>;

/** One run's judge: hand it to `runPlan` as observer, then read `rows`. */
export class Checker implements RunObserver {
  readonly #plan: CheckedPlan;
  readonly #faults: FaultLog;
  readonly #rest = new Rest();
  readonly #laws: readonly LawAccount[];
  readonly #assertions: readonly Assertion[];
  readonly #lawsOf = new Map<WatchKind, LawAccount[]>();
  readonly #assertionsOf = new Map<WatchKind, Assertion[]>();
  /** The rest for which the laws about rest have been asked, by the instant at which it was reached. */
  #restAskedMs: number | undefined;
  #lastSeq = 0;
  #rows: readonly AssertionRow[] | undefined;

  /** `sink` gets each violation when its episode is over, at the latest at the end of the run: the trace's writer is one. */
  constructor(plan: CheckedPlan, sink: ViolationSink) {
    this.#plan = plan;
    const faults = new FaultLog(plan.steps.filter((step): step is PlannedFault => step.step === 'fault'));
    this.#faults = faults;
    this.#laws = lawRegistry.map((law) => new LawAccount(law, sink, faults));
    this.#assertions = [
      ...plan.expectations.map((planned) => newAssertion(planned, plan, sink, faults)),
      ...plan.thresholds.map((planned) => new ThresholdAssertion(planned, sink, faults)),
    ];
    for (const law of this.#laws) for (const kind of law.watches) addTo(this.#lawsOf, kind, law);
    for (const each of this.#assertions) for (const kind of each.watches) addTo(this.#assertionsOf, kind, each);
  }

  begin(view: WorldView): void {
    this.#rest.begin(view);
    for (const each of this.#assertions) each.begin?.(view);
  }

  changed(change: Change, view: WorldView): void {
    this.#lastSeq = change.seq;
    this.#faults.observe(change, view.nowMs);
    this.#rest.observe(change, view);
    for (const law of this.#lawsOf.get(change.kind) ?? []) law.observe(change, view);
    if (change.kind !== 'Time') {
      for (const each of this.#assertionsOf.get(change.kind) ?? []) each.changed(change, view);
      return;
    }
    this.#askAtRest(view);
    for (const each of this.#assertions) {
      const { wakeAtMs } = each;
      if (wakeAtMs !== undefined && wakeAtMs <= view.nowMs) each.changed(change, view);
    }
  }

  wakeAtMs(): number | undefined {
    const { restAtMs } = this.#rest;
    let earliest = restAtMs === this.#restAskedMs ? undefined : restAtMs;
    for (const { wakeAtMs } of this.#assertions) {
      if (wakeAtMs !== undefined && (earliest === undefined || wakeAtMs < earliest)) earliest = wakeAtMs;
    }
    return earliest;
  }

  end(view: WorldView): void {
    assert(this.#rows === undefined, () => 'a run ends once');
    this.#askAtRest(view);
    const end = { view, seq: this.#lastSeq, isEarly: view.nowMs < this.#plan.durationMs };
    this.#rows = [
      ...this.#assertions.map((each) => each.finish(end)),
      ...this.#laws.map((law) => law.finish(view.nowMs)),
    ];
  }

  /** One row per expectation and per threshold, in the plan's order, then one per law. Only after the end. */
  get rows(): readonly AssertionRow[] {
    const rows = this.#rows;
    assert(rows !== undefined, () => 'the rows are there once the run has ended');
    return rows;
  }

  /** Each rest is judged once, when it is reached. */
  #askAtRest(view: WorldView): void {
    const { restAtMs } = this.#rest;
    if (restAtMs === undefined || restAtMs > view.nowMs || restAtMs === this.#restAskedMs) return;
    this.#restAskedMs = restAtMs;
    for (const law of this.#laws) law.askAtRest(view, this.#lastSeq);
  }
}

function newAssertion(
  planned: PlannedExpectation,
  plan: CheckedPlan,
  sink: ViolationSink,
  faults: FaultLog,
): Assertion {
  const { invariant, params, block, window } = planned;
  assert(
    Object.hasOwn(expectationRegistry, invariant),
    () => `a plan names the expectation ${invariant}, which is none`,
  );
  // The registry holds each definition with its own parameters; the plan was compiled against the very same ones.
  const definition = expectationRegistry[invariant] as ExpectationDefinition;
  const setup: AssertionSetup = {
    planned,
    watches: definition.watches,
    judge: definition.judge(params, { block, window }),
    demand: definition.demand(params),
    bounds: params,
    worse: definition.worse?.(params) ?? 'higher',
    sink,
    faults,
  };
  switch (block) {
    case 'always':
    case 'never':
      return new WindowAssertion(setup);
    case 'eventually':
      return new EventuallyAssertion(setup);
    case 'before':
      return new OnceAssertion(setup, instantBefore(plan));
    default:
      return new OnceAssertion(setup, undefined);
  }
}

/** The last instant before the first step; without steps, the end. */
function instantBefore({ steps }: CheckedPlan): number | undefined {
  return steps.length === 0 ? undefined : Math.min(...steps.map(({ atMs }) => atMs)) - 1;
}

function addTo<T>(groups: Map<WatchKind, T[]>, kind: WatchKind, each: T): void {
  const group = groups.get(kind);
  if (group === undefined) groups.set(kind, [each]);
  else group.push(each);
}
