/**
 * A component is one process of the control plane or one kubelet. It sees the world through informers and requests and
 * keeps its memory in the closure of `start`, so that a crash forgets everything: the next incarnation starts anew.
 */
import type { Lister, ApiRequest, ApiResult } from '@everynode/core/api/requests';
import type { Lease, ResourceList, Taint } from '@everynode/core/api/node';
import type { ApiObject, Kind, ObjectOfKind } from '@everynode/core/api/objects';
import type { Profile } from '@everynode/core/profile';
import type { SyncPass } from '@everynode/core/daemonset/syncContext';
import type { EventRecord } from '@everynode/trace/record';
import type { Rounds } from '../seams/rounds.ts';
import type { Rng } from '../engine/rng.ts';
import type { KubeletConfig } from '../plan.ts';
import type { Machine } from '../seams/machine.ts';
import type { PodModels } from './podModels.ts';
import type { Settings } from '../settings.ts';

/** A timer of this incarnation; cancel it or let it fire. */
export type Timer = number;

/** What a component writes into the trace; `seq`, `atMs`, `actor` and `cause` are filled in. */
export type TraceFields = Omit<EventRecord, 'kind' | 'seq' | 'atMs' | 'actor' | 'cause'> & {
  readonly cause?: number;
  /** Silence brings no record along: the cause is what last happened to this node's machine, link or kubelet. */
  readonly silentNode?: string;
};

export interface InformerHandlers<K extends Kind> {
  /** The store already shows the change when a handler runs (I-5). */
  readonly added?: (object: ObjectOfKind[K]) => void;
  /** Also called for identical objects of a relist (I-4) or a resync (I-7). */
  readonly updated?: (before: ObjectOfKind[K], after: ObjectOfKind[K]) => void;
  readonly deleted?: (last: ObjectOfKind[K]) => void;
  /** The first list has been handed over. */
  readonly synced?: () => void;
}

/** A picture of one kind in one process. Pods can be looked up by node and by namespace without a scan. */
export interface Informer<K extends Kind> extends Lister<K> {
  readonly hasSynced: boolean;
  /** Highest revision that the stream has delivered, bookmarks included (DS-Q14). */
  readonly lastRevision: number;
  /** Pods only: by `spec.nodeName`, in key order. */
  byNode(nodeName: string): readonly ObjectOfKind[K][];
  /** By namespace, in key order. */
  byNamespace(namespace: string): readonly ObjectOfKind[K][];
}

export interface WatchOptions {
  /** As a kubelet watches: of Pods those bound to this node, of Nodes this one alone. */
  readonly nodeName?: string;
  /** As in the controller manager (I-7): all objects are handed over anew every 12 to 24 hours, drawn once for each life. */
  readonly resyncs?: boolean;
}

export interface ClientLimits {
  readonly qps: number;
  readonly burst: number;
}

/** The world as one process sees it. Timers, answers and deliveries of a dead incarnation are dropped. */
export interface ComponentContext {
  readonly name: string;
  readonly profile: Profile;
  readonly settings: Settings;
  /** This process's clock: virtual ms since the start of the run, plus its skew. */
  nowMs(): number;
  schedule(delayMs: number, run: () => void): Timer;
  cancel(timer: Timer): void;
  /** Sends one request; `done` gets the answer, or a Timeout failure 60 s later. Waits for the client's token bucket. */
  send(request: ApiRequest, done?: (result: ApiResult) => void): void;
  watch<K extends Kind>(kind: K, handlers: InformerHandlers<K>, options?: WatchOptions): Informer<K>;
  /** A stream of its own: `<component name>/<purpose>`. A later incarnation goes on where the last one stopped. */
  rng(purpose: string): Rng;
  /** `order` shuffles. */
  readonly isOrderDrawn: boolean;
  /** How the heartbeats of a node are seen: the same object for as long as the run lasts. */
  pulseOf(node: string): PulseView;
  /** Tests: the controller holds its index against a walk over its caches at every step. */
  readonly comparesFleets: boolean;
  /** Identity by default; a seeded shuffle in explore mode, wherever Go has no order. */
  order<T>(list: readonly T[]): readonly T[];
  readonly trace: ComponentTrace;
}

export interface ComponentTrace {
  /** Writes an event record and returns its seq. Its cause is what the engine is handling, unless given. */
  event(fields: TraceFields): number;
  decision(fields: {
    readonly object: string;
    readonly node: string;
    readonly code: string;
    readonly cause?: number;
  }): void;
  /** An ApiEvent (`kubectl get events`) about an object, or a part of it such as `spec.containers{agent}`: `apiEvent.<reason>`. */
  apiEvent(
    kind: Kind,
    object: ApiObject,
    type: 'Normal' | 'Warning',
    reason: string,
    message: string,
    fieldPath?: string,
  ): void;
  /** Whatever `run` schedules or sends has this record as its cause. */
  causedBy<T>(seq: number | undefined, run: () => T): T;
  /** The record that led to what is running now. */
  readonly cause: number | undefined;
  /** The instant (virtual, without skew) at which that record was written. */
  readonly causeAtMs: number | undefined;
  /** Hands a controller's pass to laws and expectations. */
  pass(pass: SyncPass): void;
  readonly full: boolean;
}

