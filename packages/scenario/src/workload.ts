/** What of a manifest takes part in a run: DaemonSets, ordinary pods that contend for room beside theirs, and what bounds both. */
import type { DaemonSet } from '@everynode/core/api/daemonSet';
import type { PodDisruptionBudget } from '@everynode/core/api/disruptionBudget';
import type { Namespace } from '@everynode/core/api/namespace';
import type { Pod } from '@everynode/core/api/pod';
import type { ResourceQuota } from '@everynode/core/api/resourceQuota';

export type Workload = DaemonSet | Pod | Namespace | ResourceQuota | PodDisruptionBudget;
export type WorkloadKind = Workload['kind'];

export const WORKLOAD_KINDS: readonly WorkloadKind[] = [
  'DaemonSet',
  'Pod',
  'Namespace',
  'ResourceQuota',
  'PodDisruptionBudget',
];

/** For sentences: `DaemonSets, Pods and …`. */
export const WORKLOAD_NAMES: string = WORKLOAD_KINDS.map((kind) => `${kind}s`)
  .join(', ')
  .replace(/, (?=[^,]*$)/, ' and ');
