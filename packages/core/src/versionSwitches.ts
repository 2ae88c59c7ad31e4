/**
 * What differs between the Kubernetes releases that we know, as data: `profile.ts` computes a profile from it, the
 * command `everynode versions` and docs/reference/versions.md print it. Rules: §14 of the controller's spec, §13 of the
 * cluster's; the releases of the backports are those of the pull requests.
 */

/** A switch, by the name that the code asks for: `profile.countOldUnavailable`. */
export type SwitchKey =
  | 'statusOnError'
  | 'terminalBeforeDelete'
  | 'recreateSucceeded'
  | 'skipDeletedTerminal'
  | 'surgeSunset'
  | 'podReadyToStart'
  | 'countOldUnavailable'
  | 'separateTaintEviction'
  | 'imageInodesThreshold'
  | 'evictGraceOneSecond'
  | 'generateNameRetry'
  | 'nodeMonitorGrace50s'
  | 'nodeQueue'
  | 'orderedNamespaceDeletion'
  | 'queueingHints'
  | 'popFromBackoff'
  | 'asyncPreemption'
  | 'availabilityInclusive'
  | 'collectorChecksVersion'
  | 'podGeneration'
  | 'nodeStatusFromInformer'
  | 'creationTimestampOmitted'
  | 'evictSoftMinimum'
  | 'misscheduledRequeue'
  | 'keepReadyOnRestart'
  | 'tolerationCompare'
  | 'taintsUnnamed'
  | 'nominationCleared'
  | 'watchList'
  | 'crashLoopOneSecond'
  | 'staleness'
  | 'managerReleasesLease'
  | 'taintTimerUpdate';

/** A feature gate of upstream that turns a switch on or off. */
export interface FeatureGate {
  readonly name: string;
  /** First minor that knows it. */
  readonly since: number;
  /** First minor in which it is always on. */
  readonly lockedSince?: number;
  /** It brings back what was before: on, it turns the switch off. */
  readonly reverts?: boolean;
}

export interface VersionSwitch {
  /** As rules and tests call it: `sw:<name>`. */
  readonly name: string;
  readonly behaviour: string;
  /** Where it is on by default: first the release that brought it, which all later minors follow, then its backports. */
  readonly since: readonly string[];
  readonly gate?: FeatureGate;
  /** Pull requests of kubernetes/kubernetes, the backports' too, or the KEP. */
  readonly reference: string;
  readonly rules: readonly string[];
}

