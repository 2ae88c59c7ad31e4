/** Flags of the control plane and the kubelets that a scenario may set under `kubernetes.settings`; durations in ms. */
import type { Profile } from '@everynode/core/profile';

export interface Settings {
  /** kube-controller-manager --node-monitor-period. */
  readonly nodeMonitorPeriod: number;
  /** --node-monitor-grace-period; 40 s up to 1.31, 50 s from 1.32. */
  readonly nodeMonitorGracePeriod: number;
  /** kubelet evictionPressureTransitionPeriod (E-4). */
  readonly evictionPressureTransitionPeriod: number;
  /** kubelet shutdownGracePeriod: how long a node that shuts down waits for its pods; 0: it does not (K-50). */
  readonly shutdownGracePeriod: number;
  /** kubelet shutdownGracePeriodCriticalPods: the part of it that belongs to critical pods. */
  readonly shutdownGracePeriodCriticalPods: number;
  /** kubelet maxParallelImagePulls; 1: one after the other, as with serializeImagePulls (K-15). */
  readonly maxParallelImagePulls: number;
  /** kubelet registryPullQPS and registryBurst; a pull beyond them fails, 0: no limit. */
  readonly registryPullQps: number;
  readonly registryBurst: number;
  /** --node-startup-grace-period: of a node that has never posted a status (N-4). */
  readonly nodeStartupGracePeriod: number;
  /** --terminated-pod-gc-threshold (G-2). */
  readonly terminatedPodGcThreshold: number;
  /** kubelet crashLoopBackOff.maxContainerRestartPeriod (K-22). */
  readonly crashLoopBackOffMax: number;
  /** Pod GC: how long a node must be gone before its pods are deleted (G-4). */
  readonly podGcQuarantine: number;
  /** --concurrent-daemonset-syncs (DS-Q1). */
  readonly concurrentDaemonSetSyncs: number;
  /** --kube-api-qps and --kube-api-burst of kube-controller-manager (DS-Q12). */
  readonly kubeApiQps: number;
  readonly kubeApiBurst: number;
  /** Time one sync of the DaemonSet controller takes, apart from its requests. */
  readonly daemonSetSyncTime: number;
  /** API servers of the control plane, and how far the watch cache of the slowest lags behind. */
  readonly apiServers: number;
  readonly watchCacheLag: number;
  /** Requests that an API server works on at once, over all priority levels; 0: as many as come. */
  readonly apiSeats: number;
  /** Spread of every latency of §12 around its median: 100 as in the table, 0 none, so that each is its p50. */
  readonly latencyPercent: number;
}

/** Name → whether the scenario writes it as a duration or as a number, and what it means. */
export const SETTINGS: Readonly<
  Record<keyof Settings, { readonly form: 'duration' | 'count'; readonly summary: string }>
> = {
  nodeMonitorPeriod: { form: 'duration', summary: 'how often node-lifecycle looks at heartbeats (5s)' },
  nodeMonitorGracePeriod: {
    form: 'duration',
    summary: 'silence after which a node is Unknown (40s to 1.31, then 50s)',
  },
  nodeStartupGracePeriod: {
    form: 'duration',
    summary: 'the same for a node that has never posted a status (1m)',
  },
  terminatedPodGcThreshold: {
    form: 'count',
    summary: 'how many finished pods may lie about before pod GC deletes the surplus (12500; 0: no end)',
  },
  evictionPressureTransitionPeriod: {
    form: 'duration',
    summary: 'how long a pressure condition outlives the pressure (5m)',
  },
  shutdownGracePeriod: {
    form: 'duration',
    summary: 'how long a node that shuts down waits for the end of its pods (0: not at all)',
  },
  shutdownGracePeriodCriticalPods: {
    form: 'duration',
    summary: 'the last part of shutdownGracePeriod, kept for critical pods (0)',
  },
  maxParallelImagePulls: { form: 'count', summary: 'images that a node pulls at a time; 0: no limit (1)' },
  registryPullQps: { form: 'count', summary: 'pulls per second of each node, beyond its burst; 0: no limit (5)' },
  registryBurst: { form: 'count', summary: 'burst of pulls of each node (10)' },
  crashLoopBackOffMax: { form: 'duration', summary: 'longest pause between two restarts of a container (5m)' },
  podGcQuarantine: {
    form: 'duration',
    summary: 'how long pod GC waits before it deletes the pods of a vanished node (40s)',
  },
  concurrentDaemonSetSyncs: { form: 'count', summary: 'workers of the DaemonSet controller (2)' },
  kubeApiQps: { form: 'count', summary: 'requests per second of each controller client (20)' },
  kubeApiBurst: { form: 'count', summary: 'burst of each controller client (30)' },
  daemonSetSyncTime: { form: 'duration', summary: 'time one DaemonSet sync takes, apart from its requests (5ms)' },
  apiServers: { form: 'count', summary: 'API servers; each process is connected to one of them (1)' },
  watchCacheLag: {
    form: 'duration',
    summary: 'how far the slowest of several API servers lags behind; the first keeps up (0s)',
  },
  apiSeats: {
    form: 'count',
    summary:
      'requests that an API server works on at once, divided among priority levels (0: as many as come; kube-apiserver has 600)',
  },
  latencyPercent: { form: 'count', summary: 'spread of all latencies around their medians, in percent (100; 0: none)' },
};

/** The defaults of a version, overridden by what the plan sets. */
export function settingsOf(profile: Profile, overrides: Readonly<Record<string, number>>): Settings {
  return {
    nodeMonitorPeriod: 5_000,
    nodeMonitorGracePeriod: profile.nodeMonitorGrace50s ? 50_000 : 40_000,
    nodeStartupGracePeriod: 60_000,
    terminatedPodGcThreshold: 12_500,
    evictionPressureTransitionPeriod: 300_000,
    shutdownGracePeriod: 0,
    shutdownGracePeriodCriticalPods: 0,
    maxParallelImagePulls: 1,
    registryPullQps: 5,
    registryBurst: 10,
    crashLoopBackOffMax: profile.crashLoopOneSecond ? 60_000 : 300_000,
    podGcQuarantine: 40_000,
    concurrentDaemonSetSyncs: 2,
    kubeApiQps: 20,
    kubeApiBurst: 30,
    daemonSetSyncTime: 5,
    apiServers: 1,
    watchCacheLag: 0,
    apiSeats: 0,
    latencyPercent: 100,
    ...overrides,
  };
}
