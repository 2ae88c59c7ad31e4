/**
 * What one reconcile may read, and what it tells about itself. The simulation, a unit test and a live driver each
 * provide one; the generator in `sync.ts` knows nothing else of the world.
 * Twin: daemon_controller.go DaemonSetsController. Rules: DS-0.1, DS-Q11.
 */
import type { ControllerRevision, DaemonSet } from '../api/daemonSet.ts';
import type { ObjectKey } from '../api/meta.ts';
import type { Kind } from '../api/objects.ts';
import type { Pod } from '../api/pod.ts';
import type { ApiRequest, ApiResult, Lister } from '../api/requests.ts';
import type { Backoff } from '../machinery/backoff.ts';
import type { Consistency } from '../machinery/consistency.ts';
import type { Expectation, Expectations } from '../machinery/expectations.ts';
import type { Profile } from '../profile.ts';
import type { DecisionOf } from './decisions.ts';
import type { Fleet } from './fleet.ts';
import type { NodeStateIndex } from './nodeStateIndex.ts';

/** All reads come from the controller's caches, which may be old; live reads are requests that the generator yields. */
export interface SyncContext {
  readonly profile: Profile;
  readonly daemonSets: Lister<'DaemonSet'>;
  readonly nodes: Lister<'Node'>;
  readonly expectations: Expectations;
  readonly failedPodsBackoff: Backoff;
  /** The sync notes here what its writes got back; the component tells it what its informers have delivered (DS-Q14). */
  readonly consistency: Consistency;
  /** The controller's clock, which may be skewed; an instant of `api/time.ts`. */
  nowMs(): number;
  podsInNamespace(namespace: string): readonly Pod[];
  revisionsInNamespace(namespace: string): readonly ControllerRevision[];
  /**
   * States of the nodes for a DaemonSet, kept by whoever hears of changes; absent: every pass walks over the caches.
   * Must be absent where `order` is not the identity.
   */
  readonly nodeStates?: (key: ObjectKey) => NodeStateIndex;
  /** Tests: every answer of the index is compared with a walk over the caches. */
  readonly comparesFleets?: boolean;
  /** Identity by default; a seeded shuffle where Go has no order (DS-S10). */
  order<T>(list: readonly T[]): readonly T[];
  enqueueAfter(key: ObjectKey, delayMs: number): void;
  /** Hands an ApiEvent about the DaemonSet to the event recorder (DS-P11). */
  recordEvent(ds: DaemonSet, type: 'Normal' | 'Warning', reason: string, message: string): void;
  /** Tells trace and laws what a pass saw and decided; called before its requests are yielded. */
  observe(pass: SyncPass): void;
}

/**
 * What every pass saw. The objects are immutable; the fleet answers for that moment alone, so it has to be asked before
 * the pass goes on.
 */
export interface PassView {
  readonly ds: DaemonSet;
  /** Label value of the current revision; empty in a pass that has none. */
  readonly hash: string;
  /** Nodes, and claimed pods by target node, terminal + terminating ones left out (DS-M1). */
  readonly fleet: PassFleet;
  /** The controller's clock at that moment: what its judgements of availability went by. */
  readonly nowMs: number;
}

export type PassFleet = Pick<Fleet, 'podsByNode' | 'touched' | 'allNodes' | 'nodeOf'>;

interface WorkingPass extends PassView {
  /** Node names, already cut to the burst (DS-S1). */
  readonly createOn: readonly string[];
  readonly deletePods: readonly Pod[];
  /** Nodes that the pass acts on, would act on, or leaves in backoff. */
  readonly concerned: ReadonlySet<string>;
  /** Why a node stands as it stands; undefined for a name that neither is a node nor holds a pod. */
  readonly decisionOf: DecisionOf;
}

export type SyncPass =
  | (WorkingPass & { readonly pass: 'manage' })
  | (WorkingPass & {
      readonly pass: 'rollingUpdate';
      readonly desired: number;
      readonly maxUnavailable: number;
      readonly maxSurge: number;
      /** As the walk counted them before it chose: DS-U7 (delete-first), DS-U13 (surge). */
      readonly numUnavailable: number;
      readonly numSurge: number;
      /** Creations and deletions still unseen when the pass began; absent without a record (DS-S11). */
      readonly outstanding: Expectation | undefined;
    })
  /** The gate was shut: creations or deletions asked for earlier have not shown up yet (DS-S11). */
  | {
      readonly pass: 'gated';
      readonly ds: DaemonSet;
      readonly adds: number;
      readonly dels: number;
      readonly sinceMs: number;
    }
  /** The cache of this kind has not caught up with the controller's own writes: nothing is done (DS-Q14). */
  | { readonly pass: 'stale'; readonly ds: DaemonSet; readonly kind: Kind };

/** How a sync ended; `requeue` asks for a rate-limited retry (DS-0.1 step 12). */
export type SyncOutcome = { readonly ok: true } | { readonly ok: false; readonly error: string };

/** Yields batches of requests to be sent at once; resumes with one result for each, in the same order. */
export type Sync<T = SyncOutcome> = Generator<readonly ApiRequest[], T, readonly ApiResult[]>;
