/**
 * Initialises nodes that carry the taint uninitialized: asks the cloud, then writes provider id and place and takes the
 * taint off in one write. One worker, so many new nodes wait for one another. Twin: controllers/node. Rules: X-1.
 */
import { findCondition } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import { formatTime } from '@everynode/core/api/time';
import { Workqueue } from '@everynode/core/machinery/workqueue';
import { latencyDraw } from '../engine/latencies.ts';
import { type CloudContext, type CloudInstance, UNINITIALIZED_TAINT } from './cloudInstance.ts';

/** A write that meets a newer object is tried anew: 20 times, 50 ms apart. */
const WRITES_MAX = 20;
const WRITE_PAUSE_MS = 50;

export class CloudControllerInit {
  readonly #ctx: CloudContext;
  readonly #queue: Workqueue;
  readonly #causes = new Map<string, number | undefined>();
  /** Those that still carry the taint, by the cache. */
  readonly #waiting = new Set<string>();
  #isBusy = false;

  constructor(ctx: CloudContext) {
    this.#ctx = ctx;
    this.#queue = new Workqueue(ctx.nowMs());
  }

  seen(node: Node): void {
    const { name } = node.metadata;
    if (!isUninitialized(node)) {
      this.#waiting.delete(name);
      return;
    }
    this.#waiting.add(name);
    if (!this.#queue.has(name)) this.#causes.set(name, this.#ctx.trace.cause);
    this.#queue.add(name);
    this.#pump();
  }

  gone(name: string): void {
    this.#waiting.delete(name);
  }

  #pump(): void {
    if (this.#isBusy) return;
    const name = this.#queue.get(this.#ctx.nowMs());
    if (name === undefined) return;
    this.#isBusy = true;
    this.#ctx.trace.causedBy(this.#causes.get(name), () => this.#initialise(name, (ok) => this.#done(name, ok)));
  }

  #done(name: string, ok: boolean): void {
    this.#isBusy = false;
    if (ok) this.#queue.forget(name);
    else {
      const delayMs = this.#queue.addRateLimited(name, this.#ctx.nowMs());
      this.#ctx.schedule(delayMs, () => this.#pump());
    }
    this.#queue.done(name);
    this.#pump();
  }

  #initialise(name: string, done: (ok: boolean) => void): void {
    if (!this.#waiting.has(name)) {
      done(true);
      return;
    }
    const draw = latencyDraw('cloudCall', this.#ctx.settings.latencyPercent);
    this.#ctx.schedule(this.#ctx.rng('cloud').draw(draw), () => {
      const instance = this.#ctx.cloud.find(name);
      // The cloud does not know it (yet): tried again later.
      if (instance === undefined) done(false);
      else this.#write(name, instance, 1, done);
    });
  }

  /** Reads the node anew, so that nobody's taint gets lost, and writes it whole. */
  #write(name: string, instance: CloudInstance, attempt: number, done: (ok: boolean) => void): void {
    const { send, trace } = this.#ctx;
    send({ verb: 'get', kind: 'Node', key: name }, (got) => {
      if (!got.ok || got.object?.kind !== 'Node') {
        done(!got.ok && got.reason === 'NotFound');
        return;
      }
      const node = got.object;
      if (!isUninitialized(node)) {
        done(true);
        return;
      }
      send({ verb: 'update', object: initialised(node, instance) }, (result) => {
        if (result.ok) {
          trace.apiEvent('Node', node, 'Normal', 'Synced', 'Node synced successfully');
          this.#markRoutes(name, instance, done);
        } else if (result.reason === 'Conflict' && attempt < WRITES_MAX)
          this.#ctx.schedule(WRITE_PAUSE_MS, () => this.#write(name, instance, attempt + 1, done));
        else done(false);
      });
    });
  }

  /** A node without a route is out of use until it has one. */
  #markRoutes(name: string, { needsRoute }: CloudInstance, done: (ok: boolean) => void): void {
    if (!needsRoute) {
      done(true);
      return;
    }
    const now = formatTime(this.#ctx.nowMs());
    const condition = networkCondition('True', 'NoRouteCreated', 'Node created without a route', now);
    const patch = { type: 'strategic', body: { status: { conditions: [condition] } } } as const;
    this.#ctx.send({ verb: 'patch', kind: 'Node', key: name, patch, subresource: 'status' }, (result) =>
      done(result.ok || result.reason === 'NotFound'),
    );
  }
}

/** The condition that says whether the cloud's network reaches the node's pods. */
export function networkCondition(
  status: 'True' | 'False',
  reason: string,
  message: string,
  now: string,
): Readonly<Record<string, string>> {
  return { type: 'NetworkUnavailable', status, reason, message, lastHeartbeatTime: now, lastTransitionTime: now };
}

export function hasNetwork({ status }: Node): boolean {
  return findCondition(status?.conditions, 'NetworkUnavailable')?.status === 'False';
}

function isUninitialized({ spec }: Node): boolean {
  return (spec?.taints ?? []).some(({ key }) => key === UNINITIALIZED_TAINT.key);
}

function initialised(node: Node, { providerId, labels }: CloudInstance): Node {
  const taints = (node.spec?.taints ?? []).filter(({ key }) => key !== UNINITIALIZED_TAINT.key);
  const { taints: _all, ...spec } = node.spec ?? {};
  return {
    ...node,
    metadata: { ...node.metadata, labels: { ...node.metadata.labels, ...labels } },
    spec: { ...spec, providerID: providerId, ...(taints.length === 0 ? {} : { taints }) },
  };
}
