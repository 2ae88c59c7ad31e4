/**
 * Heartbeats of healthy nodes as a function of time instead of events: lease renewals, and reports of a status in which
 * nothing has changed. A thousand nodes would otherwise spend most of a run's events on saying that nothing happened. A
 * kubelet whose heartbeats go well hands them over here; as soon as anything could touch them — a rule of a fault, a cut
 * link, a crash, a pause, a skewed clock — the objects are written as they stand and the kubelet beats by itself again.
 * A full trace never hands over; both ways every beat is seen at the same instants, since heartbeats travel without
 * spread and draw nothing. Reports rest only where renewals do. Rules: K-1, K-2, N-3.
 */
import type { Condition } from '@everynode/core/api/meta';
import type { Lease, Node } from '@everynode/core/api/node';
import type { Kind, ObjectOfKind } from '@everynode/core/api/objects';
import { formatMicroTime, formatTime } from '@everynode/core/api/time';
import type { Engine } from '../engine/engine.ts';
import { meansClient } from '../seams/processGroups.ts';
import type { RuleTable } from '../seams/ruleTable.ts';
import type { ClientMatch } from '../seams/seams.ts';
import type { LegRules } from '../seams/worldSeams.ts';
import type { Commit } from './changeLog.ts';
import type { Journal } from './journal.ts';
import type { ObjectStore } from './objectStore.ts';
import { type Cadence, HEARTBEAT_LEGS, Pulse } from '../engine/pulse.ts';

/** Heartbeats that a kubelet hands over. */
export interface RestingBeats extends Cadence {
  /** Takes them back: the last one was sent at `lastAtMs` (undefined: none was), the next one is due in `delayMs`. */
  readonly resume: (delayMs: number, lastAtMs: number | undefined) => void;
}

export interface RestingReports extends RestingBeats {
  /** The types of the conditions that these reports tell of. */
  readonly conditions: readonly string[];
}

interface SeenLease {
  readonly base: Lease;
  readonly atMs: number;
  readonly lease: Lease;
}

export interface HeartbeatsOptions {
  readonly engine: Engine;
  readonly store: ObjectStore;
  readonly journal: Journal;
  readonly rules: LegRules;
  /** The one process that judges nodes by their heartbeats. */
  readonly watcher: string;
  /** What this process will see waits, because it is paused or its watch lags, or its clock is not the run's. */
  readonly isBehind: (process: string) => boolean;
}

const ALL_KUBELETS = 'kubelet';
const KUBELET = `${ALL_KUBELETS}/`;
const LEASE_NAMESPACE = 'kube-node-lease';

export class Heartbeats {
  readonly #options: HeartbeatsOptions;
  readonly #renewals = new Map<string, RestingBeats>();
  readonly #reports = new Map<string, RestingReports>();
  readonly #pulses = new Map<string, Pulse>();
  /** By node: what a watcher was shown last, so that nothing it has seen is taken back. */
  readonly #seen = new Map<string, SeenLease>();

  constructor(options: HeartbeatsOptions) {
    this.#options = options;
  }

  /** How the heartbeats of a node are seen; the same object for as long as the run lasts. */
  pulseOf(node: string): Pulse {
    let pulse = this.#pulses.get(node);
    if (pulse === undefined) this.#pulses.set(node, (pulse = new Pulse()));
    return pulse;
  }

