/**
 * `eventually`: must hold at some instant up to the deadline, and from there on as long as `hold` demands. After a
 * missed deadline it is still watched, so that the record can tell how late it came.
 */
import type { Change, WatchKind, WorldView } from '@everynode/sim/cluster/worldView';
import { durationText } from './durationText.ts';
import type { Finding } from './expectation.ts';
import {
  type Assertion,
  type AssertionRow,
  type AssertionSetup,
  Ledger,
  type RunEndView,
  windowNote,
} from './ledger.ts';

type Outcome = 'open' | 'kept' | 'missed' | 'late';

export class EventuallyAssertion implements Assertion {
  readonly watches: readonly WatchKind[];
  readonly #setup: AssertionSetup;
  readonly #ledger: Ledger;
  readonly #fromMs: number;
  readonly #deadlineMs: number;
  readonly #holdMs: number;
  #outcome: Outcome = 'open';
  /** Since when it holds without a break. */
  #holdsSinceMs: number | undefined;
  #keptAtMs = 0;
  #judgedAtMs = -1;
  #reconsiderAtMs: number | undefined;
  /** What was wrong when it was last judged. */
  #lastFinding: Finding = { message: 'nothing was there to be judged' };
  #lastSeq = 0;

  constructor(setup: AssertionSetup) {
    const { window, withinMs, holdMs = 0 } = setup.planned;
    this.watches = setup.watches;
    this.#setup = setup;
    this.#ledger = new Ledger(setup);
    this.#fromMs = window.fromMs;
    this.#deadlineMs = withinMs === undefined ? window.toMs : window.fromMs + withinMs;
    this.#holdMs = holdMs;
  }

  changed(change: Change, view: WorldView): void {
    if (this.#outcome === 'kept' || this.#outcome === 'late') return;
    this.#setup.judge.observe?.(change, view);
    this.#pass(view.nowMs);
    if (view.nowMs < this.#fromMs || this.#deadlineMs < this.#fromMs) return;
    if (this.#isUndecided()) this.#judge(view, change.seq);
  }

  get wakeAtMs(): number | undefined {
    if (!this.#isUndecided() || this.#deadlineMs < this.#fromMs) return undefined;
    if (this.#judgedAtMs < this.#fromMs) return this.#fromMs;
    const instants = [this.#reconsiderAtMs];
    if (this.#holdsSinceMs !== undefined) instants.push(this.#holdsSinceMs + this.#holdMs);
    // The instant after the deadline tells that it has passed.
    if (this.#outcome === 'open') instants.push(this.#deadlineMs, this.#deadlineMs + 1);
    const later = instants.filter((atMs): atMs is number => atMs !== undefined && atMs > this.#judgedAtMs);
    return later.length === 0 ? undefined : Math.min(...later);
  }

  finish({ view, seq, isEarly }: RunEndView): AssertionRow {
    const endMs = view.nowMs;
    const { isEmpty, note } = windowNote({ fromMs: this.#fromMs, toMs: this.#deadlineMs }, endMs);
    if (!isEmpty && this.#isUndecided()) {
      this.#pass(endMs);
      if (this.#isUndecided() && this.#judgedAtMs < endMs) this.#judge(view, seq);
    }
    if (isEmpty) return this.#close(endMs, 'unjudged', note);
    if (this.#outcome === 'kept') return this.#close(endMs, 'held', this.#keptNote());
    if (this.#outcome === 'open') {
      const why = this.#openReason(endMs);
      if (isEarly) return this.#close(endMs, 'unjudged', why);
      if (this.#ledger.evaluations === 0) return this.#close(endMs, 'unjudged', '');
      const finding = { ...this.#lastFinding, message: why };
      this.#ledger.episodes.breach(Math.min(this.#deadlineMs, endMs), seq, finding);
    }
    return this.#close(endMs, this.#ledger.evaluations === 0 ? 'unjudged' : 'failed', '');
  }

  #isUndecided(): boolean {
    return this.#outcome === 'open' || this.#outcome === 'missed';
  }

  /** What the passing of time alone decides, before the state of this instant is looked at. */
  #pass(nowMs: number): void {
    const sinceMs = this.#holdsSinceMs;
    if (this.#outcome === 'open' && sinceMs !== undefined && nowMs >= sinceMs + this.#holdMs) {
      this.#outcome = 'kept';
      this.#keptAtMs = sinceMs;
    } else if (this.#outcome === 'open' && sinceMs === undefined && nowMs > this.#deadlineMs) {
      this.#miss(this.#deadlineMs);
    }
  }

  #miss(atMs: number): void {
    this.#outcome = 'missed';
    // What was never there to be judged is reported as such, not as broken.
    if (this.#ledger.evaluations === 0) return;
    const within = durationText(this.#deadlineMs - this.#fromMs);
    const message = `${this.#lastFinding.message}; it had to come true within ${within}, by ${durationText(this.#deadlineMs)}`;
    this.#ledger.episodes.breach(atMs, this.#lastSeq, { ...this.#lastFinding, message });
  }

  #judge(view: WorldView, seq: number): void {
    const judgement = this.#setup.judge.judge(view);
    this.#judgedAtMs = view.nowMs;
    this.#reconsiderAtMs = judgement.reconsiderAtMs;
    this.#lastSeq = seq;
    const findings = this.#ledger.take(judgement);
    const [finding = findings === undefined ? { message: judgement.unknown ?? '' } : undefined] = findings ?? [];
    if (finding !== undefined) this.#lastFinding = finding;
    if (finding === undefined) this.#observeHolding(view.nowMs);
    else this.#observeBroken(view.nowMs);
  }

  #observeHolding(nowMs: number): void {
    if (this.#outcome === 'missed') {
      this.#outcome = 'late';
      this.#ledger.episodes.heal(nowMs);
      return;
    }
    this.#holdsSinceMs ??= nowMs;
    this.#pass(nowMs);
  }

  #observeBroken(nowMs: number): void {
    this.#holdsSinceMs = undefined;
    // It held in time and not long enough, and there is no time left to begin anew.
    if (this.#outcome === 'open' && nowMs > this.#deadlineMs) this.#miss(nowMs);
  }

  #openReason(endMs: number): string {
    const end = durationText(endMs);
    if (this.#holdsSinceMs !== undefined) {
      const held = durationText(endMs - this.#holdsSinceMs);
      return `it holds since ${durationText(this.#holdsSinceMs)}, and the run ended at ${end}: ${held} of the ${durationText(this.#holdMs)} it must hold`;
    }
    const { message } = this.#lastFinding;
    return `${message}; the run ended at ${end}, its time is up at ${durationText(this.#deadlineMs)}`;
  }

  #keptNote(): string {
    return `true from ${durationText(this.#keptAtMs)} on, ${durationText(this.#keptAtMs - this.#fromMs)} after its window opened`;
  }

  #close(endMs: number, result: 'held' | 'failed' | 'unjudged', note: string): AssertionRow {
    this.#ledger.episodes.finish(endMs);
    return result === 'unjudged' ? this.#ledger.unjudged(note) : this.#ledger.row(result, note);
  }
}
