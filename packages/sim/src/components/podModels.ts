/** How long the steps of a pod's life take on a node: the plan's models over the defaults of §12 (`engine/latencies.ts`). */
import type { Pod } from '@everynode/core/api/pod';
import type { Draw, PodUsage } from '../plan.ts';

/** The resolved model of one pod; absent parts fall back to the V-table, `engine/latencies.ts`. */
export interface PodBehaviour {
  readonly imagePull: Draw;
  /** Container start → the application answers its readiness probe; without model and without probe 0 (K-28). */
  readonly startup: Draw;
  readonly readiness: Draw;
  readonly termination: Draw;
  readonly crash: { readonly after: Draw; readonly exitCode: number } | undefined;
  /** Absent: the pod uses nothing that counts. */
  readonly usage: PodUsage | undefined;
  /** Bytes of each of its images. */
  readonly imageSize: number;
}

export interface PodModels {
  behaviourOf(pod: Pod, nodeName: string): PodBehaviour;
}
