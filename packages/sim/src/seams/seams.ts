/**
 * The five places where the world can be bent, and nothing else of it. A fault gets a `Seams` whose moves are counted
 * for its own step: each move returns its `Lift`, and each time a move changes something it bites (vacuity).
 * Every move is an entry in an ordered rule table; the world asks the tables, it never knows who wrote into them.
 */
import type { ApiFailureReason, ApiRequest, ApiResult, ApiVerb } from '@everynode/core/api/requests';
import type { Kind } from '@everynode/core/api/objects';
import type { Odds } from '../params.ts';
import type { Draw } from '../plan.ts';
import type { ForcedCondition } from './forcedConditions.ts';
import type { Direction } from './link.ts';

/** Undoes exactly one move; lifting twice is a bug of ours and asserts. */
export type Lift = () => void;

/**
 * Which requests or watches a rule is about. A client's name is its component's: `daemonset-controller`,
 * `kubelet/node-3`; or one for several: `kubelet`, `kube-controller-manager` (`meansClient`).
 */
export interface ClientMatch {
  /** Absent: every client. */
  readonly client?: string;
  readonly kind?: Kind;
  readonly verb?: ApiVerb;
  /** At most this many bites; absent: no end. */
  readonly count?: number;
}

/** What the server says beside the reason when it refuses a request. */
export interface FailureWords {
  /** `<name>` stands for the name of the object; absent: what the server says for such a reason. */
  readonly message?: string;
  /** Retry-After: clients repeat the request by themselves (I-14). */
  readonly retryAfterSeconds?: number;
}

/** How a clock is off: set by so many ms (negative: back), and from then on running fast (negative: slow) by this much. */
export interface ClockSkew {
  readonly byMs: number;
  readonly drift?: Odds;
}

export type PressureResource = 'memory' | 'disk' | 'inodes' | 'pids';

/** A user's hand, for what people bring about by and by: requests as client `fault/<step>`, timers, words in the trace. */
export interface Hand {
  nowMs(): number;
  schedule(delayMs: number, run: () => void): void;
  send(request: ApiRequest, done?: (result: ApiResult) => void): void;
  say(message: string): void;
  draw(distribution: Draw): number;
}

export interface Seams {
  readonly api: {
    /** The server answers with a failure and does nothing. */
    fail(match: ClientMatch, reason: ApiFailureReason, odds: Odds, words?: FailureWords): Lift;
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
  /** A name is that of a controller, a kubelet, a replica, or of a group: then the replica that leads is meant. */
  readonly process: {
    /** Kills the process now; the lift starts a new incarnation with empty memory. Writes in flight still land. */
    crash(name: string): Lift;
    /** As `crash`, but asked to end, it gives back the lease that it holds, if it is one that does (L-2). */
    shutDown(name: string): Lift;
    /** Stops the process without killing it; deliveries and timers wait. */
    pause(name: string): Lift;
    /** Stops the work of one controller; the process that it is a part of goes on, and renews its lease. */
    stall(name: string): Lift;
    skewClock(name: string, clock: ClockSkew): Lift;
  };
  readonly machine: {
    /** Everything on the machine stops at once; the lift boots it again, containers restart (K-37). */
    powerOff(node: string): Lift;
    /** The same in good order: a kubelet that is told to may first end its pods (K-50). */
    shutDown(node: string): Lift;
    /** Cuts the control link both ways, or in this direction alone; what runs goes on running (K-38). */
    partition(node: string, direction?: Direction): Lift;
    /** The node's kubelet posts this condition as its own, in place of what it would find (K-5, K-6). */
    forceCondition(node: string, condition: ForcedCondition): Lift;
    /** Fills memory, disk, inodes or process ids beyond the kubelet's eviction threshold. `evict: false` raises the condition only. */
    press(node: string, resource: PressureResource, options: { readonly evict: boolean }): Lift;
    /** The machine is gone for good, and its Node object is not touched; the lift boots another one of the same name. */
    replace(node: string): Lift;
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
  readonly hand: Hand;
  /** Not a seam of its own but a user's hand: deletes matching pods through the API as client `fault/<step>`. */
  readonly deletePods: (node: string, daemonSet: string | undefined, gracePeriodSeconds: number | undefined) => Lift;
}
