/** What of a manifest takes part in a run: DaemonSets, ordinary pods that contend for room beside theirs, disruption budgets. */
import type { DaemonSet } from '@everynode/core/api/daemonSet';
import type { PodDisruptionBudget } from '@everynode/core/api/disruptionBudget';
import type { Pod } from '@everynode/core/api/pod';

export type Workload = DaemonSet | Pod | PodDisruptionBudget;
export type WorkloadKind = Workload['kind'];
