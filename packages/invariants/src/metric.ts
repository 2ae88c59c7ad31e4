/** What a threshold can be about: a number over time, or one per node, seen through the truth of the API. */
import type { PlannedThreshold } from '@everynode/sim/plan';
import type { Change, WatchKind, WorldView } from '@everynode/sim/cluster/worldView';
import type { Samples } from './stats.ts';

/** Labels that a threshold may give a metric: which DaemonSet, and which nodes. */
export const METRIC_LABELS = ['daemonSet', 'pool', 'zone', 'node'] as const;
export type MetricLabel = (typeof METRIC_LABELS)[number];

export type RecorderScope = Pick<PlannedThreshold, 'labels' | 'window'>;

/** Lives for one threshold of one run. */
export interface Recorder {
  begin(view: WorldView): void;
  observe(change: Change, view: WorldView): void;
  /** The next instant at which time alone changes the number. */
  readonly wakeAtMs: number | undefined;
  /** Whole numbers of `unitsPerOne`; undefined where the window saw nothing to measure. */
  finish(view: WorldView): Samples | undefined;
}

export interface MetricDefinition {
  /** One sentence for the reference and `everynode list`. */
  readonly summary: string;
  /** What is counted and what is not, and what `count` and `sum` mean: a paragraph for the reference. */
  readonly promise: string;
  readonly unit: 'nodes' | 'pods' | 'seconds';
  /** How many of the recorder's numbers make one of the unit: 1000 where it records ms and the unit is seconds. */
  readonly unitsPerOne: number;
  readonly required: readonly MetricLabel[];
  readonly optional: readonly MetricLabel[];
  readonly watches: readonly WatchKind[];
  record(scope: RecorderScope): Recorder;
}