/** In the order of the releases that brought them. */
export const VERSION_SWITCHES: Readonly<Record<SwitchKey, VersionSwitch>> = {
  statusOnError: {
    name: 'status-on-error',
    behaviour: 'the status is written even after creating or deleting pods failed',
    since: ['1.27.0', '1.26.1'],
    reference: '#113787, #114819',
    rules: ['DS-0.1'],
  },
  terminalBeforeDelete: {
    name: 'terminal-before-delete',
    behaviour: 'a pod that was deleted is Succeeded or Failed before it is gone',
    since: ['1.27.0'],
    reference: '#115331; minor from the release notes',
    rules: ['K-32'],
  },
  recreateSucceeded: {
    name: 'recreate-succeeded',
    behaviour: 'a pod that ended well is deleted and replaced; before, it kept its node',
    since: ['1.27.0', '1.26.5'],
    reference: '#117073, #117496',
    rules: ['DS-M3'],
  },
  skipDeletedTerminal: {
    name: 'skip-deleted-terminal',
    behaviour: 'pods that are terminal and terminating are ignored, but for the clean-up of the history',
    since: ['1.28.0', '1.27.4', '1.26.7'],
    reference: '#118716, #118911, #118912',
    rules: ['DS-M1'],
  },
  surgeSunset: {
    name: 'surge-sunset',
    behaviour:
      'a surge adds no pod on a node that should not run one, and takes old ones there when others make up for them',
    since: ['1.29.0', '1.28.3', '1.27.7', '1.26.10'],
    reference: '#119317, #120785, #120786, #120789',
    rules: ['DS-U13', 'DS-U18'],
  },
  podReadyToStart: {
    name: 'pod-ready-to-start',
    behaviour: 'pods tell by the condition PodReadyToStartContainers that they have a sandbox',
    since: ['1.29.0'],
    gate: { name: 'PodReadyToStartContainersCondition', since: 28 },
    reference: 'KEP-3085',
    rules: ['K-29'],
  },
  countOldUnavailable: {
    name: 'count-old-unavailable',
    behaviour: 'old unavailable pods use up maxUnavailable',
    since: ['1.31.0', '1.30.6', '1.29.10', '1.28.15'],
    reference: '#123233, #127774, #127775, #127776',
    rules: ['DS-U7', 'DS-U8'],
  },
  separateTaintEviction: {
    name: 'separate-taint-eviction',
    behaviour: 'taint eviction is a controller of its own, and signs its events so',
    since: ['1.29.0'],
    gate: { name: 'SeparateTaintEvictionController', since: 29, lockedSince: 34 },
    reference: 'KEP-3902',
    rules: ['T-8'],
  },
  imageInodesThreshold: {
    name: 'image-inodes-threshold',
    behaviour: 'a kubelet that is not told otherwise holds imagefs.inodesFree against 5 %',
    since: ['1.30.0'],
    reference: '#121834',
    rules: ['E-1'],
  },
  evictGraceOneSecond: {
    name: 'evict-grace-1',
    behaviour: "a hard eviction leaves one second instead of the pod's whole grace",
    since: ['1.31.0'],
    reference: '#124063',
    rules: ['E-11'],
  },
  generateNameRetry: {
    name: 'generatename-retry',
    behaviour: 'the server tries eight names before it answers that a generated one is taken',
    since: ['1.31.0'],
    gate: { name: 'RetryGenerateName', since: 30, lockedSince: 32 },
    reference: 'KEP-4420',
    rules: ['A-8'],
  },
  nodeMonitorGrace50s: {
    name: 'grace-50s',
    behaviour: 'a silent node is Unknown after 50 s instead of 40 s',
    since: ['1.32.0'],
    reference: '#126287',
    rules: ['N-5'],
  },
  queueingHints: {
    name: 'queueing-hints',
    behaviour: 'a pod that no node took is tried again only after what may help it, not after anything of that kind',
    since: ['1.32.0'],
    gate: { name: 'SchedulerQueueingHints', since: 28, lockedSince: 34 },
    reference: 'KEP-4247',
    rules: ['S-6'],
  },
  popFromBackoff: {
    name: 'pop-from-backoff',
    behaviour:
      'a scheduler with nothing else to do tries pods before their backoff is over, and backoffs end on whole seconds',
    since: ['1.33.0'],
    gate: { name: 'SchedulerPopFromBackoffQ', since: 33 },
    reference: 'KEP-5142',
    rules: ['S-6'],
  },
  asyncPreemption: {
    name: 'async-preemption',
    behaviour: 'the scheduler goes on with other pods while its victims are deleted',
    since: ['1.33.0'],
    gate: { name: 'SchedulerAsyncPreemption', since: 32 },
    reference: 'KEP-4832',
    rules: ['S-8'],
  },
  nodeQueue: {
    name: 'node-queue',
    behaviour: 'node events go through a queue of their own, and only labels and taints count',
    since: ['1.33.0'],
    reference: '#130514',
    rules: ['DS-Q5', 'DS-Q6'],
  },
  orderedNamespaceDeletion: {
    name: 'ordered-namespace-deletion',
    behaviour: 'the pods of a namespace that is deleted go before everything else in it',
    since: ['1.33.0'],
    gate: { name: 'OrderedNamespaceDeletion', since: 33, lockedSince: 34 },
    reference: 'KEP-5080, #130035',
    rules: ['A-17'],
  },
  availabilityInclusive: {
    name: 'availability-inclusive',
    behaviour: 'a pod is available at the very end of its minReadySeconds, not only after it',
    since: ['1.34.0'],
    reference: '#132122',
    rules: ['DS-0.3'],
  },
  collectorChecksVersion: {
    name: 'collector-checks-version',
    behaviour: 'the garbage collector deletes only what has had no other owners since it looked',
    since: ['1.34.0'],
    reference: '#132632',
    rules: ['A-16'],
  },
  podGeneration: {
    name: 'pod-generation',
    behaviour: 'pods count the changes of their spec in metadata.generation',
    since: ['1.34.0'],
    gate: { name: 'PodObservedGenerationTracking', since: 33, lockedSince: 35 },
    reference: 'KEP-5067',
    rules: ['A-4'],
  },
  nodeStatusFromInformer: {
    name: 'node-status-from-informer',
    behaviour:
      'a kubelet compares its status with the Node of its own watch; before, it asked the server in each round',
    since: ['1.34.0'],
    reference: 'newest source, kubelet_node_status.go; minor not verified',
    rules: ['K-4'],
  },
  creationTimestampOmitted: {
    name: 'creation-timestamp-omitted',
    behaviour: 'stored templates and their revisions no longer carry `creationTimestamp: null`',
    since: ['1.34.0'],
    reference: '#130989',
    rules: ['DS-H2'],
  },
  evictSoftMinimum: {
    name: 'evict-soft-min',
    behaviour:
      'a soft eviction leaves the shorter of evictionMaxPodGracePeriod and the grace of the pod; before, always the first',
    since: ['1.34.0'],
    reference: 'minor not verified',
    rules: ['E-11'],
  },
  misscheduledRequeue: {
    name: 'misscheduled-requeue',
    behaviour: 'misscheduled pods wake their DaemonSet when a node changes',
    since: ['1.35.0', '1.34.1', '1.33.6'],
    reference: '#132477, #133749, #133992',
    rules: ['DS-Q5'],
  },
  keepReadyOnRestart: {
    name: 'keep-ready-on-restart',
    behaviour:
      'containers stay ready and started over a restart of their kubelet; before, their probes had to pass anew',
    since: ['1.35.0'],
    gate: { name: 'ChangeContainerStatusOnKubeletRestart', since: 35, reverts: true },
    reference: 'KEP-4781, #134746',
    rules: ['K-36'],
  },
  tolerationCompare: {
    name: 'toleration-compare',
    behaviour: 'tolerations may compare numbers with Lt and Gt',
    since: [],
    gate: { name: 'TaintTolerationComparisonOperators', since: 35 },
    reference: 'KEP-5471, #134665',
    rules: ['DS-R4'],
  },
  taintsUnnamed: {
    name: 'taints-unnamed',
    behaviour: 'the scheduler no longer says which taint a pod does not tolerate',
    since: ['1.35.0', '1.34.2'],
    reference: '#134740, #135023',
    rules: ['S-3'],
  },
  nominationCleared: {
    name: 'nomination-cleared',
    behaviour: 'a pod that is bound loses the name of the node that it waited for',
    since: ['1.35.0'],
    gate: { name: 'ClearingNominatedNodeNameAfterBinding', since: 34 },
    reference: 'KEP-5278',
    rules: ['S-8', 'A-31'],
  },
  watchList: {
    name: 'watch-list',
    behaviour: 'a process begins with a list that is streamed and never old, instead of whatever a server has cached',
    since: ['1.35.0'],
    gate: { name: 'WatchListClient', since: 34 },
    reference: 'KEP-3157',
    rules: ['I-1', 'A-19'],
  },
  crashLoopOneSecond: {
    name: 'crashloop-1s',
    behaviour: 'pauses between restarts begin at 1 s and end at 60 s, instead of 10 s and 300 s',
    since: [],
    gate: { name: 'ReduceDefaultCrashLoopBackOffDecay', since: 33 },
    reference: 'KEP-4603',
    rules: ['K-22'],
  },
  staleness: {
    name: 'staleness',
    behaviour: "no sync before the caches show the controller's own writes",
    since: ['1.36.0'],
    gate: { name: 'StaleControllerConsistencyDaemonSet', since: 36 },
    reference: 'KEP-5647, #134937',
    rules: ['DS-Q14'],
  },
  managerReleasesLease: {
    name: 'manager-releases-lease',
    behaviour: 'kube-controller-manager gives its lease back when it ends, as kube-scheduler does in all releases',
    since: [],
    gate: { name: 'ControllerManagerReleaseLeaderElectionLockOnExit', since: 36 },
    reference: 'KEP-5366',
    rules: ['L-2'],
  },
  taintTimerUpdate: {
    name: 'taint-timer-update',
    behaviour: 'a running tolerationSeconds timer is replaced when its end differs',
    since: ['1.36.0'],
    reference: 'issues #102993, #108982; minor not verified',
    rules: ['T-4'],
  },
};

