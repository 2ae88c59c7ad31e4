/** What a scenario may demand of a run: a judge that looks at the truth after every change it watches. */
import type { ParamSet, ParamsOf } from '@everynode/sim/params';
import type { PlannedExpectation, Window } from '@everynode/sim/plan';
import type { Change, WatchKind, WorldView } from '@everynode/sim/cluster/worldView';

/** One thing that is wrong now. */
export interface Finding {
  /** Subject, fact, number: `kube-system/agent has 41 available pods on 60 nodes, demanded ≥ 51`. */
  readonly message: string;
  /** Trace name of the object, such as `pod/kube-system/agent-x7k2p`. */
  readonly object?: string;
  readonly node?: string;
  /** The number seen, where one was compared; the report shows the worst. */
  readonly got?: number;
}

/** The answer of one judgement. */
export interface Judgement {
  /** Empty: the demand holds now. */
  readonly findings: readonly Finding[];
  /** Why there is nothing to judge yet (`kube-system/agent does not exist`); the answer then counts for nothing. */
  readonly unknown?: string;
  /** The findings are acts, over as soon as they are done, and not a state that lasts. */
  readonly isMomentary?: boolean;
  /** Instant at which time alone could change this answer (minReadySeconds running out). */
  readonly reconsiderAtMs?: number;
  /** The number seen, for the table, whether it holds or not. */
  readonly got?: number;
}

/** For which assertion a judge works. */
export interface JudgeScope {
  /**
   * Under `never` the findings are the subjects of which the statement is *true*: `never: pods-per-node {gt: 1}` and
   * `always: pods-per-node {lte: 1}` break at the same instants, with the same nodes. A statement about the whole
   * cluster has one subject, so there `never` breaks whenever it holds.
   */
  readonly block: PlannedExpectation['block'];
  /** Judges that count start at its beginning. */
  readonly window: Window;
}

/** Lives for one assertion of one run. */
export interface Judge {
  /** Told of every change of a watched kind, also outside the window: for judges that count. */
  observe?(change: Change, view: WorldView): void;
  judge(view: WorldView): Judgement;
}

export interface ExpectationDefinition<S extends ParamSet = ParamSet> {
  readonly summary: string;
  /** What it promises and what Kubernetes itself does not: a paragraph for the reference. */
  readonly promise: string;
  readonly watches: readonly WatchKind[];
  readonly params: S;
  /** Which `got` is the worse one where no comparison tells: absent, the higher. */
  worse?(params: ParamsOf<S>): 'lower' | 'higher';
  /** What is demanded, as short text: `available ≥ 51`. */
  demand(params: ParamsOf<S>): string;
  judge(params: ParamsOf<S>, scope: JudgeScope): Judge;
}

export type AnyExpectation = ExpectationDefinition<never> | ExpectationDefinition;

export function defineExpectation<const S extends ParamSet>(
  definition: ExpectationDefinition<S>,
): ExpectationDefinition<S> {
  return definition;
}

/** A law holds in every run, whatever the scenario says; a breach is a bug of the controller under test. */
export interface LawDefinition {
  /** `INV-5`. */
  readonly name: string;
  readonly summary: string;
  readonly watches: readonly WatchKind[];
  create(): LawJudge;
}

export interface LawJudge {
  /** Findings of this change, each a breach on its own; undefined where the change says nothing about the law. */
  observe(change: Change, view: WorldView): readonly Finding[] | undefined;
  /** Asked each time the world has come to rest (`rest.ts`), for laws about rest; undefined as above. */
  atRest?(view: WorldView): readonly Finding[] | undefined;
}
