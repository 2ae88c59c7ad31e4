/**
 * Registers the node and keeps its status told: computed every ten seconds, written when it differs or when the last
 * report is five minutes old. Rounds in which nothing can have changed are no events. Rules: K-2…K-5, K-35, K-40, X-1.
 */
import { type Condition, findCondition } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import type { ApiResult } from '@everynode/core/api/requests';
import { HEARTBEAT_LEGS } from '../engine/pulse.ts';
import { nextTickAtMs } from '../engine/ticks.ts';
import type { KubeletContext, Timer } from './component.ts';
import { flipReasons, isSameStatus, newNode, type NodeState, nodeConditions } from './kubeletNodeStatus.ts';

const UPDATE_MS = 10_000;
const REPORT_MS = 300_000;
/** A report is due so long after the answer to the last one, in a round: so every 31st round brings one. */
const PERIOD_MS = REPORT_MS + UPDATE_MS;
const ROUND_TRIP_MS = HEARTBEAT_LEGS.requestMs + HEARTBEAT_LEGS.responseMs;
const ATTEMPTS_MAX = 5;
/** Registration is tried again after 100 ms, doubled up to 7 s. */
const REGISTER_FIRST_MS = 100;
const REGISTER_MAX_MS = 7000;

export interface StatusOptions {
  readonly ctx: KubeletContext;
  /** The Node in this kubelet's cache. */
  readonly cached: () => Node | undefined;
  readonly state: () => NodeState;
}

export class KubeletStatus {
  readonly #options: StatusOptions;
  readonly #phaseMs: number;
  /** Conditions as this kubelet reported them last. Nodes that are there already have been reported before the run. */
  #reported: readonly Condition[];
  #reportedAtMs: number;
  #isUnderway = false;
  #timer: { readonly timer: Timer; readonly atMs: number } | undefined;
  /** Reports come by a rule for now (`HeartbeatSeat`). */
  #isResting = false;

  constructor(options: StatusOptions) {
    this.#options = options;
    const { ctx } = options;
    const rng = ctx.rng('node-status');
    this.#phaseMs = rng.below(UPDATE_MS);
    const { existing } = ctx.registration;
    this.#reported = existing ? nodeConditions(options.state(), [], ctx.nowMs()) : [];
    // They have been reporting for long, each in its own rhythm.
    this.#reportedAtMs = ctx.nowMs() - (existing ? rng.below(REPORT_MS) : 0);
  }

  /** Posts the Node, or takes over the one of that name, which `registered` then gets; from then on there are reports. */
  register(registered: (known: Node | undefined) => void): void {
    const { ctx, state } = this.#options;
    const attempt = (pauseMs: number): void => {
      const retry = (): void => void ctx.schedule(pauseMs, () => attempt(Math.min(2 * pauseMs, REGISTER_MAX_MS)));
      const conditions = nodeConditions(state(), [], ctx.nowMs());
      ctx.send({ verb: 'create', object: newNode(ctx.nodeName, ctx.registration, conditions) }, (result) => {
        if (result.ok) {
          this.#noteReport(conditions);
          registered(undefined);
        } else if (result.reason === 'AlreadyExists') this.#takeOver(registered, retry);
        else retry();
      });
    };
    attempt(REGISTER_FIRST_MS);
  }

