/**
 * Removes Nodes whose instance is gone: every five seconds each Node that is not Ready is looked up in the cloud, one
 * after the other. A pass without such a Node is no event. Twin: controllers/nodelifecycle. Rules: N-24, X-7.
 */
import { compareKeys, findCondition } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import { inTurn } from '../engine/inTurn.ts';
import { latencyDraw } from '../engine/latencies.ts';
import { nextTickAtMs } from '../engine/ticks.ts';
import { type CloudContext, instanceOf } from './cloudInstance.ts';

/** --node-monitor-period of the cloud controller manager. */
const PASS_MS = 5000;

export class CloudControllerLifecycle {
  readonly #ctx: CloudContext;
  readonly #rootCause: number | undefined;
  readonly #phaseMs: number;
  /** As the cache has them: not Ready. */
  readonly #suspects = new Map<string, Node>();
  #isScheduled = false;

  constructor(ctx: CloudContext) {
    this.#ctx = ctx;
    this.#rootCause = ctx.trace.cause;
    this.#phaseMs = ctx.rng('lifecycle-phase').below(PASS_MS);
  }

  seen(node: Node): void {
    const isReady = findCondition(node.status?.conditions, 'Ready')?.status === 'True';
    if (isReady) this.#suspects.delete(node.metadata.name);
    else {
      this.#suspects.set(node.metadata.name, node);
      this.#wake();
    }
  }

  gone(name: string): void {
    this.#suspects.delete(name);
  }

  #wake(): void {
    if (this.#isScheduled) return;
    const { nowMs, trace } = this.#ctx;
    this.#isScheduled = true;
    const delayMs = nextTickAtMs(nowMs(), this.#phaseMs, PASS_MS) - nowMs();
    trace.causedBy(this.#rootCause, () => this.#ctx.schedule(delayMs, () => this.#pass()));
  }

  #pass(): void {
    const suspects = [...this.#suspects.values()].sort((a, b) => compareKeys(a.metadata.name, b.metadata.name));
    inTurn(
      this.#ctx.order(suspects),
      (node, next) => this.#look(node, next),
      () => {
        this.#isScheduled = false;
        if (this.#suspects.size > 0) this.#wake();
      },
    );
  }

  #look(node: Node, next: () => void): void {
    const { cloud, rng, settings, trace } = this.#ctx;
    const draw = latencyDraw('cloudCall', settings.latencyPercent);
    this.#ctx.schedule(rng('cloud').draw(draw), () => {
      if (instanceOf(cloud, node) !== undefined) {
        next();
        return;
      }
      const { name } = node.metadata;
      const why = `Deleting node ${name} because it does not exist in the cloud provider`;
      trace.apiEvent('Node', node, 'Normal', 'DeletingNode', why);
      this.#ctx.send({ verb: 'delete', kind: 'Node', key: name }, () => next());
    });
  }
}
