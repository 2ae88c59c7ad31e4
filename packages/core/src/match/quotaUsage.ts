/**
 * What counts against a quota, and how much: the API server asks when something is created, the quota controller when
 * it counts anew. Amounts stay quantities, so that messages spell them as their authors did.
 * Twin: pkg/quota/v1/evaluator/core/pods.go, apiserver/pkg/quota/v1/generic. Rules: A-18.
 */
import { compareKeys } from '../api/meta.ts';
import type { ResourceList } from '../api/node.ts';
import { type ApiObject, KINDS } from '../api/objects.ts';
import { type Container, isTerminal, type Pod } from '../api/pod.ts';
import { addQuantities, quantityNanos } from '../api/quantityText.ts';
import { type ResourceQuota, type ScopeRequirement, scopesOf } from '../api/resourceQuota.ts';
import { parseTime } from '../api/time.ts';
import { isBestEffort, isSidecar } from './podRequests.ts';

/** Of pods, apart from extended resources and huge pages. */
const POD_RESOURCES = [
  'pods',
  'cpu',
  'memory',
  'ephemeral-storage',
  'requests.cpu',
  'requests.memory',
  'requests.ephemeral-storage',
  'limits.cpu',
  'limits.memory',
  'limits.ephemeral-storage',
];
/** A quota on one of these wants every container to say how much it needs. */
const TO_BE_SPECIFIED = ['cpu', 'memory', 'requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'];
const COMPUTE = ['cpu', 'memory', 'ephemeral-storage'];
const HUGE_PAGES = 'hugepages-';

/** Of these resources those that objects of the kind use up. */
export function matchingResources({ kind }: Pick<ApiObject, 'kind'>, names: readonly string[]): readonly string[] {
  return names.filter((name) => {
    if (name === `count/${KINDS[kind].resource}`) return true;
    if (kind === 'ResourceQuota') return name === 'resourcequotas';
    if (kind !== 'Pod') return false;
    const isExtended = name.startsWith('requests.') && name.includes('/');
    return POD_RESOURCES.includes(name) || isExtended || name.replace('requests.', '').startsWith(HUGE_PAGES);
  });
}

/** Whether the quota, as its controller has taken it over, has anything to say of the object. */
export function isCounted(quota: ResourceQuota, object: ApiObject): boolean {
  if (matchingResources(object, Object.keys(quota.status?.hard ?? {})).length === 0) return false;
  return isInScope(quota, object);
}

/** Scopes are about pods: of anything else a quota with scopes counts nothing. */
export function isInScope(quota: ResourceQuota, object: ApiObject): boolean {
  return scopesOf(quota).every((scope) => object.kind === 'Pod' && isPodInScope(object, scope));
}

/**
 * What the object uses up. A pod that has ended, or should have by its grace, counts as an object alone.
 * `nowMs`: the clock of who counts.
 */
export function usageOf(object: ApiObject, nowMs: number): ResourceList {
  const usage: Record<string, string> = { [`count/${KINDS[object.kind].resource}`]: '1' };
  if (object.kind === 'ResourceQuota') usage['resourcequotas'] = '1';
  if (object.kind !== 'Pod' || !isUsing(object, nowMs)) return usage;
  const requests = effective(object, ({ resources }) => ({ ...resources?.limits, ...resources?.requests }));
  const limits = effective(object, ({ resources }) => resources?.limits ?? {});
  return { ...usage, ...computeUsage(requests, limits) };
}

/** Whether the pod uses up more than its place in the store; when this ends, its quota is counted anew. */
export function isUsing(pod: Pod, nowMs: number): boolean {
  if (isTerminal(pod)) return false;
  const { deletionTimestamp, deletionGracePeriodSeconds } = pod.metadata;
  if (deletionTimestamp === undefined || deletionGracePeriodSeconds === undefined) return true;
  return nowMs <= (parseTime(deletionTimestamp) ?? 0) + deletionGracePeriodSeconds * 1000;
}

