/**
 * Deletes what has lost its owner, and carries out foreground and orphan deletion of owners.
 * Twin: pkg/controller/garbagecollector. Rules: A-14…A-16, DS-D1, DS-D2, K-1 (leases of deleted nodes).
 */
import { keyOf, type ObjectKey } from '@everynode/core/api/meta';
import { type ApiObject, objectRef } from '@everynode/core/api/objects';
import { Workqueue } from '@everynode/core/machinery/workqueue';
import { drawLatency } from '../engine/latencies.ts';
import type { Rng } from '../engine/rng.ts';
import type { ComponentContext, ComponentDefinition } from './component.ts';
import {
  GRAPH_KINDS,
  type GraphItem,
  type GraphKind,
  isOrphaning,
  isWaiting,
  OwnerGraph,
} from './garbageCollectorGraph.ts';
import { blocks, collectItem, itemFor, type ItemScope } from './garbageCollectorItem.ts';
import { collectLease, leaseKey } from './garbageCollectorLease.ts';

/** --concurrent-gc-syncs. */
const WORKERS = 20;

export const garbageCollector: ComponentDefinition = {
  name: 'garbage-collector',
  limits: ({ kubeApiQps, kubeApiBurst }) => ({ qps: kubeApiQps, burst: kubeApiBurst }),
  start: (ctx) => new Collector(ctx).start(),
};

/** An object whose owners are to be looked at, or an owner that is being deleted; or the lease of a node. */
type WorkItem = GraphItem | { readonly kind: 'Lease'; readonly key: ObjectKey };

class Collector {
  readonly #ctx: ComponentContext;
  readonly #queue: Workqueue;
  readonly #graph = new OwnerGraph();
  readonly #scope: ItemScope;
  readonly #work = new Map<string, { readonly item: WorkItem; readonly cause: number | undefined }>();
  readonly #latency: Rng;
  #busy = 0;
  #wakesAtMs: number | undefined;

  constructor(ctx: ComponentContext) {
    this.#ctx = ctx;
    this.#queue = new Workqueue(ctx.nowMs());
    this.#latency = ctx.rng('latency');
    const enqueue = (item: GraphItem): void => this.#enqueue(item);
    this.#scope = { ctx, graph: this.#graph, absentOwners: new Set(), enqueue };
  }

  start(): void {
    for (const kind of GRAPH_KINDS) {
      const informer = this.#ctx.watch(kind, {
        added: (object) => this.#seen(kind, object),
        updated: (before, after) => {
          this.#graph.remove(kind, before);
          this.#seen(kind, after);
          this.#wakeReleased(before, after);
        },
        deleted: (object) => this.#gone(kind, object),
        synced: () => this.#pump(),
      });
      this.#graph.addInformer(kind, informer);
    }
    this.#ctx.watch('Node', {
      deleted: ({ metadata }) => this.#enqueueLater({ kind: 'Lease', key: leaseKey(metadata.name) }),
    });
  }

  #seen(kind: GraphKind, object: ApiObject): void {
    this.#graph.add(kind, object);
    const item = { kind, key: keyOf(object) };
    if (isWaiting(object) || isOrphaning(object)) this.#enqueue(item);
    else if (this.#graph.needsLook(object)) this.#enqueueLater(item);
  }

  #gone(kind: GraphKind, object: ApiObject): void {
    this.#graph.remove(kind, object);
    for (const item of this.#graph.dependentsOf(object.metadata.uid ?? '')) this.#enqueueLater(item);
    // The last dependent of an owner that waits for it: look at the owner again.
    this.#wake(this.#graph.waitingOwnersOf(object));
  }

  /** Owners that the object does not hold up any more, though it is still there. */
  #wakeReleased(before: ApiObject, after: ApiObject): void {
    const released = this.#graph
      .waitingOwnersOf(before)
      .filter(({ metadata: { uid = '' } }) => blocks(before, uid) && !blocks(after, uid));
    this.#wake(released);
  }

  #wake(owners: readonly ApiObject[]): void {
    for (const owner of owners) {
      const item = itemFor(owner);
      if (item !== undefined) this.#enqueue(item);
    }
  }

  /** The controller needs a moment to hear of it and to get to it (V-20). */
  #enqueueLater(item: WorkItem): void {
    const delayMs = drawLatency(this.#latency, 'garbageCollection', this.#ctx.settings.latencyPercent);
    this.#ctx.schedule(delayMs, () => this.#enqueue(item));
  }

  #enqueue(item: WorkItem): void {
    const id = objectRef(item.kind, item.key);
    if (!this.#queue.has(id)) this.#work.set(id, { item, cause: this.#ctx.trace.cause });
    this.#queue.add(id);
    this.#pump();
  }

  #pump(): void {
    if (!this.#graph.hasSynced) return;
    while (this.#busy < WORKERS) {
      const id = this.#queue.get(this.#ctx.nowMs());
      if (id === undefined) break;
      const work = this.#work.get(id);
      if (work === undefined || !this.#needsWork(work.item)) this.#queue.done(id);
      else this.#begin(id, work.item, work.cause);
    }
    this.#sleepUntilNext();
  }

  /** Asked again when its turn comes: at a start, objects may be seen before the list of their owners has come. */
  #needsWork(item: WorkItem): boolean {
    if (item.kind === 'Lease') return true;
    const object = this.#graph.get(item);
    return object !== undefined && this.#graph.needsLook(object);
  }

  #begin(id: string, item: WorkItem, cause: number | undefined): void {
    this.#busy += 1;
    const finished = (ok: boolean): void => {
      this.#busy -= 1;
      if (ok) this.#queue.forget(id);
      else this.#queue.addRateLimited(id, this.#ctx.nowMs());
      this.#queue.done(id);
      this.#pump();
    };
    this.#ctx.trace.causedBy(cause, () => {
      if (item.kind === 'Lease') collectLease(this.#ctx, item.key, finished);
      else collectItem(item, this.#scope, finished);
    });
  }

  #sleepUntilNext(): void {
    const atMs = this.#queue.nextReadyAtMs();
    if (atMs === undefined || (this.#wakesAtMs !== undefined && this.#wakesAtMs <= atMs)) return;
    this.#wakesAtMs = atMs;
    this.#ctx.schedule(Math.max(0, atMs - this.#ctx.nowMs()), () => {
      this.#wakesAtMs = undefined;
      this.#pump();
    });
  }
}