/** What a machine says of itself, and where it can be reached. */
export interface NodeIdentity {
  readonly nodeInfo: Readonly<Record<string, string>>;
  readonly address: string;
  /** The first three numbers of its pods' addresses. */
  readonly podNetwork: string;
}

/** What a kubelet is told on its command line about the Node that it registers. */
export interface NodeRegistration {
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  readonly capacity: ResourceList;
  readonly kubelet: KubeletConfig;
  readonly identity: NodeIdentity;
  /** Its network is up once a pod of this DaemonSet is ready on the node; absent: from the start. */
  readonly readyWhenDaemonSetPodReady?: string;
  /** First start of a node of instant 0: its Node is there and Ready, nothing to register, no delay. False at every later start. */
  readonly existing: boolean;
  /** What the kubelet of such a node has been renewing. */
  readonly lease?: Lease;
  /** First start of a machine that came in the run: nothing on it is configured yet, whatever a Node of its name says. */
  readonly freshMachine: boolean;
  /** Its cloud makes the routes, and says so in the condition NetworkUnavailable; else the kubelet does. */
  readonly cloudRoutes: boolean;
}

/** Heartbeats that a kubelet hands over: the next one would be sent at `nextAtMs` of the run, the others every `periodMs`. */
export interface HandedBeats {
  readonly nextAtMs: number;
  readonly periodMs: number;
  /** They are the kubelet's again: the last one was sent at `lastAtMs` (undefined: none), the next one is due in `delayMs`. */
  readonly resume: (delayMs: number, lastAtMs: number | undefined) => void;
}

/** How a kubelet says that it is there: by events, or by a rule while nothing could touch its heartbeats. */
export interface HeartbeatSeat {
  /** A timer for a heartbeat. */
  schedule(delayMs: number, run: () => void): Timer;
  /** Sends a heartbeat: it takes nobody's token, and travels without spread. */
  send(request: ApiRequest, done: (result: ApiResult) => void): void;
  /** Hands the renewals of its lease over. False: they stay the kubelet's. */
  restRenewals(beats: HandedBeats): boolean;
  /** Hands over the reports in which only the heartbeat of these conditions moves. False: they stay the kubelet's. */
  restReports(beats: HandedBeats & { readonly conditions: readonly string[] }): boolean;
  /** Takes the reports back, where they were handed over. */
  wakeReports(): void;
}

/** The heartbeats of a node as a watcher is shown them, also those that are no events. */
export interface PulseView {
  /** Lease and status are renewed by a rule: nothing but time can change what is seen of them. */
  readonly isBeating: boolean;
  readonly renewals: { seenBy(atMs: number): number | undefined };
  readonly reports: { seenBy(atMs: number): number | undefined };
}

/** What the world does for a candidate for leadership (L-1). */
export interface ElectionSeat {
  /** Name of the lease in kube-system. */
  readonly lease: string;
  /** As it stands in the lease: another one for each life. */
  readonly identity: string;
  /** It gives the lease back when it ends. */
  readonly releases: boolean;
  /** At the beginning of the run there is a leader already, since always; undefined: it has just been started. */
  readonly since: 'leader' | 'standby' | undefined;
  /** A timer for a round: after everything else of its instant. */
  schedule(delayMs: number, run: () => void): Timer;
  /** From now on the controllers run in this process. */
  elected(): void;
  /** It can no longer say that it leads: the process ends, and everything in it. */
  lost(): void;
  /** Called when the process is asked to end. */
  onEnding(listener: () => void): void;
  /** All goes well: the rounds may be left out. Until then, `hush` takes the own timer back; after it one of the `resume`. */
  settle(rounds: Rounds): void;
  /** It is no longer so. */
  stir(): void;
}

export interface CandidateContext extends ComponentContext {
  readonly election: ElectionSeat;
}

export interface KubeletContext extends ComponentContext {
  /** A look at something, for the trace alone: it takes no drawn place in its instant, so that looking changes nothing. */
  lookOn(delayMs: number, run: () => void): void;
  readonly heartbeats: HeartbeatSeat;
  readonly machine: Machine;
  readonly nodeName: string;
  readonly models: PodModels;
  readonly registration: NodeRegistration;
}

/** One process: its name, the rate limit of its API client, and what it does when it starts. */
export interface ComponentDefinition<C extends ComponentContext = ComponentContext> {
  readonly name: string;
  limits(settings: Settings): ClientLimits;
  start(ctx: C): void;
}