/** `must specify limits.cpu for: main; …`, or undefined where every container says what it needs. */
export function findUnspecified(pod: Pod, restricted: readonly string[]): string | undefined {
  const required = TO_BE_SPECIFIED.filter((name) => restricted.includes(name)).sort(compareKeys);
  const containers = [...pod.spec.containers, ...(pod.spec.initContainers ?? [])];
  const missing = required.flatMap((name) => {
    const silent = containers.filter((container) => !(name in usageOfContainer(container)));
    const names = [...new Set(silent.map((container) => container.name))].sort(compareKeys);
    return names.length === 0 ? [] : [`${name} for: ${names.join(',')}`];
  });
  return missing.length === 0 ? undefined : `must specify ${missing.join('; ')}`;
}

/** Resource by resource; what only one of them has stays. */
export function addLists(a: ResourceList, b: ResourceList): ResourceList {
  const sum: Record<string, string | number> = { ...a };
  for (const [name, amount] of Object.entries(b)) sum[name] = addQuantities(sum[name] ?? '0', amount);
  return sum;
}

/** Of the list what these names have. */
export function maskList(list: ResourceList, names: readonly string[]): ResourceList {
  return Object.fromEntries(Object.entries(list).filter(([name]) => names.includes(name)));
}

/** Limits to requests were filled in when the pod came; a quota of one container looks at what is written. */
function usageOfContainer({ resources }: Container): ResourceList {
  return computeUsage({ ...resources?.limits, ...resources?.requests }, resources?.limits ?? {});
}

function computeUsage(requests: ResourceList, limits: ResourceList): ResourceList {
  const usage: Record<string, string | number> = { pods: '1' };
  for (const name of COMPUTE) {
    const [request, limit] = [requests[name], limits[name]];
    if (request !== undefined) Object.assign(usage, { [name]: request, [`requests.${name}`]: request });
    if (limit !== undefined) usage[`limits.${name}`] = limit;
  }
  for (const [name, request] of Object.entries(requests)) {
    if (name.startsWith(HUGE_PAGES)) usage[name] = request;
    if (name.startsWith(HUGE_PAGES) || name.includes('/')) usage[`requests.${name}`] = request;
  }
  return usage;
}

/** Main containers and sidecars together, or the largest moment of the pod's start, and its overhead (S-4). */
function effective(pod: Pod, of: (container: Container) => ResourceList): ResourceList {
  let running: ResourceList = {};
  for (const container of pod.spec.containers) running = addLists(running, of(container));
  let sidecars: ResourceList = {};
  let starting: ResourceList = {};
  for (const container of pod.spec.initContainers ?? []) {
    if (isSidecar(container)) {
      sidecars = addLists(sidecars, of(container));
      running = addLists(running, of(container));
      starting = largest(starting, sidecars);
    } else starting = largest(starting, addLists(sidecars, of(container)));
  }
  return addLists(largest(running, starting), pod.spec.overhead ?? {});
}

function largest(a: ResourceList, b: ResourceList): ResourceList {
  const most: Record<string, string | number> = { ...a };
  for (const [name, amount] of Object.entries(b)) {
    const own = most[name];
    if (own === undefined || isMore(amount, own)) most[name] = amount;
  }
  return most;
}

/** Whether the first quantity is the larger one. */
export function isMore(a: string | number, b: string | number): boolean {
  return (quantityNanos(a) ?? 0n) > (quantityNanos(b) ?? 0n);
}

function isPodInScope(pod: Pod, { scopeName, operator, values = [] }: ScopeRequirement): boolean {
  switch (scopeName) {
    case 'Terminating':
      return hasDeadline(pod);
    case 'NotTerminating':
      return !hasDeadline(pod);
    case 'BestEffort':
      return isBestEffort(pod);
    case 'NotBestEffort':
      return !isBestEffort(pod);
    case 'PriorityClass':
      return isOfClass(pod.spec.priorityClassName ?? '', operator, values);
    default:
      return false;
  }
}

function hasDeadline({ spec }: Pod): boolean {
  return (spec.activeDeadlineSeconds ?? -1) >= 0;
}

function isOfClass(name: string, operator: string, values: readonly string[]): boolean {
  if (operator === 'Exists') return name !== '';
  if (operator === 'DoesNotExist') return name === '';
  return operator === 'In' ? values.includes(name) : name === '' || !values.includes(name);
}
