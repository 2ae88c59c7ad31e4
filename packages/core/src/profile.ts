/** Behaviour switches by Kubernetes minor version: one line each, one `if` where it acts. Rules: §14 of the controller's spec, §13 of the cluster's. */

/** The minors that people run and that we know; newest last. */
export const KNOWN_VERSIONS = [
  '1.26',
  '1.27',
  '1.28',
  '1.29',
  '1.30',
  '1.31',
  '1.32',
  '1.33',
  '1.34',
  '1.35',
  '1.36',
] as const;
export const DEFAULT_VERSION = '1.36';

export interface Profile {
  readonly version: string;
  /** 1.28: pods that are terminal and terminating are ignored (DS-M1). */
  readonly skipDeletedTerminal: boolean;
  /** 1.31: old unavailable pods use up maxUnavailable (DS-U7). The backport to 1.30 came late; 1.30.0 lacks it. */
  readonly countOldUnavailable: boolean;
  /** 1.33: node events go through their own queue (DS-Q5). */
  readonly nodeQueue: boolean;
  /** 1.33 by backport: misscheduled pods wake the DaemonSet (DS-Q5, third clause). */
  readonly misscheduledRequeue: boolean;
  /** 1.35: the instant lastTransition + minReadySeconds counts as available (DS-0.3). */
  readonly availabilityInclusive: boolean;
  /** 1.35 (alpha, gate): Lt and Gt tolerations (DS-R4). */
  readonly tolerationCompare: boolean;
  /** 1.36: no sync before the cache shows the controller's own writes (DS-Q14). */
  readonly staleness: boolean;
  /** 1.32: node-monitor-grace-period 50 s instead of 40 s (N). */
  readonly nodeMonitorGraceMs: number;
  /** 1.31: hard eviction grace 1 s; before, a bug gave the pod its full grace (E-11). */
  readonly evictGraceOneSecond: boolean;
  /** 1.31: the server retries name clashes up to 8 times. */
  readonly generateNameRetry: boolean;
  /** about 1.36: a running tolerationSeconds timer is replaced when its fire time changes (T-4). */
  readonly taintTimerUpdate: boolean;
}

/** The switches of a minor such as `1.31`, or undefined where we do not know it. */
export function profileOf(version: string): Profile | undefined {
  const minor = (KNOWN_VERSIONS as readonly string[]).indexOf(version) + 26;
  if (minor < 26) return undefined;
  const from = (first: number): boolean => minor >= first;
  return {
    version,
    skipDeletedTerminal: from(28),
    countOldUnavailable: from(31),
    nodeQueue: from(33),
    misscheduledRequeue: from(33),
    availabilityInclusive: from(35),
    tolerationCompare: from(35),
    staleness: from(36),
    nodeMonitorGraceMs: from(32) ? 50_000 : 40_000,
    evictGraceOneSecond: from(31),
    generateNameRetry: from(31),
    taintTimerUpdate: from(36),
  };
}
