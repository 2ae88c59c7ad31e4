/**
 * The eviction API: asks the pod's disruption budget, notes why, then deletes with the pod's own grace.
 * Twin: registry/core/pod/storage/eviction.go. Rules: D-3, D-6.
 */
import { coversPod, type PodDisruptionBudget, withAllowedCondition } from '@everynode/core/api/disruptionBudget';
import { findCondition, isTerminating, splitKey } from '@everynode/core/api/meta';
import { isPodReady, isTerminal, type Pod } from '@everynode/core/api/pod';
import { type ApiFailure, apiFailure, type ApiRequest, type ApiResult } from '@everynode/core/api/requests';
import { formatTime } from '@everynode/core/api/time';
import { remove } from './deletion.ts';
import { notFound } from './failures.ts';
import type { WriteScope } from './writeScope.ts';

type EvictRequest = Extract<ApiRequest, { readonly verb: 'evict' }>;

const VIOLATES = "Cannot evict pod as it would violate the pod's disruption budget.";
const SEVERAL = 'This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.';
/** Grants that the disruption controller has not seen through yet; beyond them nothing is granted. */
const DISRUPTED_PODS_MAX = 2000;
/** Until the controller has looked at a budget that is new or was changed. */
const UNSEEN_RETRY_SECONDS = 10;

export function evict({ key, gracePeriodSeconds }: EvictRequest, scope: WriteScope): ApiResult {
  const pod = scope.store.get('Pod', key);
  if (pod === undefined) return notFound('Pod', splitKey(key).name);
  const refusal = isOutOfBudget(pod) ? undefined : askBudget(pod, scope);
  if (refusal !== undefined) return refusal;
  const marked = withEvictionCondition(pod, scope.nowMs);
  if (marked !== undefined) scope.store.put('Pod', marked, scope.record);
  const grace = gracePeriodSeconds === undefined ? {} : { gracePeriodSeconds };
  return remove({ verb: 'delete', kind: 'Pod', key, ...grace }, scope);
}

/** Whatever happens to them disrupts nobody: finished, not yet running, or going already. */
function isOutOfBudget(pod: Pod): boolean {
  return isTerminal(pod) || (pod.status?.phase ?? 'Pending') === 'Pending' || isTerminating(pod);
}

/** Takes one disruption out of the pod's budget, or says why it may not be taken. */
function askBudget(pod: Pod, scope: WriteScope): ApiFailure | undefined {
  const budgets = scope.store.list('PodDisruptionBudget').filter((budget) => coversPod(budget, pod));
  const [budget, ...others] = budgets;
  if (budget === undefined) return undefined;
  if (others.length > 0) return apiFailure('InternalError', SEVERAL);
  if (!isPodReady(pod) && isUnhealthyFree(budget)) return undefined;
  return takeFrom(budget, pod, scope);
}

/** A pod that is not ready is none of the healthy ones, so losing it costs the budget nothing (D-6). */
function isUnhealthyFree({ spec, status }: PodDisruptionBudget): boolean {
  if (spec.unhealthyPodEvictionPolicy === 'AlwaysAllow') return true;
  const { currentHealthy = 0, desiredHealthy = 0 } = status ?? {};
  return currentHealthy >= desiredHealthy && desiredHealthy > 0;
}

function takeFrom(budget: PodDisruptionBudget, pod: Pod, scope: WriteScope): ApiFailure | undefined {
  const { status, metadata } = budget;
  if (status === undefined || (status.observedGeneration ?? 0) < (metadata.generation ?? 0)) {
    const cause = `The disruption budget ${metadata.name} is still being processed by the server.`;
    return { ...apiFailure('TooManyRequests', VIOLATES, UNSEEN_RETRY_SECONDS), causes: [cause] };
  }
  const granted = Object.keys(status.disruptedPods ?? {}).length;
  if (granted > DISRUPTED_PODS_MAX) {
    const why = 'DisruptedPods map too big - too many evictions not confirmed by PDB controller';
    return apiFailure('Forbidden', `poddisruptionbudgets.policy "${metadata.name}" is forbidden: ${why}`);
  }
  if (status.disruptionsAllowed <= 0) {
    const cause = `The disruption budget ${metadata.name} needs ${status.desiredHealthy} healthy pods and has ${status.currentHealthy} currently`;
    return { ...apiFailure('TooManyRequests', VIOLATES), causes: [cause] };
  }
  const now = formatTime(scope.nowMs);
  const left = {
    ...status,
    disruptionsAllowed: status.disruptionsAllowed - 1,
    disruptedPods: { ...status.disruptedPods, [pod.metadata.name]: now },
  };
  const next = left.disruptionsAllowed === 0 ? withAllowedCondition(left, status.conditions, now) : left;
  scope.store.put('PodDisruptionBudget', { ...budget, status: next }, scope.record);
  return undefined;
}

/** Undefined where the pod says so already. */
function withEvictionCondition(pod: Pod, nowMs: number): Pod | undefined {
  const known = findCondition(pod.status?.conditions, 'DisruptionTarget');
  const condition = {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'EvictionByEvictionAPI',
    message: 'Eviction API: evicting',
  };
  if (known?.status === condition.status && known.reason === condition.reason) return undefined;
  const others = pod.status?.conditions?.filter((each) => each !== known) ?? [];
  const conditions = [...others, { ...condition, lastTransitionTime: formatTime(nowMs) }];
  return { ...pod, status: { ...pod.status, conditions } };
}
