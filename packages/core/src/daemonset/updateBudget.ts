/** How many pods a rolling update may miss, or add. Twin: daemon/update.go updatedDesiredNodeCounts, daemonset_util.go. Rules: DS-U1, DS-U2, DS-0.3. */
import type { DaemonSet, IntOrPercent } from '../api/daemonSet.ts';
import { resolveIntOrPercent } from '../api/intOrPercent.ts';

export interface UpdateBudget {
  readonly maxUnavailable: number;
  readonly maxSurge: number;
}

export function isRollingUpdate(ds: DaemonSet): boolean {
  return (ds.spec.updateStrategy?.type ?? 'RollingUpdate') === 'RollingUpdate';
}

/** Percentages are taken of the nodes that should run a pod now, rounded up; both zero would never move, so one may miss. */
export function updateBudget(ds: DaemonSet, desired: number): UpdateBudget {
  const maxUnavailable = resolveFor(ds, 'maxUnavailable', desired);
  const maxSurge = resolveFor(ds, 'maxSurge', desired);
  return { maxUnavailable: desired > 0 && maxUnavailable === 0 && maxSurge === 0 ? 1 : maxUnavailable, maxSurge };
}

/** Whether a second pod may stand on a node: the surge resolved for one node is more than none, so `1%` counts. */
export function allowsSurge(ds: DaemonSet): boolean {
  return resolveFor(ds, 'maxSurge', 1) > 0;
}

/** Text that is no percentage counts as zero: validation keeps it out of the API (DS-V18). */
function resolveFor(ds: DaemonSet, field: 'maxUnavailable' | 'maxSurge', desired: number): number {
  const value: IntOrPercent | undefined = isRollingUpdate(ds)
    ? ds.spec.updateStrategy?.rollingUpdate?.[field]
    : undefined;
  return resolveIntOrPercent(value, desired) ?? 0;
}
