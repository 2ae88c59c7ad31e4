/** The rhythm of candidates for leadership, and how one hands its rounds to a rule of time while all goes well. Rules: L-1. */
import type { Lease } from '@everynode/core/api/node';
import { LATENCIES } from '../engine/latencies.ts';

/** Where the leases of leaders are. */
export const ELECTION_NAMESPACE = 'kube-system';
/** lease-duration, renew-deadline and retry-period of both kube-controller-manager and kube-scheduler. */
export const LEASE_MS = 15_000;
export const RENEW_DEADLINE_MS = 10_000;
export const RETRY_MS = 2000;
/** From sending a request about a lease to its answer: the median of V-1, without spread. */
export const ROUND_TRIP_MS: number = LATENCIES.apiWrite.p50;

/** A lease, and when its candidate saw it so for the first time, by its own clock. */
export interface SeenLease {
  readonly lease: Lease;
  readonly atMs: number;
}

export interface LeaderRounds {
  readonly role: 'leader';
  /** Takes the own timer back. */
  readonly hush: () => void;
  /** When the last renewal was sent; each next one follows its predecessor's answer after RETRY_MS. */
  readonly sentAtMs: number;
  /** What a renewal writes, but for its time. */
  readonly holder: string;
  /** Takes them back: the lease as it stands was sent at `sentAtMs`, the next renewal is due in `delayMs`. */
  readonly resume: (lease: Lease, sentAtMs: number, delayMs: number) => void;
}

export interface StandbyRounds {
  readonly role: 'standby';
  /** Takes the own timer back. */
  readonly hush: () => void;
  /** When the next look is due. */
  readonly nextAtMs: number;
  /** From an answer to the next look. */
  readonly drawPauseMs: () => number;
  /** Takes them back: what it has seen meanwhile, if it looked, and in how many ms the next look is due. */
  readonly resume: (seen: SeenLease | undefined, delayMs: number) => void;
}

export type Rounds = LeaderRounds | StandbyRounds;
