/**
 * One replica of kube-controller-manager or kube-scheduler: it contends for the lease, and while it holds it the
 * controllers run in it. Twin: client-go tools/leaderelection leaderelection.go. Rules: L-1, L-2, L-3.
 */
import { objectKey } from '@everynode/core/api/meta';
import type { Lease } from '@everynode/core/api/node';
import type { ApiResult } from '@everynode/core/api/requests';
import { formatMicroTime } from '@everynode/core/api/time';
import {
  ELECTION_NAMESPACE,
  LEASE_MS,
  RENEW_DEADLINE_MS,
  RETRY_MS,
  ROUND_TRIP_MS,
  type SeenLease,
} from '../seams/rounds.ts';
import type { CandidateContext, ComponentDefinition, Timer } from './component.ts';

/** A pause is the retry period times 1 to 2.2. */
const JITTER_MS = 2400;

export function leaderElector(replica: string): ComponentDefinition<CandidateContext> {
  return {
    name: replica,
    // A client of its own, which nothing else holds up.
    limits: () => ({ qps: 50, burst: 100 }),
    start: (ctx) => new LeaderElector(ctx).run(),
  };
}

class LeaderElector {
  readonly #ctx: CandidateContext;
  /** The record as it was seen last, and when, by the own clock. */
  #observed: SeenLease | undefined;
  #leads = false;
  /** Counts rounds: whatever answers an earlier one comes too late. */
  #round = 0;
  #timer: Timer | undefined;
  #deadline: Timer | undefined;

  constructor(ctx: CandidateContext) {
    this.#ctx = ctx;
  }

