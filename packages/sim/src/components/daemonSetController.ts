/**
 * The DaemonSet controller as a process: informers wake keys, workers run core's reconcile on what the caches show.
 * Twin: pkg/controller/daemon/daemon_controller.go Run, runWorker. Rules: DS-Q1…DS-Q14, DS-S11…DS-S16.
 */
import type { ObjectKey } from '@everynode/core/api/meta';
import type { Kind } from '@everynode/core/api/objects';
import type { Lister } from '@everynode/core/api/requests';
import {
  daemonSetAdded,
  daemonSetDeleted,
  daemonSetUpdated,
  type HandlerCaches,
  type HandlerEffects,
  nodeAdded,
  nodeUpdated,
  podAdded,
  podDeleted,
  podUpdated,
  revisionAdded,
  revisionDeleted,
  revisionUpdated,
} from '@everynode/core/daemonset/handlers';
import { nodeWorkKeys } from '@everynode/core/daemonset/nodeEvents';
import { NodeStateIndexes } from '@everynode/core/daemonset/nodeStateIndexes';
import { syncDaemonSet } from '@everynode/core/daemonset/sync';
import type { SyncContext } from '@everynode/core/daemonset/syncContext';
import { Backoff } from '@everynode/core/machinery/backoff';
import { Consistency } from '@everynode/core/machinery/consistency';
import { Expectations } from '@everynode/core/machinery/expectations';
import { latencyDraw } from '../engine/latencies.ts';
import type { ComponentContext, ComponentDefinition, Informer, InformerHandlers } from './component.ts';
import { ControllerQueue, type Wake } from '../informer/controllerQueue.ts';
import { driveSync, newSyncMemory, type SyncMemory, SyncTrace } from './daemonSetControllerSync.ts';

/** Upstream drops expired backoff entries once a minute; here whenever a sync finds that a minute has passed. */
const BACKOFF_GC_MS = 60_000;

export const daemonSetController: ComponentDefinition = {
  name: 'daemonset-controller',
  limits: ({ kubeApiQps, kubeApiBurst }) => ({ qps: kubeApiQps, burst: kubeApiBurst }),
  start: (ctx) => new DaemonSetController(ctx).start(),
};

interface Caches {
  readonly daemonSets: Informer<'DaemonSet'>;
  readonly nodes: Informer<'Node'>;
  readonly pods: Informer<'Pod'>;
  readonly revisions: Informer<'ControllerRevision'>;
}

/** All that the process remembers; a restart begins with none of it (L-4). */
class DaemonSetController {
  readonly #ctx: ComponentContext;
  readonly #expectations = new Expectations();
  readonly #failedPodsBackoff = new Backoff();
  readonly #consistency = new Consistency();
  readonly #memories = new Map<ObjectKey, SyncMemory>();
  /** By DaemonSet; absent where the order of nodes and pods is drawn, which only a walk over them can follow. */
  readonly #states: NodeStateIndexes | undefined;
  readonly #queue: ControllerQueue;
  readonly #nodeQueue: ControllerQueue;
  #caches: Caches | undefined;
  #backoffGcAtMs = 0;

