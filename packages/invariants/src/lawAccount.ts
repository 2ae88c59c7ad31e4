/** One law in the course of a run: its judge, its breaches as episodes, and its row of the result table. */
import type { Change, WatchKind, WorldView } from '@everynode/sim/cluster/worldView';
import { Episodes, type ViolationSink } from './episodes.ts';
import type { Finding, LawDefinition, LawJudge } from './expectation.ts';
import type { FaultLog } from './faultLog.ts';
import type { AssertionRow } from './ledger.ts';

export class LawAccount {
  readonly watches: readonly WatchKind[];
  readonly #law: LawDefinition;
  readonly #judge: LawJudge;
  readonly #episodes: Episodes;
  #evaluations = 0;
  #breaches = 0;

  constructor(law: LawDefinition, sink: ViolationSink, faults: FaultLog) {
    this.watches = law.watches;
    this.#law = law;
    this.#judge = law.create();
    this.#episodes = new Episodes(headOf(law), sink, faults);
  }

  observe(change: Change, view: WorldView): void {
    this.#take(this.#judge.observe(change, view), change.seq, view.nowMs);
  }

  askAtRest(view: WorldView, seq: number): void {
    this.#take(this.#judge.atRest?.(view), seq, view.nowMs);
  }

  finish(endMs: number): AssertionRow {
    const episodes = this.#episodes;
    episodes.finish(endMs);
    const isJudged = this.#evaluations > 0;
    return {
      ...headOf(this.#law),
      result: !isJudged ? 'not-evaluated' : this.#breaches > 0 ? 'failed' : 'held',
      firstViolatedAtMs: episodes.firstViolatedAtMs,
      violatedMs: episodes.violatedMs,
      evaluations: this.#evaluations,
      demanded: this.#law.summary,
      worst: isJudged ? `${this.#breaches} ${this.#breaches === 1 ? 'breach' : 'breaches'}` : '',
      message: isJudged ? episodes.message : 'nothing happened that it speaks of',
    };
  }

  /** A breach of a law is an act, not a state: it begins and ends at one instant. */
  #take(findings: readonly Finding[] | undefined, seq: number, nowMs: number): void {
    if (findings === undefined) return;
    this.#evaluations += 1;
    this.#breaches += findings.length;
    const [finding] = findings;
    if (finding === undefined) return;
    this.#episodes.breach(nowMs, seq, finding);
    this.#episodes.heal(nowMs);
  }
}

function headOf({ name }: LawDefinition): {
  readonly id: string;
  readonly invariant: string;
  readonly block: 'law';
  readonly severity: 'critical';
} {
  return { id: name, invariant: name, block: 'law', severity: 'critical' };
}
