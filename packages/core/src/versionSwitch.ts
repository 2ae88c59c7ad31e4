/** What a switch between two ways of Kubernetes is: who asks for it, when it is on, and which gate turns it. */

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
