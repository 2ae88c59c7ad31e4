/** What users do on purpose, at one instant, through the API like anybody else, or by adding and removing machines. */
import type { ApiRequest, ApiResult } from '@everynode/core/api/requests';
import type { ApiObject } from '@everynode/core/api/objects';
import type { ParamSet, ParamsOf } from '../params.ts';
import type { Draw } from '../plan.ts';

export interface OperationScope<S extends ParamSet> {
  readonly params: ParamsOf<S>;
  /** Minor of the user's kubectl, which is the cluster's: 36 for 1.36. */
  readonly minor: number;
  /** Instant of the run. */
  nowMs(): number;
  schedule(delayMs: number, run: () => void): void;
  /** As client `user`, like kubectl. */
  send(request: ApiRequest, done?: (result: ApiResult) => void): void;
  /** Text that lands in the trace as the operation's answer, in kubectl's words. */
  say(message: string): void;
  draw(distribution: Draw): number;
  /**
   * Machines come and go: a new node of a pool boots and registers itself, `bootMs` from now or after a drawn time
   * (V-19); a removed one loses power and its Node object.
   */
  addNode(pool: string, bootMs?: number): void;
  removeNode(name: string): void;
  /** The machine is gone for good; another one of its name boots `bootMs` from now, or after a drawn time. */
  replaceNode(name: string, bootMs?: number): void;
}

export interface OperationDefinition<S extends ParamSet = ParamSet> {
  readonly summary: string;
  readonly params: S;
  perform(scope: OperationScope<S>): void;
}

export type AnyOperation = OperationDefinition<never> | OperationDefinition;

export function defineOperation<const S extends ParamSet>(definition: OperationDefinition<S>): OperationDefinition<S> {
  return definition;
}

/** Objects that an operation applies come compiled into its params. */
export type AppliedObjects = readonly ApiObject[];
