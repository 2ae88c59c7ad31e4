/** `always` and `never`: judged at every change inside the window, and at its first and last instant, both inclusive. */
import type { Change, WatchKind, WorldView } from '@everynode/sim/cluster/worldView';
import {
  type Assertion,
  type AssertionRow,
  type AssertionSetup,
  Ledger,
  type RunEndView,
  windowNote,
} from './ledger.ts';

export class WindowAssertion implements Assertion {
  readonly watches: readonly WatchKind[];
  readonly #setup: AssertionSetup;
  readonly #ledger: Ledger;
  /** Instant of the last judgement: window borders are judged once. */
  #judgedAtMs = -1;
  #reconsiderAtMs: number | undefined;

  constructor(setup: AssertionSetup) {
    this.watches = setup.watches;
    this.#setup = setup;
    this.#ledger = new Ledger(setup);
  }

  changed(change: Change, view: WorldView): void {
    const { judge, planned } = this.#setup;
    judge.observe?.(change, view);
    const { fromMs, toMs } = planned.window;
    if (view.nowMs > toMs) this.#ledger.episodes.heal(toMs);
    else if (view.nowMs >= fromMs) this.#judge(view, change.seq);
  }

  get wakeAtMs(): number | undefined {
    const { fromMs, toMs } = this.#setup.planned.window;
    if (toMs < fromMs || this.#judgedAtMs >= toMs) return undefined;
    if (this.#judgedAtMs < fromMs) return fromMs;
    return Math.min(toMs, this.#reconsiderAtMs ?? toMs);
  }

  finish({ view, seq }: RunEndView): AssertionRow {
    const { planned } = this.#setup;
    const { fromMs, toMs } = planned.window;
    const endMs = view.nowMs;
    const { isEmpty, note } = windowNote(planned.window, endMs);
    // The end of a run is an instant like any other: what time alone has changed since the last change counts.
    if (endMs >= fromMs && endMs <= toMs && this.#judgedAtMs < endMs) this.#judge(view, seq);
    const { episodes, evaluations } = this.#ledger;
    if (endMs > toMs) episodes.heal(toMs);
    episodes.finish(endMs);
    if (isEmpty) return this.#ledger.unjudged(note);
    if (evaluations === 0) return this.#ledger.unjudged('');
    return this.#ledger.row(episodes.count > 0 ? 'failed' : 'held', note);
  }

  #judge(view: WorldView, seq: number): void {
    const judgement = this.#setup.judge.judge(view);
    this.#judgedAtMs = view.nowMs;
    this.#reconsiderAtMs = judgement.reconsiderAtMs;
    const [finding] = this.#ledger.take(judgement) ?? [];
    if (finding === undefined) this.#ledger.episodes.heal(view.nowMs);
    else this.#ledger.episodes.breach(view.nowMs, seq, finding);
    if (judgement.isMomentary === true) this.#ledger.episodes.heal(view.nowMs);
  }
}