  constructor(ctx: ComponentContext) {
    this.#ctx = ctx;
    this.#states = ctx.isOrderDrawn ? undefined : new NodeStateIndexes();
    const workers = ctx.settings.concurrentDaemonSetSyncs;
    const rng = ctx.rng('queue');
    const pickUp = latencyDraw('queuePickUp', ctx.settings.latencyPercent);
    const ready = (): boolean =>
      this.#caches !== undefined && Object.values(this.#caches).every(({ hasSynced }) => hasSynced);
    this.#queue = new ControllerQueue(ctx, {
      workers,
      drawServiceMs: () => ctx.settings.daemonSetSyncTime + rng.draw(pickUp),
      ready,
      work: (key, wake, done) => this.#sync(key, wake, done),
    });
    this.#nodeQueue = new ControllerQueue(ctx, {
      workers,
      drawServiceMs: () => rng.draw(pickUp),
      ready,
      work: (nodeName, _wake, done) => this.#syncNode(nodeName, done),
    });
  }

  start(): void {
    const ctx = this.#ctx;
    const synced = (): void => {
      this.#nodeQueue.pump();
      this.#queue.pump();
    };
    const daemonSetHandlers: InformerHandlers<'DaemonSet'> = {
      added: (ds) => this.#apply(daemonSetAdded(ds)),
      updated: (before, after) => this.#apply(daemonSetUpdated(before, after)),
      deleted: (ds) => this.#apply(daemonSetDeleted(ds)),
      synced,
    };
    // All informers of the controller manager resync, but the handlers of the others ignore an object that is the same.
    const daemonSets: Informer<'DaemonSet'> = ctx.watch('DaemonSet', daemonSetHandlers, { resyncs: true });
    const caches: HandlerCaches = { profile: ctx.profile, daemonSets: this.#unordered(daemonSets) };
    const pods = ctx.watch('Pod', {
      // Indexes hear of a change before its effects: a sync that those start finds them up to date.
      added: (pod) => {
        this.#states?.podChanged(pod);
        this.#apply(podAdded(pod, caches));
      },
      updated: (before, after) => {
        this.#states?.podChanged(after);
        this.#apply(podUpdated(before, after, caches));
      },
      deleted: (pod) => {
        this.#states?.podGone(pod);
        this.#apply(podDeleted(pod, caches));
      },
      synced,
    });
    const revisions = ctx.watch('ControllerRevision', {
      added: (revision) => this.#apply(revisionAdded(revision, caches)),
      updated: (before, after) => this.#apply(revisionUpdated(before, after, caches)),
      deleted: (revision) => this.#apply(revisionDeleted(revision, caches)),
      synced,
    });
    const nodes = ctx.watch('Node', {
      added: (node) => {
        this.#states?.nodeChanged(node);
        this.#apply(nodeAdded(node, caches));
      },
      updated: (before, after) => {
        this.#states?.nodeChanged(after);
        this.#apply(nodeUpdated(before, after, caches));
      },
      deleted: (node) => this.#states?.nodeGone(node.metadata.name),
      synced,
    });
    this.#caches = { daemonSets, pods, revisions, nodes };
  }

  /** Upstream's lister ranges over a map: which of several DaemonSets is woken first is open (DS-S10). */
  #unordered(daemonSets: Informer<'DaemonSet'>): Lister<'DaemonSet'> {
    return { get: (key) => daemonSets.get(key), list: () => this.#ctx.order(daemonSets.list()) };
  }

  #apply(effects: HandlerEffects): void {
    for (const each of effects) {
      switch (each.effect) {
        case 'enqueue':
          this.#queue.add(each.key);
          break;
        case 'enqueueAfter':
          this.#queue.addAfter(each.key, each.delayMs);
          break;
        case 'enqueueNode':
          this.#nodeQueue.add(each.nodeName);
          break;
        case 'creationObserved':
          this.#expectations.creationObserved(each.key);
          break;
        case 'deletionObserved':
          this.#expectations.deletionObserved(each.key);
          break;
        case 'forget':
          this.#expectations.forget(each.key);
          this.#consistency.forget(each.key, each.uid);
          this.#memories.delete(each.key);
          this.#states?.forget(each.key);
          break;
      }
    }
  }

  #syncNode(nodeName: string, done: (ok: boolean) => void): void {
    const caches = this.#caches;
    if (caches !== undefined) {
      const { profile } = this.#ctx;
      const daemonSets = this.#unordered(caches.daemonSets);
      const keys = nodeWorkKeys(caches.nodes.get(nodeName), caches.pods.byNode(nodeName), { profile, daemonSets });
      for (const key of keys) this.#queue.add(key);
    }
    done(true);
  }

  #sync(key: ObjectKey, wake: Wake, done: (ok: boolean) => void): void {
    const caches = this.#caches;
    if (caches === undefined) {
      done(true);
      return;
    }
    this.#beforeSync(caches);
    const trace = new SyncTrace(this.#ctx, key, wake, this.#memoryOf(key));
    const sync = syncDaemonSet(key, this.#syncContext(caches, trace));
    driveSync(this.#ctx, sync, trace, (outcome) => {
      trace.ended(outcome, this.#queue.failures(key));
      this.#ctx.trace.causedBy(trace.cause, () => done(outcome.ok));
    });
  }

  /** What upstream's informers and goroutines do beside the workers: the versions read so far, and old entries. */
  #beforeSync(caches: Caches): void {
    const read: readonly (readonly [Kind, number])[] = [
      ['Pod', caches.pods.lastRevision],
      ['DaemonSet', caches.daemonSets.lastRevision],
      ['ControllerRevision', caches.revisions.lastRevision],
      ['Node', caches.nodes.lastRevision],
    ];
    for (const [kind, revision] of read) this.#consistency.readAt(kind, revision);
    const nowMs = this.#ctx.nowMs();
    if (nowMs - this.#backoffGcAtMs < BACKOFF_GC_MS) return;
    this.#backoffGcAtMs = nowMs;
    this.#failedPodsBackoff.gc(nowMs);
  }

  #memoryOf(key: ObjectKey): SyncMemory {
    const known = this.#memories.get(key);
    if (known !== undefined) return known;
    const memory = newSyncMemory();
    this.#memories.set(key, memory);
    return memory;
  }

  #syncContext({ daemonSets, nodes, pods, revisions }: Caches, trace: SyncTrace): SyncContext {
    const ctx = this.#ctx;
    const states = this.#states;
    return {
      ...(states === undefined ? {} : { nodeStates: (key: ObjectKey) => states.of(key) }),
      comparesFleets: ctx.comparesFleets,
      profile: ctx.profile,
      daemonSets,
      nodes,
      expectations: this.#expectations,
      failedPodsBackoff: this.#failedPodsBackoff,
      consistency: this.#consistency,
      nowMs: () => ctx.nowMs(),
      podsInNamespace: (namespace) => pods.byNamespace(namespace),
      revisionsInNamespace: (namespace) => revisions.byNamespace(namespace),
      order: (list) => ctx.order(list),
      enqueueAfter: (key, delayMs) => this.#queue.addAfter(key, delayMs),
      recordEvent: (ds, type, reason, message) => {
        ctx.trace.causedBy(trace.cause, () => ctx.trace.apiEvent('DaemonSet', ds, type, reason, message));
      },
      observe: (pass) => trace.observe(pass),
    };
  }
}