/** What every release that we know does: it came before 1.26. `since` is the first minor with it on by default. */
export interface EarlierBehaviour {
  readonly name: string;
  readonly behaviour: string;
  readonly since: string;
  readonly reference: string;
  readonly rules: readonly string[];
}

export const BEFORE_KNOWN_VERSIONS: readonly EarlierBehaviour[] = [
  {
    name: 'scheduler-binds',
    behaviour: 'pods carry the name of their node as affinity, and kube-scheduler binds them',
    since: '1.12',
    reference: 'KEP-548',
    rules: ['DS-P4', 'DS-P9'],
  },
  {
    name: 'failed-pod-backoff',
    behaviour: 'failed pods are replaced at doubling distances, by node',
    since: '1.12',
    reference: '#65309',
    rules: ['DS-F1', 'DS-F2'],
  },
  {
    name: 'delete-only-unscheduled-without-node',
    behaviour: 'of the pods aimed at a vanished node only those not yet bound are deleted',
    since: '1.15',
    reference: '#76060',
    rules: ['DS-M7'],
  },
  {
    name: 'surge',
    behaviour: 'maxSurge adds new pods before it takes old ones',
    since: '1.22',
    reference: 'KEP-1591',
    rules: ['DS-U13', 'DS-V24'],
  },
];
