/** The account of one assertion: how often it was judged, the worst that was seen, and the row that comes out in the end. */
import type { AssertionRecord } from '@everynode/trace/record';
import type { PlannedExpectation, Window } from '@everynode/sim/plan';
import type { Change, WatchKind, WorldView } from '@everynode/sim/cluster/worldView';
import { badness, type Bounds } from './comparison.ts';
import { durationText } from './durationText.ts';
import { Episodes, type ViolationSink } from './episodes.ts';
import type { Finding, Judge, Judgement } from './expectation.ts';
import type { FaultLog } from './faultLog.ts';

/** A line of the result table, as it goes into the trace. */
export type AssertionRow = Omit<AssertionRecord, 'kind'>;

/** How a run ended, as far as assertions care. */
export interface RunEndView {
  readonly view: WorldView;
  /** Seq of the last record. */
  readonly seq: number;
  /** It ended before the instant it was planned for: what is still open stays undecided. */
  readonly isEarly: boolean;
}

/** One assertion while the run goes on; the checker drives it. */
export interface Assertion {
  readonly watches: readonly WatchKind[];
  /** Told once, before anything changes. */
  begin?(view: WorldView): void;
  changed(change: Change, view: WorldView): void;
  /** The next instant at which time alone may change something. */
  readonly wakeAtMs: number | undefined;
  finish(end: RunEndView): AssertionRow;
}

/** All that an assertion needs to be judged. */
export interface AssertionSetup {
  readonly planned: PlannedExpectation;
  readonly watches: readonly WatchKind[];
  readonly judge: Judge;
  /** Text of the demand, without `never`. */
  readonly demand: string;
  readonly bounds: Bounds;
  readonly worse: 'lower' | 'higher';
  readonly sink: ViolationSink;
  readonly faults: FaultLog;
}

export class Ledger {
  readonly episodes: Episodes;
  readonly #setup: AssertionSetup;
  #evaluations = 0;
  #unknown = '';
  #worst: number | undefined;
  #worstBadness = -Infinity;

  constructor(setup: AssertionSetup) {
    this.#setup = setup;
    this.episodes = new Episodes(setup.planned, setup.sink, setup.faults);
  }

  get evaluations(): number {
    return this.#evaluations;
  }

  /** Counts a judgement and returns what is wrong now; undefined where there was nothing to judge. */
  take(judgement: Judgement): readonly Finding[] | undefined {
    if (judgement.unknown !== undefined) {
      this.#unknown = judgement.unknown;
      return undefined;
    }
    this.#evaluations += 1;
    if (judgement.got !== undefined) this.#observeGot(judgement.got);
    return judgement.findings;
  }

  /** The row of an assertion that was judged. `note` goes with one that held. */
  row(result: 'held' | 'failed', note = ''): AssertionRow {
    return this.#row(result, result === 'failed' && this.episodes.message !== '' ? this.episodes.message : note);
  }

  /** The row of one that was not, and why; `why` gives way to what the judge said itself. */
  unjudged(why: string): AssertionRow {
    return this.#row('not-evaluated', why === '' ? this.#unknown || 'nothing to judge came up' : why);
  }

  #row(result: AssertionRecord['result'], message: string): AssertionRow {
    const { id, invariant, block, severity, source } = this.#setup.planned;
    const { episodes } = this;
    return {
      id,
      invariant,
      block,
      severity,
      result,
      firstViolatedAtMs: episodes.firstViolatedAtMs,
      violatedMs: episodes.violatedMs,
      evaluations: this.#evaluations,
      demanded: block === 'never' ? `never ${this.#setup.demand}` : this.#setup.demand,
      worst: this.#worst === undefined ? '' : String(this.#worst),
      message,
      ...(source === undefined ? {} : { source: `${source.file}:${source.line}:${source.column}` }),
    };
  }

  #observeGot(got: number): void {
    const { bounds, worse, planned } = this.#setup;
    const missed = badness(got, bounds) ?? (worse === 'higher' ? got : -got);
    const found = planned.block === 'never' ? -missed : missed;
    if (found <= this.#worstBadness) return;
    this.#worstBadness = found;
    this.#worst = got;
  }
}

/** What is odd about a window, in the light of when the run ended. `empty`: nothing can be judged in it at all. */
export function windowNote(window: Window, endMs: number): { readonly isEmpty: boolean; readonly note: string } {
  const { fromMs, toMs } = window;
  const [from, to, end] = [durationText(fromMs), durationText(toMs), durationText(endMs)];
  if (toMs < fromMs) return { isEmpty: true, note: `its window is empty: it opens at ${from} and closes at ${to}` };
  if (fromMs > endMs) return { isEmpty: true, note: `its window opens at ${from}, after the run ended at ${end}` };
  if (toMs > endMs) return { isEmpty: false, note: `its window goes on to ${to}, the run ended at ${end}` };
  return { isEmpty: false, note: '' };
}
