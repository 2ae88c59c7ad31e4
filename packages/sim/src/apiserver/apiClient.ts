/**
 * What a process holds of the API server: its own rate limit, and legs that take time and can be bent. A request that
 * has left lands even if its sender dies; only the answer needs a living receiver. Rules: A-26, I-13, I-14, V-1, V-2.
 */
import type { Kind } from '@everynode/core/api/objects';
import { type ApiFailure, apiFailure, type ApiRequest, type ApiResult } from '@everynode/core/api/requests';
import { TokenBucket } from '@everynode/core/machinery/tokenBucket';
import type { Engine } from '../engine/engine.ts';
import { latencyDraw } from '../engine/latencies.ts';
import type { Rng } from '../engine/rng.ts';
import type { RngStreams } from '../engine/rngStreams.ts';
import type { Draw } from '../plan.ts';
import type { RuleSubject } from '../seams/ruleTable.ts';
import type { Direction } from '../seams/link.ts';
import type { LegRules } from '../seams/worldSeams.ts';
import type { ApiServer } from './apiServer.ts';
import type { ApiServers } from './apiServers.ts';
import { findLoss, refuse, slowDown } from './bentLegs.ts';
import { answerFromCache } from './cachedLists.ts';
import { HEARTBEAT_LEGS } from '../engine/pulse.ts';
import { type Journal, subjectRef } from './journal.ts';
import { isElection, isRead, kindOf, targetOf } from './requestSubject.ts';
import type { WatchHub } from './watchHub.ts';
import type { WatchSink } from './watchStream.ts';

/** What all clients of a run share. */
export interface ClientWorld {
  readonly engine: Engine;
  readonly server: ApiServer;
  readonly hub: WatchHub;
  readonly servers: ApiServers;
  readonly rules: LegRules;
  readonly streams: RngStreams;
  readonly journal: Journal;
  readonly latencyPercent: number;
}

/** `expired`: the client must list again (410). */
export type WatchOutcome = 'open' | 'expired' | 'unanswered';

export interface ClientOptions {
  readonly name: string;
  /** Which life of its process it belongs to; absent: people have one. */
  readonly incarnation?: number;
  /** Absent: people have no rate limit. */
  readonly limits?: { readonly qps: number; readonly burst: number };
  /** After this much silence the client gives up; the server may still carry the request out. */
  readonly timeoutMs: number;
  /** Runs now, later or never, as the life of the process has it. */
  readonly deliver: (run: () => void) => void;
  readonly link: ClientLink;
}

/** Whether what a client sends arrives, and what is sent to it. */
export interface ClientLink {
  canSend(): boolean;
  canHear(): boolean;
  /** A cut link lost something: for the fault's bites. */
  lost(direction: Direction): void;
}

/** The control plane and people have no link that could be cut. */
export const FIRM_LINK: ClientLink = { canSend: () => true, canHear: () => true, lost: () => undefined };

/** One request on its way, over all its attempts. */
interface Call {
  request: ApiRequest;
  readonly subject: RuleSubject;
  readonly done: ((result: ApiResult) => void) | undefined;
  readonly place: 'heartbeat' | undefined;
  attempts: number;
  sentAtMs: number;
  /** The client waits no longer: an answer finds nobody. */
  isGivenUp: boolean;
  /** The server has held it up, until its cache has come far enough. */
  hasWaited: boolean;
}

/** client-go repeats what was refused with Retry-After this often before the caller hears of it (I-14). */
const RETRIES_MAX = 10;
const TIMEOUT_MESSAGE = 'Timeout: request did not complete within requested timeout';
/** Failures that are worth a record even where no fault made them. */
const TELLING: ReadonlySet<string> = new Set([
  'Conflict',
  'Invalid',
  'Forbidden',
  'NamespaceTerminating',
  'AlreadyExists',
  'BadRequest',
]);

export class ApiClient {
  readonly #world: ClientWorld;
  readonly #options: ClientOptions;
  readonly #bucket: TokenBucket | undefined;
  readonly #rng: Rng;
  readonly #latencies: Readonly<Record<'apiRead' | 'apiWrite' | 'bind', Draw>>;

