/** What of a manifest takes part in a run: DaemonSets, ordinary pods that contend for room beside theirs, and what bounds both. */
import type { DaemonSet } from '@everynode/core/api/daemonSet';
import type { Namespace } from '@everynode/core/api/namespace';
import type { Pod } from '@everynode/core/api/pod';
import type { ResourceQuota } from '@everynode/core/api/resourceQuota';

export type Workload = DaemonSet | Pod | Namespace | ResourceQuota;
export type WorkloadKind = Workload['kind'];

export const WORKLOAD_KINDS: readonly WorkloadKind[] = ['DaemonSet', 'Pod', 'Namespace', 'ResourceQuota'];
