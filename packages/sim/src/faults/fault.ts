/** What a fault is: a summary, its parameters, whom it aims at, and how it begins. Lifting undoes exactly its moves. */
import type { ParamSet, ParamsOf } from '../params.ts';
import type { Json } from '../plan.ts';
import type { Lift, Seams } from '../seams/seams.ts';

export interface FaultScope<S extends ParamSet> {
  readonly seams: Seams;
  readonly params: ParamsOf<S>;
  /** Drawn victims; empty for a fault without node targets. */
  readonly nodes: readonly string[];
}

/** The part of the world that a fault bends (architecture: five seams), or whose hand it is. */
export type Bent = 'requests' | 'watches' | 'a process' | 'machines' | 'a user’s hand';

export interface FaultDefinition<S extends ParamSet = ParamSet> {
  /** One sentence for `everynode list` and the reference. */
  readonly summary: string;
  /**
   * nodes: needs `targets.nodes`; zone: `targets.nodes.zone`; pods: `targets.nodes` may say where; kubelets:
   * `targets.nodes` may stand instead of `component`, for the kubelets of those nodes; none: no targets.
   */
  readonly targets: 'nodes' | 'zone' | 'pods' | 'kubelets' | 'none';
  readonly bends: readonly Bent[];
  /** Rules of the specification that it lets come true. */
  readonly rules: readonly string[];
  /** How a scenario writes it, beside `type`: a test compiles it on a cluster of three workers, `worker-0` … in zones a to c. */
  readonly example: Readonly<Record<string, Json>>;
  /** An instant fault is over at once and takes no `for`. */
  readonly instant: boolean;
  readonly params: S;
  begin(scope: FaultScope<S>): Lift;
}

export type AnyFault = FaultDefinition<never> | FaultDefinition;

export function defineFault<const S extends ParamSet>(definition: FaultDefinition<S>): FaultDefinition<S> {
  return definition;
}

/** One lift for several moves, undone in reverse order. */
export function liftAll(lifts: readonly Lift[]): Lift {
  return () => {
    for (const lift of [...lifts].reverse()) lift();
  };
}
