/**
 * The five places where the world can be bent, and nothing else of it. A fault gets a `Seams` whose moves are counted
 * for its own step: each move returns its `Lift`, and each time a move changes something it bites (vacuity).
 * Every move is an entry in an ordered rule table; the world asks the tables, it never knows who wrote into them.
 */
import type { ApiFailureReason, ApiVerb } from '@everynode/core/api/requests';
import type { Kind } from '@everynode/core/api/objects';
import type { Odds } from '../params.ts';
import type { Draw } from '../plan.ts';

/** Undoes exactly one move; lifting twice is a bug of ours and asserts. */
export type Lift = () => void;

/** Which requests or watches a rule is about. A client's name is its component's: `daemonset-controller`, `kubelet/node-3`. */
export interface ClientMatch {
  /** Absent: every client. */
  readonly client?: string;
  readonly kind?: Kind;
  readonly verb?: ApiVerb;
  /** At most this many bites; absent: no end. */
  readonly count?: number;
}

export type PressureResource = 'memory' | 'disk';

export interface Seams {
  readonly api: {
    /** The server answers with a failure and does nothing. */
    fail(match: ClientMatch, reason: ApiFailureReason, odds: Odds, message?: string): Lift;
    /** Each request takes this much longer on its way to the server. */
    delay(match: ClientMatch, delay: Draw): Lift;
    /** The request is applied and its answer never arrives: the client sees a timeout after 60 s. */
    loseResponse(match: ClientMatch, odds: Odds): Lift;
  };
  readonly watch: {
    /** Each event waits this much longer; the order of a stream is kept. */
    delay(match: ClientMatch, delay: Draw): Lift;
    /** Closes the streams now: the informers list again (410). */
    cut(match: ClientMatch): Lift;
    /** Answers lists that take any cached state with the state of `behindMs` ago, as a lagging API server does (A-19, I-1). */
    serveOld(match: ClientMatch, behindMs: number): Lift;
  };
  readonly process: {
    /** Kills the process now; the lift starts a new incarnation with empty memory. Writes in flight still land. */
    crash(name: string): Lift;
    /** Stops the process without killing it; deliveries and timers wait. */
    pause(name: string): Lift;
    skewClock(name: string, skewMs: number): Lift;
  };
  readonly machine: {
    /** Everything on the machine stops at once; the lift boots it again, containers restart (K-37). */
    powerOff(node: string): Lift;
    /** The same in good order: a kubelet that is told to may first end its pods (K-50). */
    shutDown(node: string): Lift;
    /** Cuts the control link both ways; what runs goes on running (K-38). */
    partition(node: string): Lift;
    /** Fills memory or disk beyond the kubelet's eviction threshold. `evict: false` raises the condition only. */
    press(node: string, resource: PressureResource, options: { readonly evict: boolean }): Lift;
    /** Pulls of matching images fail; absent: every image. */
    failImagePull(node: string, image: string | undefined, message: string): Lift;
    /** Pulls of matching images take so much longer; absent: every image. */
    slowImagePull(node: string, image: string | undefined, delay: Draw): Lift;
    /** The registry serves at most so many pulls at a time, over all nodes; the others wait in their order. */
    limitRegistry(concurrency: number): Lift;
    /** Matching containers exit with this code so long after each start, and those that run so long from now on. */
    crashContainers(
      node: string,
      which: { readonly daemonSet: string | undefined; readonly container: string | undefined },
      after: Draw,
      exitCode: number,
    ): Lift;
    /** The containers of matching running pods exit now with this code (DS key or absent for all). */
    killPods(node: string, daemonSet: string | undefined, exitCode: number): Lift;
  };
  /** Not a seam of its own but a user's hand: deletes matching pods through the API as client `fault/<step>`. */
  readonly deletePods: (node: string, daemonSet: string | undefined, gracePeriodSeconds: number | undefined) => Lift;
}
