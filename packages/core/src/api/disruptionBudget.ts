/** PodDisruptionBudgets: how many of some pods evictions may take at a time. Nothing but the eviction API asks them (D-3). */
import type { IntOrPercent, LabelSelector } from './daemonSet.ts';
import type { Condition, ObjectMeta } from './meta.ts';
import type { Pod } from './pod.ts';
import { compileLabelSelector } from '../match/selectors.ts';

export interface DisruptionBudgetStatus {
  readonly observedGeneration?: number;
  readonly disruptionsAllowed: number;
  readonly currentHealthy: number;
  readonly desiredHealthy: number;
  readonly expectedPods: number;
  /** Pods whose eviction was granted and that are not seen to go yet, with the instant of the grant. */
  readonly disruptedPods?: Readonly<Record<string, string>>;
  readonly conditions?: readonly (Condition & { readonly observedGeneration?: number })[];
}

export interface PodDisruptionBudget {
  readonly apiVersion: 'policy/v1';
  readonly kind: 'PodDisruptionBudget';
  readonly metadata: ObjectMeta;
  readonly spec: {
    readonly minAvailable?: IntOrPercent;
    readonly maxUnavailable?: IntOrPercent;
    readonly selector?: LabelSelector;
    /** Absent: IfHealthyBudget (D-6). */
    readonly unhealthyPodEvictionPolicy?: string;
  };
  readonly status?: DisruptionBudgetStatus;
}

/** In the same namespace, and picked by the selector: none picks nothing, an empty one everything. */
export function coversPod({ metadata, spec }: PodDisruptionBudget, pod: Pod): boolean {
  if (metadata.namespace !== pod.metadata.namespace || spec.selector === undefined) return false;
  return compileLabelSelector(spec.selector).matches(pod.metadata.labels);
}

/** The conditions with DisruptionAllowed as the number says. */
export function withAllowedCondition(
  status: Omit<DisruptionBudgetStatus, 'conditions'>,
  before: DisruptionBudgetStatus['conditions'],
  now: string,
): DisruptionBudgetStatus {
  const isAllowed = status.disruptionsAllowed > 0;
  const condition = {
    type: 'DisruptionAllowed',
    status: isAllowed ? 'True' : 'False',
    reason: isAllowed ? 'SufficientPods' : 'InsufficientPods',
    message: '',
  };
  return { ...status, conditions: withCondition(before, condition, status.observedGeneration, now) };
}

/** A condition of that type replaces the one before; its transition time moves with its status alone. */
export function withCondition(
  before: DisruptionBudgetStatus['conditions'] = [],
  condition: Condition,
  observedGeneration: number | undefined,
  now: string,
): NonNullable<DisruptionBudgetStatus['conditions']> {
  const known = before.find(({ type }) => type === condition.type);
  const lastTransitionTime = known?.status === condition.status ? (known.lastTransitionTime ?? now) : now;
  const next = {
    ...condition,
    lastTransitionTime,
    ...(observedGeneration === undefined ? {} : { observedGeneration }),
  };
  return [...before.filter(({ type }) => type !== condition.type), next];
}
