/**
 * Leases that candidates contend for, as a function of time while nobody contends: a leader renews every two seconds and
 * the others look every two to four, which is thousands of events an hour for saying that nothing happened. Candidates
 * for whom all goes well hand their rounds over here; as soon as anything could touch one of them — a rule of a fault, a
 * crash, a pause, a wrong clock, a newcomer — the lease is written as it stands and all go on by themselves. A full
 * trace never hands over. As with heartbeats (heartbeats.ts) the legs have no spread, so both ways show one world. Rules: L-1.
 */
import { assert } from '@everynode/core/assert';
import { objectKey } from '@everynode/core/api/meta';
import type { Lease } from '@everynode/core/api/node';
import { formatMicroTime, formatTime } from '@everynode/core/api/time';
import type { Engine } from '../engine/engine.ts';
import type { RngStreams } from '../engine/rngStreams.ts';
import { meansClient } from '../seams/processGroups.ts';
import type { ProcessTable } from '../seams/processTable.ts';
import {
  ELECTION_NAMESPACE,
  LEASE_MS,
  RETRY_MS,
  ROUND_TRIP_MS,
  type Rounds,
  type StandbyRounds,
} from '../seams/rounds.ts';
import type { ClientMatch } from '../seams/seams.ts';
import type { LegRules } from '../seams/worldSeams.ts';
import type { Journal } from './journal.ts';
import type { ObjectStore } from './objectStore.ts';
import { drawUid } from './writes.ts';

export interface ElectionsOptions {
  readonly engine: Engine;
  readonly store: ObjectStore;
  readonly journal: Journal;
  readonly rules: LegRules;
  readonly streams: RngStreams;
  readonly processes: Pick<ProcessTable, 'isPaused' | 'isSkewed'>;
}

interface Election {
  readonly name: string;
  /** Alive; undefined: the round it is in may change something. */
  readonly candidates: Map<string, Rounds | undefined>;
  isResting: boolean;
}

export class Elections {
  readonly #options: ElectionsOptions;
  readonly #elections = new Map<string, Election>();

  constructor(options: ElectionsOptions) {
    this.#options = options;
  }

  /** A candidate has started. */
  join(election: string, candidate: string): void {
    const found = this.#elections.get(election) ?? { name: election, candidates: new Map(), isResting: false };
    this.#elections.set(election, found);
    this.#wake(found);
    found.candidates.set(candidate, undefined);
  }

  /** A candidate is dead. */
  leave(election: string, candidate: string): void {
    this.#elections.get(election)?.candidates.delete(candidate);
  }

  /** What the candidate does next is no longer as it said. */
  stir(election: string, candidate: string): void {
    this.#elections.get(election)?.candidates.set(candidate, undefined);
  }

  /** All goes well with the candidate. Once that is so for all of them, and nothing could touch one, they rest. */
  settle(election: string, candidate: string, rounds: Rounds): void {
    const found = this.#elections.get(election);
    assert(found !== undefined, () => `${candidate} settles in ${election}, where nobody is a candidate`);
    found.candidates.set(candidate, rounds);
    if (!this.#mayRest(found)) {
      this.#settleAwake(election, candidate, rounds);
      return;
    }
    found.isResting = true;
    for (const each of found.candidates.values()) each?.hush();
  }

  /** Something is about to touch this process. */
  processTouched(name: string): void {
    for (const election of this.#elections.values()) if (election.candidates.has(name)) this.#wake(election);
  }

  /** A rule was added to one of the legs; it may be about leases of leaders. */
  ruleAdded({ client, kind, verb }: ClientMatch): void {
    if ((kind !== undefined && kind !== 'Lease') || (verb !== undefined && verb !== 'get' && verb !== 'update')) return;
    for (const election of this.#elections.values()) {
      if (client === undefined || [...election.candidates.keys()].some((name) => meansClient(client, name)))
        this.#wake(election);
    }
  }

  /** In a full trace a leader from before the run has a lease to renew from the beginning. */
  #settleAwake(election: string, candidate: string, rounds: Rounds): void {
    const { store, engine, journal } = this.#options;
    if (rounds.role !== 'leader' || !journal.isFull) return;
    if (store.get('Lease', objectKey(ELECTION_NAMESPACE, election)) !== undefined) return;
    rounds.hush();
    const lease = this.#write(election, candidate, rounds.holder, rounds.sentAtMs);
    rounds.resume(lease, rounds.sentAtMs, Math.max(0, rounds.sentAtMs + ROUND_TRIP_MS + RETRY_MS - engine.nowMs));
  }

