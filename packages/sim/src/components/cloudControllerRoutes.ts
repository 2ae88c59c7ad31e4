/**
 * Makes routes to nodes whose cloud wants them, every ten seconds for all that have none, and says so in the condition
 * NetworkUnavailable. A round without such a node is no event. Twin: controllers/route. Rules: X-3.
 */
import type { Node } from '@everynode/core/api/node';
import { formatTime } from '@everynode/core/api/time';
import { latencyDraw } from '../engine/latencies.ts';
import { nextTickAtMs } from '../engine/ticks.ts';
import { hasNetwork, networkCondition } from './cloudControllerInit.ts';
import type { CloudContext } from './cloudInstance.ts';

/** --route-reconciliation-period. */
const ROUND_MS = 10_000;

export class CloudControllerRoutes {
  readonly #ctx: CloudContext;
  readonly #rootCause: number | undefined;
  readonly #phaseMs: number;
  readonly #missing = new Set<string>();
  readonly #underWay = new Set<string>();
  #isScheduled = false;

  constructor(ctx: CloudContext) {
    this.#ctx = ctx;
    this.#rootCause = ctx.trace.cause;
    this.#phaseMs = ctx.rng('route-phase').below(ROUND_MS);
  }

  seen(node: Node): void {
    const { name } = node.metadata;
    if (this.#ctx.cloud.find(name)?.needsRoute !== true || hasNetwork(node)) {
      this.#missing.delete(name);
      return;
    }
    this.#missing.add(name);
    this.#wake();
  }

  gone(name: string): void {
    this.#missing.delete(name);
  }

  #wake(): void {
    if (this.#isScheduled) return;
    const { nowMs, trace } = this.#ctx;
    this.#isScheduled = true;
    const delayMs = nextTickAtMs(nowMs(), this.#phaseMs, ROUND_MS) - nowMs();
    trace.causedBy(this.#rootCause, () => this.#ctx.schedule(delayMs, () => this.#round()));
  }

  /** All at once: a cloud makes many routes beside one another. */
  #round(): void {
    this.#isScheduled = false;
    for (const name of this.#missing) this.#make(name);
    if (this.#missing.size > 0) this.#wake();
  }

  #make(name: string): void {
    if (this.#underWay.has(name)) return;
    this.#underWay.add(name);
    const { rng, settings, cloud } = this.#ctx;
    this.#ctx.schedule(rng('routes').draw(latencyDraw('routeCreate', settings.latencyPercent)), () => {
      this.#underWay.delete(name);
      if (!this.#missing.has(name) || cloud.find(name) === undefined) return;
      const now = formatTime(this.#ctx.nowMs());
      const condition = networkCondition('False', 'RouteCreated', 'RouteController created a route', now);
      const patch = { type: 'strategic', body: { status: { conditions: [condition] } } } as const;
      this.#ctx.send({ verb: 'patch', kind: 'Node', key: name, patch, subresource: 'status' });
    });
  }
}
