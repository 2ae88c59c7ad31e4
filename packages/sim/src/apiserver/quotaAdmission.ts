/**
 * Holds what is created against the quotas of its namespace, and charges it to them before it is stored. What goes is
 * given back by the quota controller alone, so usage lags behind. Twin: admission/plugin/resourcequota controller.go. Rules: A-18.
 */
import { compareKeys } from '@everynode/core/api/meta';
import type { ResourceList } from '@everynode/core/api/node';
import { type ApiObject, KINDS } from '@everynode/core/api/objects';
import { canonicalQuantity, quantityNanos } from '@everynode/core/api/quantityText';
import type { ApiFailure } from '@everynode/core/api/requests';
import type { ResourceQuota } from '@everynode/core/api/resourceQuota';
import {
  addLists,
  findUnspecified,
  isCounted,
  isMore,
  maskList,
  matchingResources,
  usageOf,
} from '@everynode/core/match/quotaUsage';
import { forbidden } from './failures.ts';
import type { WriteScope } from './writeScope.ts';

/** 403 where a quota refuses the object; all quotas of its namespace are asked before any is charged. */
export function chargeQuotas(object: ApiObject, scope: WriteScope): ApiFailure | undefined {
  const { namespace } = object.metadata;
  const all = KINDS[object.kind].namespaced ? scope.store.list('ResourceQuota') : [];
  const concerned = all.filter((quota) => quota.metadata.namespace === namespace && isCounted(quota, object));
  if (concerned.length === 0) return undefined;
  for (const quota of concerned) {
    const trouble = findTrouble(quota, object);
    if (trouble !== undefined) return forbidden(object.kind, object.metadata.name, trouble);
  }
  const usage = withoutZeros(usageOf(object, scope.nowMs));
  const charged: ResourceQuota[] = [];
  for (const quota of concerned) {
    const { hard = {}, used = {} } = quota.status ?? {};
    const requested = maskList(usage, Object.keys(hard));
    const after = addLists(used, requested);
    const exceeded = Object.keys(requested).filter((name) => isMore(after[name] ?? '0', hard[name] ?? '0'));
    if (exceeded.length > 0)
      return forbidden(object.kind, object.metadata.name, exceededText(quota, requested, exceeded));
    if (Object.keys(requested).length > 0) charged.push({ ...quota, status: { ...quota.status, used: after } });
  }
  for (const quota of charged) scope.store.put('ResourceQuota', quota, scope.recordOwn);
  return undefined;
}

/** A quota that nobody has counted yet refuses everything; one on cpu or memory, also what does not say how much it needs. */
function findTrouble({ metadata, status }: ResourceQuota, object: ApiObject): string | undefined {
  const restricted = matchingResources(object, Object.keys(status?.hard ?? {}));
  const unspecified = object.kind === 'Pod' ? findUnspecified(object, restricted) : undefined;
  if (unspecified !== undefined) return `failed quota: ${metadata.name}: ${unspecified}`;
  if (restricted.every((name) => status?.used?.[name] !== undefined)) return undefined;
  return `status unknown for quota: ${metadata.name}, resources: ${[...restricted].sort(compareKeys).join(',')}`;
}

function exceededText({ metadata, status }: ResourceQuota, requested: ResourceList, names: readonly string[]): string {
  const shown = (list: ResourceList | undefined): string =>
    [...names]
      .sort(compareKeys)
      .filter((name) => list?.[name] !== undefined)
      .map((name) => `${name}=${canonicalQuantity(list?.[name] ?? '')}`)
      .join(',');
  return `exceeded quota: ${metadata.name}, requested: ${shown(requested)}, used: ${shown(status?.used)}, limited: ${shown(status?.hard)}`;
}

function withoutZeros(list: ResourceList): ResourceList {
  return Object.fromEntries(Object.entries(list).filter(([, amount]) => quantityNanos(amount) !== 0n));
}