  /** One for each incarnation of a process: a new one starts with a full bucket. */
  constructor(world: ClientWorld, options: ClientOptions) {
    this.#world = world;
    this.#options = options;
    const { limits, name } = options;
    this.#bucket =
      limits && new TokenBucket({ tokens: limits.qps, perMs: 1000, burst: limits.burst }, world.engine.nowMs);
    this.#rng = world.streams.of(`api/${name}`);
    world.servers.connect(name);
    const { latencyPercent } = world;
    this.#latencies = {
      apiRead: latencyDraw('apiRead', latencyPercent),
      apiWrite: latencyDraw('apiWrite', latencyPercent),
      bind: latencyDraw('bind', latencyPercent),
    };
  }

  /** Sends a request when the rate limit allows; `done` gets the answer, or a Timeout failure. */
  send(request: ApiRequest, done?: (result: ApiResult) => void): void {
    this.#attempt(this.#call(request, done, isElection(request) ? 'heartbeat' : undefined));
  }

  /** As `send`, for what says no more than that its sender is alive: no token, no spread, no drawn place. */
  sendHeartbeat(request: ApiRequest, done: (result: ApiResult) => void): void {
    this.#attempt(this.#call(request, done, 'heartbeat'));
  }

  /**
   * Opens a watch from a revision. `opened` gets what came of it; without an answer (cut link) it does so after the
   * timeout.
   */
  openWatch(
    kind: Kind,
    nodeName: string | undefined,
    revision: number,
    sink: WatchSink,
    opened: (outcome: WatchOutcome) => void,
  ): void {
    const { engine, hub } = this.#world;
    const { name: client, incarnation = 1, deliver, link, timeoutMs } = this.#options;
    this.#whenAllowed(() => {
      const legMs = this.#drawLegs(true).requestMs;
      engine.schedule(legMs, client, () => {
        if (link.canSend() && link.canHear()) {
          const isOpen = hub.open({ client, incarnation, kind, nodeName, revision, sink, deliver });
          deliver(() => opened(isOpen ? 'open' : 'expired'));
          return;
        }
        link.lost(link.canSend() ? 'fromServer' : 'toServer');
        engine.schedule(timeoutMs, client, () => deliver(() => opened('unanswered')));
      });
    });
  }

  #call(request: ApiRequest, done: Call['done'], place: Call['place']): Call {
    const subject = { client: this.#options.name, kind: kindOf(request), verb: request.verb };
    return { request, subject, done, place, attempts: 0, sentAtMs: 0, isGivenUp: false, hasWaited: false };
  }

  #attempt(call: Call): void {
    // Heartbeats and elections have clients of their own: they take nobody's token.
    if (call.place === 'heartbeat') this.#leave(call);
    else this.#whenAllowed(() => this.#leave(call));
  }

  /** Waits in line for a token; whoever dies while waiting has sent nothing (I-13). */
  #whenAllowed(run: () => void): void {
    const { engine } = this.#world;
    const { name, deliver } = this.#options;
    const waitMs = this.#bucket === undefined ? 0 : this.#bucket.reserve(engine.nowMs) - engine.nowMs;
    if (waitMs === 0) run();
    else engine.schedule(waitMs, name, () => deliver(run));
  }

  #leave(call: Call): void {
    const { engine } = this.#world;
    call.sentAtMs = engine.nowMs;
    if (!this.#options.link.canSend()) {
      this.#loseOnLink(call, 'toServer');
      return;
    }
    const isBeat = call.place === 'heartbeat';
    const { requestMs, responseMs } = isBeat
      ? HEARTBEAT_LEGS
      : this.#drawLegs(isRead(call.request), call.request.verb === 'bind');
    const { delayMs, slowedBy } = slowDown(this.#world, call.subject);
    const legMs = requestMs + delayMs;
    // A request that is slower than its sender's patience is still carried out, late.
    if (legMs + responseMs > this.#options.timeoutMs) this.#giveUp(call, slowedBy);
    engine.schedule(legMs, 'apiserver', () => this.#arrive(call, responseMs), call.place);
  }

  /** At the server: perhaps it has no seat free. */
  #arrive(call: Call, responseMs: number): void {
    if (!this.#options.link.canSend()) {
      this.#loseOnLink(call, 'toServer');
      return;
    }
    const fairness = this.#world.servers.fairnessFor(this.#options.name);
    if (fairness === undefined) this.#carryOut(call, responseMs);
    else fairness.admit(call.subject, 2 * responseMs, (refusal) => this.#carryOut(call, responseMs, refusal));
  }

  #carryOut(call: Call, responseMs: number, full?: ApiFailure): void {
    const { engine, server } = this.#world;
    const { request, subject } = call;
    const old = full === undefined ? answerFromCache(this.#world, request, subject, call.hasWaited) : undefined;
    if (old !== undefined && 'waitMs' in old) {
      call.hasWaited = true;
      if (request.verb === 'list') call.request = { ...request, atLeast: old.atLeast };
      engine.schedule(old.waitMs, 'apiserver', () => this.#carryOut(call, responseMs), call.place);
      return;
    }
    const refusal = full === undefined ? refuse(this.#world, request, subject) : undefined;
    const rejected = full === undefined ? undefined : { result: full, cause: engine.cause };
    const { result, cause } = rejected ?? refusal ?? old ?? server.handle(this.#options.name, request);
    const failed = result.ok ? undefined : this.#tellFailure(call, result, refusal?.fault);
    engine.withCause(failed ?? cause, () => {
      const lostBy = findLoss(this.#world, subject);
      if (lostBy !== undefined) this.#giveUp(call, lostBy);
      else if (!call.isGivenUp && (call.done !== undefined || !result.ok)) {
        engine.schedule(responseMs, this.#options.name, () => this.#answer(call, result), call.place);
      }
    });
  }

  #answer(call: Call, result: ApiResult): void {
    const { engine } = this.#world;
    const { name, deliver, link } = this.#options;
    if (!link.canHear()) {
      this.#loseOnLink(call, 'fromServer');
      return;
    }
    if (!result.ok && result.retryAfterSeconds !== undefined && call.attempts < RETRIES_MAX) {
      call.attempts += 1;
      call.hasWaited = false;
      engine.schedule(result.retryAfterSeconds * 1000, name, () => deliver(() => this.#attempt(call)));
      return;
    }
    deliver(() => call.done?.(result));
  }

  #loseOnLink(call: Call, direction: Direction): void {
    this.#options.link.lost(direction);
    if (!call.isGivenUp) this.#giveUp(call, undefined);
  }

  /**
   * Nothing will come back: the client hears of it when its patience ends. `fault` is the step that took the answer;
   * what a cut link takes is told at level full alone, since a kubelet without a link asks again every few seconds.
   */
  #giveUp(call: Call, fault: string | undefined): void {
    const { engine, journal } = this.#world;
    const { name, deliver, timeoutMs } = this.#options;
    call.isGivenUp = true;
    const isTold = fault !== undefined || journal.isFull;
    engine.withCause(isTold ? this.#tellLoss(call, fault) : engine.cause, () => {
      const waitMs = Math.max(0, call.sentAtMs + timeoutMs - engine.nowMs);
      const { done } = call;
      if (done === undefined) return;
      engine.schedule(waitMs, name, () => {
        const timeout = apiFailure('Timeout', TIMEOUT_MESSAGE);
        const seq = isTold ? this.#tellFailure(call, timeout, fault) : undefined;
        engine.withCause(seq ?? engine.cause, () => deliver(() => done(timeout)));
      });
    });
  }

  #tellLoss(call: Call, fault: string | undefined): number {
    const { request, subject } = call;
    const data = { verb: request.verb, ...(fault === undefined ? {} : { fault }) };
    const object = subjectRef(subject.kind, targetOf(request));
    return this.#world.journal.event({ type: 'api.answerLost', actor: this.#options.name, object, data });
  }

  /** Writes a failure down if it tells something; returns its seq. */
  #tellFailure(call: Call, { reason, message }: ApiFailure, fault: string | undefined): number | undefined {
    const { journal } = this.#world;
    if (fault === undefined && !TELLING.has(reason) && !journal.isFull) return undefined;
    const { request, subject } = call;
    const data = { verb: request.verb, reason, message, ...(fault === undefined ? {} : { fault }) };
    const object = subjectRef(subject.kind, targetOf(request));
    return journal.event({ type: 'api.failed', actor: this.#options.name, object, data });
  }

  #drawLegs(isRead: boolean, isBind = false): { readonly requestMs: number; readonly responseMs: number } {
    const { apiRead, apiWrite, bind } = this.#latencies;
    const wholeMs = this.#rng.draw(isRead ? apiRead : isBind ? bind : apiWrite);
    const requestMs = Math.trunc(wholeMs / 2);
    return { requestMs, responseMs: wholeMs - requestMs };
  }
}