  /** Takes over the renewals of a node's lease; false: they must go on as events. */
  restRenewals(node: string, beats: RestingBeats): boolean {
    if (!this.#isPrompt(beats) || this.#isBent(node, 'Lease')) return false;
    this.#renewals.set(node, beats);
    this.pulseOf(node).renewals.begin(beats, this.#options.engine.nowMs);
    return true;
  }

  /** Takes over the reports of a node's status; false: they must go on as events. */
  restReports(node: string, beats: RestingReports): boolean {
    if (!this.#renewals.has(node) || !this.#isPrompt(beats) || this.#isBent(node, 'Node')) return false;
    this.#reports.set(node, beats);
    this.pulseOf(node).reports.begin(beats, this.#options.engine.nowMs);
    return true;
  }

  /** The kubelet has something to report. */
  wakeReports(node: string): void {
    this.#wakeReports(node, 0);
  }

  /** Something is about to touch this process; its heartbeats become real again. Requests on their way still land. */
  processTouched(name: string): void {
    if (name.startsWith(KUBELET)) this.#wake(name.slice(KUBELET.length), 0);
    // A paused watcher works off its deliveries in their order: what it has not been handed, it must not see.
    if (name === this.#options.watcher) this.#wakeAll();
  }

  /** The link or the power of a node is gone: what was on its way is lost. */
  linkBroken(node: string): void {
    this.#wake(node, HEARTBEAT_LEGS.requestMs);
  }

  /** Without its lease a kubelet has to make a new one, without its Node to learn that nobody takes its reports (K-40). */
  objectRemoved(kind: Kind, name: string): void {
    if (kind === 'Node') this.#wakeReports(name, 0);
    if (kind !== 'Lease') return;
    this.#seen.delete(name);
    this.#wake(name, 0);
  }

  /** A rule was added to one of the legs; it may be about heartbeats. */
  ruleAdded({ client, kind }: ClientMatch): void {
    if (client?.startsWith(KUBELET) === true) {
      if (kind === 'Node') this.#wakeReports(client.slice(KUBELET.length), 0);
      else if (kind === undefined || kind === 'Lease') this.processTouched(client);
      return;
    }
    // Everybody watches Nodes, and only one process looks at leases.
    const isAboutLeases = client === undefined || client === ALL_KUBELETS || meansClient(client, this.#options.watcher);
    if (isAboutLeases && (kind === undefined || kind === 'Lease')) this.#wakeAll();
    else if (kind === undefined || kind === 'Node') {
      for (const node of this.#reports.keys()) this.#wakeReports(node, 0);
    }
  }

  /** The lease as a watcher has it now, whose own picture is `lease`. */
  view(lease: Lease): Lease {
    const node = lease.metadata.name;
    const seen = this.#seen.get(node);
    const atMs = this.#renewals.has(node) ? this.pulseOf(node).renewals.seenBy(this.#options.engine.nowMs) : undefined;
    if (atMs === undefined || atMs === seen?.atMs) return newer(lease, seen);
    const renewed = withRenewTime(lease, atMs);
    this.#seen.set(node, { base: lease, atMs, lease: renewed });
    return newer(lease, this.#seen.get(node));
  }

  #wakeAll(): void {
    for (const node of this.#renewals.keys()) this.#wake(node, 0);
  }

  #wake(node: string, legMs: number): void {
    this.#wakeReports(node, legMs);
    const beats = this.#renewals.get(node);
    if (beats === undefined) return;
    this.#renewals.delete(node);
    this.#end('Lease', node, legMs, beats, (lease, atMs) => withRenewTime(lease, atMs));
  }

  #wakeReports(node: string, legMs: number): void {
    const beats = this.#reports.get(node);
    if (beats === undefined) return;
    this.#reports.delete(node);
    this.#end('Node', node, legMs, beats, (stored, atMs) => withHeartbeat(stored, beats.conditions, atMs));
  }

  /** Writes what the last beat said, and gives the next one back to the kubelet. */
  #end<K extends 'Lease' | 'Node'>(
    kind: K,
    node: string,
    legMs: number,
    beats: RestingBeats,
    beaten: (object: ObjectOfKind[K], atMs: number) => ObjectOfKind[K],
  ): void {
    const { store, journal, engine } = this.#options;
    const pulse = this.pulseOf(node);
    const lastAtMs = (kind === 'Lease' ? pulse.renewals : pulse.reports).end(engine.nowMs, legMs);
    const stored = store.get(kind, kind === 'Lease' ? `${LEASE_NAMESPACE}/${node}` : node);
    if (stored !== undefined && lastAtMs !== undefined) {
      store.put(kind, beaten(stored, lastAtMs), (commit) => journal.commit(`${KUBELET}${node}`, commit));
    }
    const nextAtMs = lastAtMs === undefined ? beats.nextAtMs : lastAtMs + beats.periodMs;
    beats.resume(Math.max(0, nextAtMs - engine.nowMs), lastAtMs);
  }

  #isPrompt({ nextAtMs, periodMs }: Cadence): boolean {
    const untilNextMs = nextAtMs - this.#options.engine.nowMs;
    return untilNextMs > 0 && untilNextMs <= periodMs;
  }

  /** Whether a rule in force could touch such heartbeats of this node, or how they are seen. */
  #isBent(node: string, kind: 'Lease' | 'Node'): boolean {
    const { rules, watcher, isBehind, journal } = this.#options;
    if (journal.isFull || isBehind(watcher)) return true;
    const { requests, responses, watches, lists } = rules;
    if (requests.isEmpty && responses.isEmpty && watches.isEmpty && lists.isEmpty) return false;
    // A failed taint waits for the next report of its node to be mended (N-15), whoever's writes of Nodes fail.
    if (kind === 'Node')
      return [requests, responses, watches, lists].some((table: RuleTable<unknown>) => table.isAboutKind('Node'));
    const subject = { client: `${KUBELET}${node}`, kind, verb: 'update' } as const;
    return (
      requests.isAbout(subject) ||
      responses.isAbout(subject) ||
      watches.isAbout({ client: watcher, kind }) ||
      lists.isAboutKind(kind)
    );
  }
}

/** Whether a write of a Node says no more than that its kubelet is still there. */
export function isReportOf({ before, object: after }: Commit<'Node'>): boolean {
  if (before === undefined || before.spec !== after.spec || before.metadata.labels !== after.metadata.labels)
    return false;
  const [old, now] = [before.status?.conditions ?? [], after.status?.conditions ?? []];
  const { conditions: _old, ...restBefore } = before.status ?? {};
  const { conditions: _now, ...restAfter } = after.status ?? {};
  const isSameRest = (Object.keys({ ...restBefore, ...restAfter }) as (keyof typeof restAfter)[]).every(
    (field) => restBefore[field] === restAfter[field],
  );
  return isSameRest && old.length === now.length && old.every((condition, at) => isSameBut(condition, now[at]));
}

/** But for its heartbeat. */
function isSameBut(before: Condition, after: Condition | undefined): boolean {
  return (
    after !== undefined &&
    before.type === after.type &&
    before.status === after.status &&
    before.reason === after.reason &&
    before.message === after.message &&
    before.lastTransitionTime === after.lastTransitionTime
  );
}

/** Of two pictures of one lease the one that was renewed later; microseconds of equal length compare as text. */
function newer(lease: Lease, seen: SeenLease | undefined): Lease {
  if (seen === undefined || seen.base.metadata.uid !== lease.metadata.uid) return lease;
  return (lease.spec.renewTime ?? '') < (seen.lease.spec.renewTime ?? '') ? seen.lease : lease;
}

function withRenewTime(lease: Lease, atMs: number): Lease {
  return { ...lease, spec: { ...lease.spec, renewTime: formatMicroTime(atMs) } };
}

function withHeartbeat(node: Node, types: readonly string[], atMs: number): Node {
  const lastHeartbeatTime = formatTime(atMs);
  const conditions = (node.status?.conditions ?? []).map((condition) =>
    types.includes(condition.type) ? { ...condition, lastHeartbeatTime } : condition,
  );
  return { ...node, status: { ...node.status, conditions } };
}
