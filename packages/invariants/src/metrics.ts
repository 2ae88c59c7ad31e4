/** Every metric that a threshold can name: one line each. */
import type { MetricDefinition } from './metric.ts';
import { daemonSetAvailablePods, daemonSetUpdatedPods } from './metrics/daemonSetNodes.ts';
import { nodeReadySeconds } from './metrics/nodeReadySeconds.ts';
import { podCreations } from './metrics/podCreations.ts';
import { daemonSetNodeUncoveredSeconds } from './metrics/uncoveredSeconds.ts';

/** Name after `metric:` in YAML → definition. */
export const metricRegistry: Readonly<Record<string, MetricDefinition>> = {
  daemonset_updated_pods: daemonSetUpdatedPods,
  daemonset_available_pods: daemonSetAvailablePods,
  daemonset_node_uncovered_seconds: daemonSetNodeUncoveredSeconds,
  pod_creations: podCreations,
  node_ready_seconds: nodeReadySeconds,
};
