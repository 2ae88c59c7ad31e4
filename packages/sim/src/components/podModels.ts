/** How long the steps of a pod's life take on a node: the plan's models over the defaults of §12 (`engine/latencies.ts`). */
import type { Pod } from '@everynode/core/api/pod';
import type { CreationModel, Draw, InitModel, PodUsage, ProbeModel } from '../plan.ts';

/** The resolved model of one pod; absent parts fall back to the V-table, `engine/latencies.ts`. */
export interface PodBehaviour {
  readonly imagePull: Draw;
  /** Container start → the application answers its readiness probe; without model and without probe 0 (K-28). */
  readonly startup: Draw;
  readonly readiness: Draw;
  readonly termination: Draw;
  readonly crash: { readonly after: Draw; readonly exitCode: number } | undefined;
  /** When it fails its probes though it runs; undefined: never. */
  readonly probes: ProbeModel | undefined;
  /** How init containers do their work; undefined: done at once. */
  readonly init: InitModel | undefined;
  /** How long hooks of a manifest run whose handler does not say so itself (K-14, K-31). */
  readonly postStart: Draw;
  readonly preStop: Draw;
  /** How containers fail to be created; undefined: they do not. */
  readonly creation: CreationModel | undefined;
  /** Absent: the pod uses nothing that counts. */
  readonly usage: PodUsage | undefined;
  /** Bytes of each of its images. */
  readonly imageSize: number;
}

export interface PodModels {
  behaviourOf(pod: Pod, nodeName: string): PodBehaviour;
}
