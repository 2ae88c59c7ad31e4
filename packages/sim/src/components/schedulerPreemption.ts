/**
 * Whom a pod may push off a node: all of lower priority are thought away, then taken back, the most important first, as
 * long as the pod still fits. Twin: plugins/defaultpreemption, framework/preemption. Rules: S-7.
 */
import { compareKeys, keyOf } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import type { Pod } from '@everynode/core/api/pod';
import { usageOfPods } from './schedulerCache.ts';
import { refusalByNode } from './schedulerFilters.ts';

/** The fewest that must go, least important last; undefined where even all of them would not do. */
export function findVictims(
  pod: Pod,
  node: Node,
  podsOnNode: readonly Pod[],
  compareTolerations: boolean,
): readonly Pod[] | undefined {
  const priority = priorityOf(pod);
  const lower = podsOnNode.filter((other) => priorityOf(other) < priority);
  if (lower.length === 0) return undefined;
  const kept = podsOnNode.filter((other) => priorityOf(other) >= priority);
  const fits = (pods: readonly Pod[]): boolean =>
    refusalByNode(pod, node, usageOfPods(pods), compareTolerations) === undefined;
  if (!fits(kept)) return undefined;
  const victims: Pod[] = [];
  for (const other of [...lower].sort(compareImportance)) {
    if (fits([...kept, other])) kept.push(other);
    else victims.push(other);
  }
  return victims;
}

/** The lowest highest priority of the victims, then the fewest victims, then the name of the node. */
export function pickNode(candidates: ReadonlyMap<string, readonly Pod[]>): string | undefined {
  const highest = (victims: readonly Pod[]): number => Math.max(...victims.map(priorityOf));
  const order = [...candidates].sort(
    ([nameA, a], [nameB, b]) => highest(a) - highest(b) || a.length - b.length || compareKeys(nameA, nameB),
  );
  return order[0]?.[0];
}

export function priorityOf(pod: Pod): number {
  return pod.spec.priority ?? 0;
}

/** Higher priority first, then who has run longest. */
function compareImportance(a: Pod, b: Pod): number {
  const startA = a.status?.startTime ?? '';
  const startB = b.status?.startTime ?? '';
  return priorityOf(b) - priorityOf(a) || compareKeys(startA, startB) || compareKeys(keyOf(a), keyOf(b));
}