  run(): void {
    const { election, rng } = this.#ctx;
    election.onEnding(() => this.#release());
    const drawn = rng('election');
    if (election.since === 'leader') {
      this.#leads = true;
      this.#settleAsLeader(-drawn.below(RETRY_MS + ROUND_TRIP_MS), RETRY_MS);
    } else if (election.since === 'standby') this.#settleAsStandby(drawn.below(RETRY_MS));
    else this.#look();
  }

  /** Tries to get the lease, and goes on trying. */
  #look(): void {
    this.#ctx.election.stir();
    this.#try(this.#nextRound(), (isHeld) => {
      if (isHeld) this.#won();
      else this.#settleAsStandby(this.#drawPauseMs());
    });
  }

  #won(): void {
    const { election, trace } = this.#ctx;
    this.#leads = true;
    const { lease } = this.#observed ?? {};
    const seq = trace.event({
      type: 'leader.elected',
      object: `lease/${this.#key}`,
      data: { holder: election.identity },
    });
    trace.causedBy(seq, () => {
      if (lease !== undefined) this.#tell(lease, 'became leader');
      election.elected();
      this.#renew();
    });
  }

  /** One series of attempts to renew, two seconds apart; ten seconds after its beginning it is given up (L-2). */
  #renew(): void {
    this.#ctx.election.stir();
    const round = this.#nextRound();
    this.#deadline = this.#ctx.election.schedule(RENEW_DEADLINE_MS, () => {
      if (round === this.#round) this.#lost();
    });
    this.#attempt(round, true);
  }

  #attempt(round: number, isFirst: boolean): void {
    const sentAtMs = this.#ctx.nowMs();
    this.#try(round, (isHeld) => {
      if (!isHeld) {
        this.#later(Math.max(0, sentAtMs + RETRY_MS - this.#ctx.nowMs()), () => this.#attempt(round, false));
        return;
      }
      if (this.#deadline !== undefined) this.#ctx.cancel(this.#deadline);
      this.#nextRound();
      const isPrompt = isFirst && this.#ctx.nowMs() === sentAtMs + ROUND_TRIP_MS;
      if (isPrompt) this.#settleAsLeader(sentAtMs, RETRY_MS);
      else this.#later(RETRY_MS, () => this.#renew());
    });
  }

  #lost(): void {
    const { election, trace } = this.#ctx;
    this.#nextRound();
    const seq = trace.event({ type: 'leader.lost', object: `lease/${this.#key}`, data: { holder: election.identity } });
    trace.causedBy(seq, () => {
      this.#release();
      election.lost();
    });
  }

  /** Gives the lease back, so that nobody has to wait for its end. The answer finds nobody. */
  #release(): void {
    const { election, trace } = this.#ctx;
    const lease = this.#observed?.lease;
    if (!this.#leads || lease === undefined) return;
    trace.causedBy(trace.cause, () => this.#tell(lease, 'stopped leading'));
    if (!election.releases || lease.spec.holderIdentity !== election.identity) return;
    const time = formatMicroTime(this.#ctx.nowMs());
    const { leaseTransitions } = lease.spec;
    const spec = { holderIdentity: '', leaseDurationSeconds: 1, acquireTime: time, renewTime: time };
    const object = { ...lease, spec: { ...spec, ...(leaseTransitions === undefined ? {} : { leaseTransitions }) } };
    this.#ctx.send({ verb: 'update', object });
  }

  /** Renews what it holds by the version that it knows; where that fails, or it holds nothing, it looks first. */
  #try(round: number, done: (isHeld: boolean) => void): void {
    const startedAtMs = this.#ctx.nowMs();
    const observed = this.#observed;
    const finish = (isHeld: boolean): void => {
      if (round === this.#round) done(isHeld);
    };
    if (observed === undefined || !this.#isOwn(observed.lease) || !isValid(observed, startedAtMs)) {
      this.#askFirst(startedAtMs, finish);
      return;
    }
    this.#write(observed.lease, startedAtMs, (isWritten) => {
      if (isWritten) finish(true);
      else if (round === this.#round) this.#askFirst(startedAtMs, finish);
    });
  }

  #askFirst(startedAtMs: number, done: (isHeld: boolean) => void): void {
    this.#ctx.send({ verb: 'get', kind: 'Lease', key: this.#key }, (got) => {
      if (!got.ok && got.reason === 'NotFound') {
        this.#ctx.send({ verb: 'create', object: this.#newLease(startedAtMs) }, (made) => done(this.#note(made)));
        return;
      }
      if (!got.ok || got.object?.kind !== 'Lease') {
        done(false);
        return;
      }
      const lease = got.object;
      const observed = isSame(this.#observed?.lease, lease) ? this.#observed : undefined;
      this.#observed = observed === undefined ? { lease, atMs: this.#ctx.nowMs() } : { ...observed, lease };
      const isFree = (lease.spec.holderIdentity ?? '') === '' || this.#isOwn(lease);
      if (!isFree && isValid(this.#observed, startedAtMs)) done(false);
      else this.#write(lease, startedAtMs, done);
    });
  }

  #write(lease: Lease, atMs: number, done: (isWritten: boolean) => void): void {
    const { identity } = this.#ctx.election;
    const renewTime = formatMicroTime(atMs);
    const { leaseTransitions = 0, acquireTime = renewTime } = lease.spec;
    const taken = this.#isOwn(lease)
      ? { acquireTime, leaseTransitions }
      : { acquireTime: renewTime, leaseTransitions: leaseTransitions + 1 };
    const spec = { holderIdentity: identity, leaseDurationSeconds: Math.trunc(LEASE_MS / 1000), renewTime, ...taken };
    this.#ctx.send({ verb: 'update', object: { ...lease, spec } }, (result) => done(this.#note(result)));
  }

  /** What was written is what is known. */
  #note(result: ApiResult): boolean {
    if (!result.ok || result.object?.kind !== 'Lease') return false;
    this.#observed = { lease: result.object, atMs: this.#ctx.nowMs() };
    return true;
  }

  #settleAsLeader(sentAtMs: number, delayMs: number): void {
    this.#later(Math.max(0, sentAtMs + ROUND_TRIP_MS + delayMs - this.#ctx.nowMs()), () => this.#renew());
    this.#ctx.election.settle({
      role: 'leader',
      hush: () => this.#hush(),
      sentAtMs,
      holder: this.#ctx.election.identity,
      resume: (lease, lastAtMs, inMs) => {
        this.#observed = { lease, atMs: lastAtMs + ROUND_TRIP_MS };
        this.#later(inMs, () => this.#renew());
      },
    });
  }

  #settleAsStandby(delayMs: number): void {
    this.#later(delayMs, () => this.#look());
    this.#ctx.election.settle({
      role: 'standby',
      hush: () => this.#hush(),
      nextAtMs: this.#ctx.nowMs() + delayMs,
      drawPauseMs: () => this.#drawPauseMs(),
      resume: (seen, inMs) => {
        this.#observed = seen ?? this.#observed;
        this.#later(inMs, () => this.#look());
      },
    });
  }

  #drawPauseMs(): number {
    return RETRY_MS + this.#ctx.rng('election').below(JITTER_MS);
  }

  #later(delayMs: number, run: () => void): void {
    this.#timer = this.#ctx.election.schedule(delayMs, run);
  }

  #hush(): void {
    if (this.#timer !== undefined) this.#ctx.cancel(this.#timer);
    this.#timer = undefined;
  }

  #nextRound(): number {
    this.#round += 1;
    return this.#round;
  }

  #isOwn(lease: Lease): boolean {
    return lease.spec.holderIdentity === this.#ctx.election.identity;
  }

  #tell(lease: Lease, what: string): void {
    this.#ctx.trace.apiEvent('Lease', lease, 'Normal', 'LeaderElection', `${this.#ctx.election.identity} ${what}`);
  }

  get #key(): string {
    return objectKey(ELECTION_NAMESPACE, this.#ctx.election.lease);
  }

  #newLease(atMs: number): Lease {
    const time = formatMicroTime(atMs);
    const { lease: name, identity } = this.#ctx.election;
    return {
      apiVersion: 'coordination.k8s.io/v1',
      kind: 'Lease',
      metadata: { name, namespace: ELECTION_NAMESPACE },
      spec: {
        holderIdentity: identity,
        leaseDurationSeconds: Math.trunc(LEASE_MS / 1000),
        acquireTime: time,
        renewTime: time,
        leaseTransitions: 0,
      },
    };
  }
}

/** By the candidate's own clock, from when it saw the record change: clocks are never compared with each other (L-1). */
function isValid({ lease, atMs }: SeenLease, nowMs: number): boolean {
  return atMs + (lease.spec.leaseDurationSeconds ?? 0) * 1000 > nowMs;
}

function isSame(before: Lease | undefined, after: Lease): boolean {
  if (before === undefined) return false;
  const [a, b] = [before.spec, after.spec];
  return a.holderIdentity === b.holderIdentity && a.renewTime === b.renewTime && a.acquireTime === b.acquireTime;
}
