/** `before` and `final`: judged once, at the last instant before the first step, or at the end. */
import type { Change, WatchKind, WorldView } from '@everynode/sim/cluster/worldView';
import { durationText } from './durationText.ts';
import { type Assertion, type AssertionRow, type AssertionSetup, Ledger, type RunEndView } from './ledger.ts';

export class OnceAssertion implements Assertion {
  readonly watches: readonly WatchKind[];
  readonly #setup: AssertionSetup;
  readonly #ledger: Ledger;
  /** Undefined: at the end of the run. */
  readonly #atMs: number | undefined;
  #isJudged = false;
  #hasPassed = false;

  constructor(setup: AssertionSetup, atMs: number | undefined) {
    this.watches = setup.watches;
    this.#setup = setup;
    this.#ledger = new Ledger(setup);
    this.#atMs = atMs;
  }

  changed(change: Change, view: WorldView): void {
    if (this.#isJudged) return;
    this.#setup.judge.observe?.(change, view);
    if (this.#atMs === undefined || view.nowMs < this.#atMs) return;
    // Only its own instant counts: later, something has changed already.
    if (view.nowMs > this.#atMs) this.#hasPassed = true;
    else if (change.kind === 'Time') this.#judge(view, change.seq);
  }

  get wakeAtMs(): number | undefined {
    return this.#isJudged || this.#hasPassed || (this.#atMs ?? -1) < 0 ? undefined : this.#atMs;
  }

  finish({ view, seq, isEarly }: RunEndView): AssertionRow {
    const { episodes } = this.#ledger;
    if (this.#atMs === undefined && !isEarly) this.#judge(view, seq);
    episodes.finish(view.nowMs);
    if (this.#isJudged && this.#ledger.evaluations > 0) return this.#ledger.row(episodes.count > 0 ? 'failed' : 'held');
    return this.#ledger.unjudged(this.#isJudged ? '' : this.#whyNot(view.nowMs));
  }

  #whyNot(endMs: number): string {
    if (this.#atMs === undefined) return `the run ended early, at ${durationText(endMs)}`;
    if (this.#atMs < 0) return 'the first step is at 0s, so no instant lies before it';
    if (this.#hasPassed) return 'the first step comes too early for a look at what was before it';
    return `the run ended at ${durationText(endMs)}, before ${durationText(this.#atMs)}`;
  }

  #judge(view: WorldView, seq: number): void {
    this.#isJudged = true;
    const [finding] = this.#ledger.take(this.#setup.judge.judge(view)) ?? [];
    if (finding === undefined) return;
    this.#ledger.episodes.breach(view.nowMs, seq, finding);
    this.#ledger.episodes.heal(view.nowMs);
  }
}
