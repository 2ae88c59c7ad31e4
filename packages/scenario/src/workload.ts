/** What of a manifest takes part in a run: DaemonSets, and ordinary pods that contend for room beside theirs. */
import type { DaemonSet } from '@everynode/core/api/daemonSet';
import type { Pod } from '@everynode/core/api/pod';

export type Workload = DaemonSet | Pod;
export type WorkloadKind = Workload['kind'];
