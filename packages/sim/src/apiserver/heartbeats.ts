/**
 * Lease renewals of healthy nodes as a function of time instead of events: a thousand nodes would otherwise spend a
 * million events an hour on saying that nothing happened. A kubelet whose renewals go well hands them over here; as
 * soon as anything could touch them — a rule of a fault, a cut link, a crash, a pause, a skewed clock — the lease is
 * written as it stands and the kubelet renews by itself again. A full trace never hands over; both ways every lease is
 * seen at the same instants, since heartbeats travel without spread and draw nothing. Rules: K-1, N-3.
 */
import type { Lease } from '@everynode/core/api/node';
import { formatMicroTime } from '@everynode/core/api/time';
import type { Engine } from '../engine/engine.ts';
import { LATENCIES } from '../engine/latencies.ts';
import { meansClient } from '../seams/processGroups.ts';
import type { ClientMatch } from '../seams/seams.ts';
import type { LegRules } from '../seams/worldSeams.ts';
import type { Journal } from './journal.ts';
import type { ObjectStore } from './objectStore.ts';

/** How long a renewal takes to the server, back, and from there to a watcher: the medians of V-1 and V-3. */
export const HEARTBEAT_LEGS: Readonly<Record<'requestMs' | 'responseMs' | 'watchMs', number>> = {
  requestMs: Math.trunc(LATENCIES.apiWrite.p50 / 2),
  responseMs: LATENCIES.apiWrite.p50 - Math.trunc(LATENCIES.apiWrite.p50 / 2),
  watchMs: LATENCIES.watchEvent.p50,
};

/** Renewals that a kubelet hands over. */
export interface Cadence {
  /** When the last real renewal was sent; the next ones follow every `periodMs`. */
  readonly lastAtMs: number;
  readonly periodMs: number;
  /** Takes them back: the next one is due in `delayMs`. */
  readonly resume: (delayMs: number) => void;
}

interface Seen {
  readonly base: Lease;
  readonly atMs: number;
  readonly lease: Lease;
}

export interface HeartbeatsOptions {
  readonly engine: Engine;
  readonly store: ObjectStore;
  readonly journal: Journal;
  readonly rules: LegRules;
  /** The one process that judges nodes by their leases. */
  readonly watcher: string;
  /** What this process will see waits, because it is paused or its watch lags. */
  readonly isBehind: (process: string) => boolean;
}

const ALL_KUBELETS = 'kubelet';
const KUBELET = `${ALL_KUBELETS}/`;

export class Heartbeats {
  readonly #options: HeartbeatsOptions;
  readonly #resting = new Map<string, Cadence>();
  /** By node: what a watcher was shown last, so that nothing it has seen is taken back. */
  readonly #seen = new Map<string, Seen>();

  constructor(options: HeartbeatsOptions) {
    this.#options = options;
  }

  /** Takes over the renewals of a node; false: they must go on as events. */
  rest(node: string, cadence: Cadence): boolean {
    const { journal, engine } = this.#options;
    const isPrompt = cadence.lastAtMs <= engine.nowMs && engine.nowMs - cadence.lastAtMs < cadence.periodMs;
    if (journal.isFull || !isPrompt || this.#isBent(node)) return false;
    this.#resting.set(node, cadence);
    return true;
  }

  /** Something is about to touch this process; its renewals become real again. Requests on their way still land. */
  processTouched(name: string): void {
    if (name.startsWith(KUBELET)) this.#wake(name.slice(KUBELET.length), 0);
    // A paused watcher works off its deliveries in their order: what it has not been handed, it must not see.
    if (name === this.#options.watcher) this.#wakeAll();
  }

  /** The link or the power of a node is gone: what was on its way is lost. */
  linkBroken(node: string): void {
    this.#wake(node, HEARTBEAT_LEGS.requestMs);
  }

  /** The lease itself was deleted: its kubelet has to make a new one (K-40). */
  leaseRemoved(node: string): void {
    this.#seen.delete(node);
    const cadence = this.#resting.get(node);
    this.#resting.delete(node);
    if (cadence !== undefined) cadence.resume(this.#untilNext(cadence, this.#lastAtMs(cadence, 0)));
  }

  /** A rule was added to one of the legs; it may be about heartbeats. */
  ruleAdded({ client, kind }: ClientMatch): void {
    if (kind !== undefined && kind !== 'Lease') return;
    const isForOne = client !== undefined && client !== ALL_KUBELETS && !meansClient(client, this.#options.watcher);
    if (isForOne) this.processTouched(client);
    else this.#wakeAll();
  }

  /** The lease as a watcher has it now, whose own picture is `lease`. */
  view(lease: Lease): Lease {
    const node = lease.metadata.name;
    const cadence = this.#resting.get(node);
    const seen = this.#seen.get(node);
    const { requestMs, watchMs } = HEARTBEAT_LEGS;
    const atMs = cadence === undefined ? undefined : this.#lastAtMs(cadence, requestMs + watchMs);
    if (atMs === undefined || atMs === seen?.atMs) return newer(lease, seen);
    const renewed = withRenewTime(lease, atMs);
    this.#seen.set(node, { base: lease, atMs, lease: renewed });
    return newer(lease, this.#seen.get(node));
  }

  #wakeAll(): void {
    for (const node of this.#resting.keys()) this.#wake(node, 0);
  }

  #wake(node: string, legMs: number): void {
    const cadence = this.#resting.get(node);
    if (cadence === undefined) return;
    this.#resting.delete(node);
    const { store, journal } = this.#options;
    const lastAtMs = this.#lastAtMs(cadence, legMs);
    const lease = store.get('Lease', `kube-node-lease/${node}`);
    if (lease !== undefined && lastAtMs > cadence.lastAtMs) {
      store.put('Lease', withRenewTime(lease, lastAtMs), (commit) => journal.commit(`${KUBELET}${node}`, commit));
    }
    cadence.resume(this.#untilNext(cadence, lastAtMs));
  }

  /** The last renewal that was sent at least `legMs` ago. */
  #lastAtMs({ lastAtMs, periodMs }: Cadence, legMs: number): number {
    const elapsedMs = this.#options.engine.nowMs - legMs - lastAtMs;
    return lastAtMs + Math.max(0, Math.trunc(elapsedMs / periodMs)) * periodMs;
  }

  #untilNext({ periodMs }: Cadence, lastAtMs: number): number {
    return Math.max(0, lastAtMs + periodMs - this.#options.engine.nowMs);
  }

  /** Whether a rule in force could touch the renewals of this node, or how they are seen. */
  #isBent(node: string): boolean {
    const { rules, watcher, isBehind } = this.#options;
    if (isBehind(watcher)) return true;
    const { requests, responses, watches } = rules;
    if (requests.isEmpty && responses.isEmpty && watches.isEmpty) return false;
    const subject = { client: `${KUBELET}${node}`, kind: 'Lease', verb: 'update' } as const;
    return (
      requests.isAbout(subject) || responses.isAbout(subject) || watches.isAbout({ client: watcher, kind: 'Lease' })
    );
  }
}

/** Of two pictures of one lease the one that was renewed later; microseconds of equal length compare as text. */
function newer(lease: Lease, seen: Seen | undefined): Lease {
  if (seen === undefined || seen.base.metadata.uid !== lease.metadata.uid) return lease;
  return (lease.spec.renewTime ?? '') < (seen.lease.spec.renewTime ?? '') ? seen.lease : lease;
}

function withRenewTime(lease: Lease, atMs: number): Lease {
  return { ...lease, spec: { ...lease.spec, renewTime: formatMicroTime(atMs) } };
}
