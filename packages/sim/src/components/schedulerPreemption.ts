/**
 * Whom a pod may push off a node: all of lower priority are thought away, then taken back, the most important first, as
 * long as the pod still fits. Twin: plugins/defaultpreemption, framework/preemption. Rules: S-7.
 */
import { compareKeys, keyOf } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import type { Pod } from '@everynode/core/api/pod';
import { usageOfPods } from './schedulerCache.ts';
import { type FilterRules, refusalByNode } from './schedulerFilters.ts';

/** Sorts pods, most important first, into those whose deletion a budget would not allow, and the others; each in their order. */
export type SplitByBudget = (pods: readonly Pod[]) => {
  readonly violating: readonly Pod[];
  readonly others: readonly Pod[];
};

const NO_BUDGETS: SplitByBudget = (pods) => ({ violating: [], others: pods });

/** What making room on one node would cost. */
export interface Victims {
  /** Least important last. */
  readonly pods: readonly Pod[];
  /** Of those, how many a budget would not allow to go. */
  readonly violations: number;
}

/**
 * The fewest that must go; undefined where even all of lower priority would not do. Those that a budget guards are
 * taken back first; a budget is a wish here, and none that holds.
 */
export function findVictims(
  pod: Pod,
  node: Node,
  podsOnNode: readonly Pod[],
  rules: FilterRules,
  budgets: SplitByBudget = NO_BUDGETS,
): Victims | undefined {
  const priority = priorityOf(pod);
  const lower = podsOnNode.filter((other) => priorityOf(other) < priority);
  if (lower.length === 0) return undefined;
  const kept = podsOnNode.filter((other) => priorityOf(other) >= priority);
  const fits = (pods: readonly Pod[]): boolean => refusalByNode(pod, node, usageOfPods(pods), rules) === undefined;
  if (!fits(kept)) return undefined;
  const reprieve = (others: readonly Pod[]): readonly Pod[] =>
    others.filter((other) => {
      const stays = fits([...kept, other]);
      if (stays) kept.push(other);
      return !stays;
    });
  const { violating, others } = budgets([...lower].sort(compareImportance));
  const guarded = reprieve(violating);
  return { pods: [...guarded, ...reprieve(others)].sort(compareImportance), violations: guarded.length };
}

/**
 * The fewest violated budgets; the lowest highest priority; the lowest sum of priorities, where each pod weighs as much
 * as all priorities together; the fewest victims; whose most important victims have run for the shortest time; the first name.
 */
export function pickNode(candidates: ReadonlyMap<string, Victims>): string | undefined {
  const order = [...candidates].sort(
    ([nameA, a], [nameB, b]) =>
      a.violations - b.violations ||
      highestOf(a.pods) - highestOf(b.pods) ||
      weightOf(a.pods) - weightOf(b.pods) ||
      a.pods.length - b.pods.length ||
      compareKeys(earliestStart(b.pods), earliestStart(a.pods)) ||
      compareKeys(nameA, nameB),
  );
  return order[0]?.[0];
}

export function priorityOf(pod: Pod): number {
  return pod.spec.priority ?? 0;
}

function highestOf(pods: readonly Pod[]): number {
  return Math.max(...pods.map(priorityOf));
}

/** Upstream moves every priority above zero, so that a pod of a negative one still counts as one more. */
function weightOf(pods: readonly Pod[]): number {
  return pods.reduce((sum, pod) => sum + priorityOf(pod) + 2 ** 31, 0);
}

/** Of the victims with the highest priority. */
function earliestStart(pods: readonly Pod[]): string {
  const highest = highestOf(pods);
  const starts = pods.filter((pod) => priorityOf(pod) === highest).map((pod) => pod.status?.startTime ?? '');
  return starts.sort(compareKeys)[0] ?? '';
}

/** Higher priority first, then who has run longest. */
function compareImportance(a: Pod, b: Pod): number {
  const startA = a.status?.startTime ?? '';
  const startB = b.status?.startTime ?? '';
  return priorityOf(b) - priorityOf(a) || compareKeys(startA, startB) || compareKeys(keyOf(a), keyOf(b));
}