  #mayRest({ candidates }: Election): boolean {
    const { journal, rules, processes } = this.#options;
    if (journal.isFull) return false;
    let leaders = 0;
    for (const [client, rounds] of candidates) {
      if (rounds === undefined || processes.isPaused(client) || processes.isSkewed(client)) return false;
      if (rounds.role === 'leader') leaders += 1;
      const look = { client, kind: 'Lease', verb: 'get' } as const;
      const renewal = { client, kind: 'Lease', verb: 'update' } as const;
      const { requests, responses } = rules;
      if (requests.isAbout(look) || requests.isAbout(renewal)) return false;
      if (responses.isAbout(look) || responses.isAbout(renewal)) return false;
    }
    return leaders === 1;
  }

  #wake(election: Election): void {
    if (!election.isResting) return;
    election.isResting = false;
    const resting = [...election.candidates];
    for (const [name] of resting) election.candidates.set(name, undefined);
    const { nowMs } = this.#options.engine;
    const led = resting.flatMap(([name, rounds]) => (rounds?.role === 'leader' ? [{ name, rounds }] : []));
    const [leader] = led;
    assert(leader !== undefined, () => `${election.name} rests without a leader`);
    const firstAtMs = leader.rounds.sentAtMs;
    const sentAtMs = lastRenewalAtMs(firstAtMs, nowMs);
    const lease = this.#write(election.name, leader.name, leader.rounds.holder, sentAtMs);
    leader.rounds.resume(lease, sentAtMs, Math.max(0, sentAtMs + ROUND_TRIP_MS + RETRY_MS - nowMs));
    for (const [, rounds] of resting) if (rounds?.role === 'standby') resumeStandby(rounds, lease, firstAtMs, nowMs);
  }

  /** The lease as of its last renewal; the first time it is put where it has been since before the run. */
  #write(name: string, actor: string, holder: string, sentAtMs: number): Lease {
    const { store, journal, streams } = this.#options;
    const known = store.get('Lease', objectKey(ELECTION_NAMESPACE, name));
    const renewTime = formatMicroTime(sentAtMs);
    if (known !== undefined && known.spec.renewTime === renewTime) return known;
    const uid = known === undefined ? { uid: drawUid(streams.of('elections/uids')) } : {};
    const base = known ?? firstLease(name, holder);
    const lease = { ...base, metadata: { ...base.metadata, ...uid }, spec: { ...base.spec, renewTime } };
    return store.put('Lease', lease, (commit) => journal.commit(actor, commit)).object;
  }
}

/** When the last renewal was sent that follows from the one at `firstAtMs`. */
function lastRenewalAtMs(firstAtMs: number, nowMs: number): number {
  const everyMs = ROUND_TRIP_MS + RETRY_MS;
  return firstAtMs + Math.max(0, Math.trunc((nowMs - firstAtMs) / everyMs)) * everyMs;
}

/** Draws the looks that a candidate would have had up to now, and hands it what the last one showed. */
function resumeStandby(
  { nextAtMs: firstAtMs, drawPauseMs, resume }: StandbyRounds,
  lease: Lease,
  renewedAtMs: number,
  nowMs: number,
): void {
  let nextAtMs = firstAtMs;
  let lookedAtMs: number | undefined;
  while (nextAtMs <= nowMs) {
    lookedAtMs = nextAtMs;
    nextAtMs += ROUND_TRIP_MS + drawPauseMs();
  }
  if (lookedAtMs === undefined) {
    resume(undefined, nextAtMs - nowMs);
    return;
  }
  // A renewal takes as long to the server as the look does, so those that were sent before it are seen.
  const renewTime = formatMicroTime(lastRenewalAtMs(renewedAtMs, lookedAtMs));
  resume(
    { lease: { ...lease, spec: { ...lease.spec, renewTime } }, atMs: lookedAtMs + ROUND_TRIP_MS },
    nextAtMs - nowMs,
  );
}

function firstLease(name: string, holder: string): Lease {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name, namespace: ELECTION_NAMESPACE, creationTimestamp: formatTime(0) },
    spec: {
      holderIdentity: holder,
      leaseDurationSeconds: Math.trunc(LEASE_MS / 1000),
      acquireTime: formatMicroTime(0),
      leaseTransitions: 0,
    },
  };
}