  /** Waits for the next report that is due anyway, or leaves the reports to come to a rule. */
  begin(): void {
    const { heartbeats, machine } = this.#options.ctx;
    const nextAtMs = nextTickAtMs(this.#reportedAtMs + REPORT_MS, this.#phaseMs, UPDATE_MS, true);
    const conditions = this.#reported.map(({ type }) => type);
    const resume = (delayMs: number, lastAtMs: number | undefined): void => this.#resume(delayMs, lastAtMs);
    // What a fault lets the kubelet say is posted with every report.
    const isItsOwn = machine.forcedConditions.length + machine.leftOverConditions.length === 0;
    this.#isResting =
      isItsOwn &&
      this.#timer === undefined &&
      heartbeats.restReports({ nextAtMs, periodMs: PERIOD_MS, conditions, resume });
    if (!this.#isResting) this.#wakeAt(nextAtMs, true);
  }

  /** Something that the status tells of has changed: the next round will find it. */
  changed(): void {
    this.#wakeAt(nextTickAtMs(this.#options.ctx.nowMs(), this.#phaseMs, UPDATE_MS));
  }

  /** As after the start, when the kubelet does not wait for its round to say that it is ready (K-35). */
  syncNow(): void {
    this.#wakeAt(this.#options.ctx.nowMs());
  }

  /** The watch shows the Node: where somebody else has changed its conditions, they are told again (K-4). */
  seen(node: Node): void {
    if (this.#reported.length > 0 && !isSameStatus(this.#reported, node.status?.conditions)) this.changed();
  }

  #resume(delayMs: number, lastAtMs: number | undefined): void {
    this.#isResting = false;
    if (lastAtMs !== undefined) this.#reportedAtMs = lastAtMs + ROUND_TRIP_MS;
    this.#wakeAt(this.#options.ctx.nowMs() + delayMs, true);
  }

  /**
   * Up to 1.33 each round compares with the server's Node instead of the one of the watch. That makes a difference where
   * the watch stood still and the server was out of reach: the next round is the first one to find it (K-4).
   */
  heardAgain(): void {
    const { ctx, state } = this.#options;
    if (ctx.profile.nodeStatusFromInformer) return;
    const inMs = nextTickAtMs(ctx.nowMs(), this.#phaseMs, UPDATE_MS) - ctx.nowMs();
    ctx.schedule(inMs, () =>
      ctx.send({ verb: 'get', kind: 'Node', key: ctx.nodeName }, (got) => {
        if (!got.ok || got.object?.kind !== 'Node' || this.#isUnderway) return;
        const stored = got.object.status?.conditions ?? [];
        const conditions = nodeConditions(state(), stored, ctx.nowMs());
        if (!isSameStatus(conditions, stored)) this.#write(conditions, stored, 1, false);
      }),
    );
  }

  #takeOver(registered: (known: Node | undefined) => void, retry: () => void): void {
    const { ctx } = this.#options;
    ctx.send({ verb: 'get', kind: 'Node', key: ctx.nodeName }, (got) => {
      if (!got.ok || got.object?.kind !== 'Node') {
        retry();
        return;
      }
      registered(got.object);
      this.syncNow();
    });
  }

  /** `isBeat`: that round will be there only to say that nothing has changed. */
  #wakeAt(atMs: number, isBeat = false): void {
    const { ctx } = this.#options;
    if (this.#isResting) ctx.heartbeats.wakeReports();
    if (this.#timer !== undefined && this.#timer.atMs <= atMs) return;
    if (this.#timer !== undefined) ctx.cancel(this.#timer.timer);
    const delayMs = Math.max(0, atMs - ctx.nowMs());
    const run = (): void => {
      this.#timer = undefined;
      this.#round();
    };
    const timer = isBeat ? ctx.heartbeats.schedule(delayMs, run) : ctx.schedule(delayMs, run);
    this.#timer = { timer, atMs };
  }

  #round(): void {
    const { ctx, cached, state } = this.#options;
    if (this.#isUnderway) return;
    const stored = cached()?.status?.conditions;
    const conditions = nodeConditions(state(), stored ?? this.#reported, ctx.nowMs());
    const isDue = ctx.nowMs() - this.#reportedAtMs >= REPORT_MS;
    const isSame = ctx.machine.leftOverConditions.length === 0 && isSameStatus(conditions, stored);
    if (isDue || !isSame) this.#write(conditions, stored, 1, isSame);
    else this.begin();
  }

  #write(
    conditions: readonly Condition[],
    stored: readonly Condition[] | undefined,
    attempt: number,
    isBeat: boolean,
  ): void {
    const { ctx, cached } = this.#options;
    this.#isUnderway = true;
    const { machine } = ctx;
    const isForced = machine.forcedConditions.length + machine.leftOverConditions.length > 0;
    const taken = isForced ? takenBack(machine.leftOverConditions, conditions) : [];
    const patch = { type: 'strategic', body: { status: { conditions: [...conditions, ...taken] } } } as const;
    const request = { verb: 'patch', kind: 'Node', key: ctx.nodeName, patch, subresource: 'status' } as const;
    const answered = (result: ApiResult): void => {
      this.#isUnderway = false;
      if (result.ok) {
        if (isForced) machine.forcedConditionsPosted();
        const node = cached();
        for (const reason of node === undefined ? [] : flipReasons(stored, conditions)) {
          ctx.trace.apiEvent('Node', node as Node, 'Normal', reason, `Node ${ctx.nodeName} status is now: ${reason}`);
        }
        this.#noteReport(conditions);
        if (!isSameStatus(nodeConditions(this.#options.state(), conditions, ctx.nowMs()), conditions)) this.changed();
      } else if (attempt < ATTEMPTS_MAX && result.reason !== 'Timeout' && result.reason !== 'NotFound') {
        this.#write(conditions, stored, attempt + 1, isBeat);
      } else this.changed();
    };
    if (isBeat) ctx.heartbeats.send(request, answered);
    else ctx.send(request, answered);
  }

  #noteReport(conditions: readonly Condition[]): void {
    this.#reported = conditions;
    this.#reportedAtMs = this.#options.ctx.nowMs();
    this.begin();
  }
}

/** Conditions that are not the kubelet's own vanish with the fault that had it post them. */
function takenBack(
  leftOver: readonly string[],
  posted: readonly Condition[],
): readonly { readonly type: string; readonly $patch: 'delete' }[] {
  const isPosted = (type: string): boolean => findCondition(posted, type) !== undefined;
  return leftOver.filter((type) => !isPosted(type)).map((type) => ({ type, $patch: 'delete' }));
}
