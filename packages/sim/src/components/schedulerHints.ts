/**
 * Whether something that happened may help a pod that was refused: since 1.32 each filter looks at what changed before
 * the pod gets another try; before that any event of its kind, on any node, was enough.
 * Twin: pkg/scheduler framework/plugins, QueueingHintFn of each. Rules: S-6.
 */
import { isDeepEqual } from '@everynode/core/api/canonicalJson';
import type { Node } from '@everynode/core/api/node';
import type { Pod } from '@everynode/core/api/pod';
import { hostPorts, portsConflict } from '@everynode/core/match/hostPorts';
import { nodeAllocatable, podRequests } from '@everynode/core/match/podRequests';
import { usageOfPods } from './schedulerCache.ts';
import { type FilterName, type FilterRules, refusalOf } from './schedulerFilters.ts';

/** A node that came (`before` is undefined) or changed, or a pod that left its node. */
export type ClusterEvent =
  | { readonly node: string; readonly before: Node | undefined; readonly after: Node }
  | { readonly node: string; readonly left: Pod };

const ALL_FILTERS: ReadonlySet<FilterName> = new Set<FilterName>([
  'NodeUnschedulable',
  'NodeName',
  'TaintToleration',
  'NodeAffinity',
  'NodePorts',
  'NodeResourcesFit',
]);
const ROOM_FILTERS: ReadonlySet<FilterName> = new Set<FilterName>(['NodePorts', 'NodeResourcesFit']);
const NOBODY = usageOfPods([]);

/** Which filters may answer otherwise after the event; a heartbeat concerns none. */
export function filtersOf(event: ClusterEvent): ReadonlySet<FilterName> {
  if ('left' in event) return ROOM_FILTERS;
  return event.before === undefined ? ALL_FILTERS : changedFilters(event.before, event.after);
}

/** Which filters may answer otherwise after this update. */
export function changedFilters(before: Node, after: Node): ReadonlySet<FilterName> {
  const filters = new Set<FilterName>();
  if (!isDeepEqual(before.status?.allocatable ?? {}, after.status?.allocatable ?? {})) filters.add('NodeResourcesFit');
  if (!isDeepEqual(before.metadata.labels ?? {}, after.metadata.labels ?? {})) filters.add('NodeAffinity');
  const isSameTaints = isDeepEqual(before.spec?.taints ?? [], after.spec?.taints ?? []);
  if (!isSameTaints || before.spec?.unschedulable !== after.spec?.unschedulable) {
    filters.add('TaintToleration');
    filters.add('NodeUnschedulable');
  }
  return filters;
}

/** Whether the filter that refused the pod would not refuse it for the same reason after the event. */
export function mayHelp(filter: FilterName, pod: Pod, event: ClusterEvent, rules: FilterRules): boolean {
  if ('left' in event) return filter === 'NodeResourcesFit' || portsConflict(hostPorts(pod), hostPorts(event.left));
  const { before, after } = event;
  if (filter === 'NodePorts') return before === undefined;
  // Held against an empty node: how much of it is taken does not change with it.
  const refuses = (node: Node): boolean => refusalOf(filter, pod, node, NOBODY, rules) !== undefined;
  if (refuses(after)) return false;
  return before === undefined || refuses(before) || (filter === 'NodeResourcesFit' && hasMore(pod, before, after));
}

function hasMore(pod: Pod, before: Node, after: Node): boolean {
  const [had, has] = [nodeAllocatable(before), nodeAllocatable(after)];
  const names = ['pods', ...Object.keys(podRequests(pod))];
  return names.some((name) => (has[name] ?? 0) > (had[name] ?? 0));
}
