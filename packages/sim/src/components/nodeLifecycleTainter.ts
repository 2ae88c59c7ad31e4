/**
 * Hands out NoExecute taints zone by zone at the pace that each zone allows. Upstream looks ten times a second; here a
 * look is an event only when some queue may give a node. Twin: doNoExecuteTaintingPass. Rules: N-10…N-12, N-22.
 */
import { compareKeys, findCondition } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import { inTurn } from '../engine/inTurn.ts';
import { nextTickAtMs } from '../engine/ticks.ts';
import type { ComponentContext, Informer, Timer } from './component.ts';
import { hasTaint, NOT_READY_TAINT, swapTaints, UNREACHABLE_TAINT } from './nodeLifecycleTaints.ts';
import { zoneOf, ZoneTaintQueue } from './nodeLifecycleZones.ts';

const LOOK_EVERY_MS = 100;
const BOTH_TAINTS = [UNREACHABLE_TAINT, NOT_READY_TAINT];

export class NodeLifecycleTainter {
  readonly #ctx: ComponentContext;
  readonly #nodes: Informer<'Node'>;
  readonly #queues = new Map<string, ZoneTaintQueue>();
  /** Which record asked for a node's taint. */
  readonly #causes = new Map<string, number | undefined>();
  readonly #phaseMs: number;
  #timer: { readonly timer: Timer; readonly atMs: number } | undefined;
  #isLooking = false;

  constructor(ctx: ComponentContext, nodes: Informer<'Node'>) {
    this.#ctx = ctx;
    this.#nodes = nodes;
    this.#phaseMs = ctx.rng('taint-phase').below(LOOK_EVERY_MS);
  }

  /** A zone that is seen for the first time gets a queue with a full bucket. */
  addZone(zone: string): void {
    if (!this.#queues.has(zone)) this.#queues.set(zone, new ZoneTaintQueue(this.#ctx.nowMs()));
  }

  isQueued(nodeName: string): boolean {
    return this.#causes.has(nodeName);
  }

  setPace(zone: string, paceMs: number | undefined): void {
    this.#queues.get(zone)?.setPace(paceMs, this.#ctx.nowMs());
    this.#sleep();
  }

  /** Not ready: the right NoExecute taint, at once if only the other one must be swapped, else in its turn (N-10). */
  markForTainting(node: Node, observed: string): void {
    const [wanted, opposite] =
      observed === 'False' ? [NOT_READY_TAINT, UNREACHABLE_TAINT] : [UNREACHABLE_TAINT, NOT_READY_TAINT];
    if (hasTaint(node, opposite, 'NoExecute')) {
      swapTaints(this.#ctx, node, { add: [wanted], remove: [opposite] }, 'NoExecute', () => undefined);
      return;
    }
    const { name } = node.metadata;
    const queue = this.#queues.get(zoneOf(node));
    // Each pass puts a node that still lacks its taint behind those that were put in earlier.
    if (!hasTaint(node, wanted, 'NoExecute')) queue?.remove(name);
    queue?.add(name, this.#ctx.nowMs());
    if (!this.#causes.has(name)) this.#causes.set(name, this.#ctx.trace.cause);
    this.#sleep();
  }

  /** Ready: both NoExecute taints go, each in a write of its own, and nothing waits any more (N-11). */
  markReachable(node: Node, done: () => void = () => undefined): void {
    const { name } = node.metadata;
    this.#queues.get(zoneOf(node))?.remove(name);
    this.#causes.delete(name);
    const remove = (key: string, next: () => void): void =>
      swapTaints(this.#ctx, node, { add: [], remove: [key] }, 'NoExecute', next);
    inTurn(BOTH_TAINTS, remove, done);
  }

  #sleep(): void {
    if (this.#isLooking) return;
    const waiting = [...this.#queues.values()].map((queue) => queue.nextAtMs()).filter((atMs) => atMs !== undefined);
    if (waiting.length === 0) return;
    const nowMs = this.#ctx.nowMs();
    const atMs = nextTickAtMs(Math.max(nowMs, Math.min(...waiting)), this.#phaseMs, LOOK_EVERY_MS, true);
    if (this.#timer !== undefined && this.#timer.atMs <= atMs) return;
    if (this.#timer !== undefined) this.#ctx.cancel(this.#timer.timer);
    this.#timer = { atMs, timer: this.#ctx.schedule(atMs - nowMs, () => this.#look()) };
  }

  #look(): void {
    this.#timer = undefined;
    this.#isLooking = true;
    const zones = this.#ctx.order([...this.#queues.keys()].sort(compareKeys));
    const drain = (zone: string, next: () => void): void => {
      const queue = this.#queues.get(zone);
      if (queue === undefined) next();
      else this.#drain(queue, next);
    };
    inTurn(zones, drain, () => {
      this.#isLooking = false;
      this.#sleep();
    });
  }

  /** Takes nodes as long as tokens last. */
  #drain(queue: ZoneTaintQueue, done: () => void): void {
    const nodeName = queue.take(this.#ctx.nowMs());
    if (nodeName === undefined) {
      done();
      return;
    }
    const finished = (ok: boolean): void => {
      if (ok) queue.finish(nodeName);
      else queue.defer(nodeName, this.#ctx.nowMs() + 1);
      if (ok) this.#causes.delete(nodeName);
      this.#drain(queue, done);
    };
    this.#ctx.trace.causedBy(this.#causes.get(nodeName) ?? this.#ctx.trace.cause, () =>
      this.#taint(nodeName, finished),
    );
  }

  /** Judges by the cache anew: a node that is gone or Ready again needs nothing. */
  #taint(nodeName: string, finished: (ok: boolean) => void): void {
    const node = this.#nodes.get(nodeName);
    const status = findCondition(node?.status?.conditions, 'Ready')?.status;
    if (node === undefined || (status !== 'False' && status !== 'Unknown')) {
      finished(true);
      return;
    }
    const [add, remove] =
      status === 'False' ? [NOT_READY_TAINT, UNREACHABLE_TAINT] : [UNREACHABLE_TAINT, NOT_READY_TAINT];
    swapTaints(this.#ctx, node, { add: [add], remove: [remove] }, 'NoExecute', finished);
  }
}
