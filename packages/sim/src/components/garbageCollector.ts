/**
 * Deletes what has lost its owner, and carries out foreground and orphan deletion of owners.
 * Twin: pkg/controller/garbagecollector. Rules: A-14…A-16, DS-D1, DS-D2, K-1 (leases of deleted nodes).
 */
import { isTerminating, keyOf, type ObjectKey, objectKey, type OwnerReference } from '@everynode/core/api/meta';
import { type ApiObject, KINDS, objectRef } from '@everynode/core/api/objects';
import type { ApiRequest } from '@everynode/core/api/requests';
import { Workqueue } from '@everynode/core/machinery/workqueue';
import { drawLatency } from '../engine/latencies.ts';
import type { Rng } from '../engine/rng.ts';
import type { ComponentContext, ComponentDefinition, Informer } from './component.ts';
import { collectLease, isGone, leaseKey } from './garbageCollectorLease.ts';

/** --concurrent-gc-syncs. */
const WORKERS = 20;
const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';
/** Kinds that own or are owned, apart from leases: those follow their node without being watched. */
const GRAPH_KINDS = ['DaemonSet', 'Pod', 'ControllerRevision'] as const;
type GraphKind = (typeof GRAPH_KINDS)[number];

export const garbageCollector: ComponentDefinition = {
  name: 'garbage-collector',
  limits: ({ kubeApiQps, kubeApiBurst }) => ({ qps: kubeApiQps, burst: kubeApiBurst }),
  start: (ctx) => new Collector(ctx).start(),
};

/** One item of work: an object whose owners are to be looked at, or an owner that is being deleted. */
type Work = { readonly kind: GraphKind | 'Lease'; readonly key: ObjectKey; readonly cause: number | undefined };

class Collector {
  readonly #ctx: ComponentContext;
  readonly #queue: Workqueue;
  readonly #informers = new Map<GraphKind, Informer<GraphKind>>();
  readonly #dependents = new Map<string, Set<string>>();
  readonly #work = new Map<string, Work>();
  /** Owners that a live GET did not find; saves asking for every dependent of one owner. */
  readonly #absentOwners = new Set<string>();
  readonly #latency: Rng;
  #busy = 0;
  #wakesAtMs: number | undefined;

  constructor(ctx: ComponentContext) {
    this.#ctx = ctx;
    this.#queue = new Workqueue(ctx.nowMs());
    this.#latency = ctx.rng('latency');
  }

  start(): void {
    for (const kind of GRAPH_KINDS) {
      const informer = this.#ctx.watch(kind, {
        added: (object) => this.#seen(kind, object),
        updated: (before, after) => {
          this.#forget(kind, before);
          this.#seen(kind, after);
        },
        deleted: (object) => this.#gone(kind, object),
        synced: () => this.#pump(),
      });
      this.#informers.set(kind, informer);
    }
    this.#ctx.watch('Node', { deleted: ({ metadata }) => this.#enqueueLater('Lease', leaseKey(metadata.name)) });
  }

  #seen(kind: GraphKind, object: ApiObject): void {
    const id = idOf(kind, keyOf(object));
    for (const { uid } of object.metadata.ownerReferences ?? []) {
      const dependents = this.#dependents.get(uid);
      if (dependents === undefined) this.#dependents.set(uid, new Set([id]));
      else dependents.add(id);
    }
    if (isTerminating(object) && hasFinalizer(object)) this.#enqueue(kind, keyOf(object));
    else if (this.#isDangling(object)) this.#enqueueLater(kind, keyOf(object));
  }

  #forget(kind: GraphKind, object: ApiObject): void {
    for (const { uid } of object.metadata.ownerReferences ?? [])
      this.#dependents.get(uid)?.delete(idOf(kind, keyOf(object)));
  }

  #gone(kind: GraphKind, object: ApiObject): void {
    this.#forget(kind, object);
    const { uid = '' } = object.metadata;
    for (const id of this.#dependents.get(uid) ?? []) {
      const [dependentKind, key] = splitId(id);
      this.#enqueueLater(dependentKind, key);
    }
    // The last dependent of an owner that waits for it: look at the owner again.
    for (const owner of object.metadata.ownerReferences ?? []) {
      const waiting = this.#cachedOwner(object, owner);
      if (waiting !== undefined && isTerminating(waiting)) this.#enqueue(waiting.kind as GraphKind, keyOf(waiting));
    }
  }

  /** Some owner is not in the cache. Only a live answer decides. */
  #isDangling(object: ApiObject): boolean {
    const owners = (object.metadata.ownerReferences ?? []).filter(({ kind }) => isGraphKind(kind));
    return owners.length > 0 && owners.every((owner) => this.#cachedOwner(object, owner) === undefined);
  }

  #cachedOwner(object: ApiObject, owner: OwnerReference): ApiObject | undefined {
    if (!isGraphKind(owner.kind)) return undefined;
    const found = this.#informers.get(owner.kind)?.get(objectKey(object.metadata.namespace, owner.name));
    return found?.metadata.uid === owner.uid ? found : undefined;
  }

  /** The controller needs a moment to hear of it and to get to it (V-20). */
  #enqueueLater(kind: GraphKind | 'Lease', key: ObjectKey): void {
    const delayMs = drawLatency(this.#latency, 'garbageCollection', this.#ctx.settings.latencyPercent);
    this.#ctx.schedule(delayMs, () => this.#enqueue(kind, key));
  }

  #enqueue(kind: GraphKind | 'Lease', key: ObjectKey): void {
    const id = idOf(kind, key);
    if (!this.#queue.has(id)) this.#work.set(id, { kind, key, cause: this.#ctx.trace.cause });
    this.#queue.add(id);
    this.#pump();
  }

  #pump(): void {
    if (![...this.#informers.values()].every(({ hasSynced }) => hasSynced)) return;
    while (this.#busy < WORKERS) {
      const id = this.#queue.get(this.#ctx.nowMs());
      if (id === undefined) break;
      const work = this.#work.get(id);
      if (work === undefined || !this.#needsWork(work)) this.#queue.done(id);
      else this.#begin(id, work);
    }
    this.#sleepUntilNext();
  }

  /** Asked again when its turn comes: at a start, objects may be seen before the list of their owners has come. */
  #needsWork({ kind, key }: Work): boolean {
    if (kind === 'Lease') return true;
    const object = this.#informers.get(kind)?.get(key);
    return object !== undefined && (isTerminating(object) ? hasFinalizer(object) : this.#isDangling(object));
  }

  #begin(id: string, work: Work): void {
    this.#busy += 1;
    const finished = (ok: boolean): void => {
      this.#busy -= 1;
      if (ok) this.#queue.forget(id);
      else this.#queue.addRateLimited(id, this.#ctx.nowMs());
      this.#queue.done(id);
      this.#pump();
    };
    this.#ctx.trace.causedBy(work.cause, () => {
      if (work.kind === 'Lease') collectLease(this.#ctx, work.key, finished);
      else this.#collect(work.kind, work.key, finished);
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

  #collect(kind: GraphKind, key: ObjectKey, finished: (ok: boolean) => void): void {
    this.#ctx.send({ verb: 'get', kind, key }, (result) => {
      if (!result.ok || result.object === undefined) finished(isGone(result));
      else if (isTerminating(result.object)) this.#finishOwner(kind, result.object, finished);
      else this.#checkOwners(kind, result.object, finished);
    });
  }

  /** Deletes the object if none of its owners is there any more. */
  #checkOwners(kind: GraphKind, object: ApiObject, finished: (ok: boolean) => void): void {
    const owners = (object.metadata.ownerReferences ?? []).filter((owner) => isGraphKind(owner.kind));
    const next = (at: number): void => {
      const owner = owners[at];
      if (owner === undefined) {
        if (owners.length === 0) finished(true);
        else this.#remove(kind, object, finished);
        return;
      }
      if (this.#absentOwners.has(owner.uid)) {
        next(at + 1);
        return;
      }
      const ownerKind = owner.kind as GraphKind;
      const key = objectKey(object.metadata.namespace, owner.name);
      this.#ctx.send({ verb: 'get', kind: ownerKind, key }, (result) => {
        if (!result.ok && result.reason !== 'NotFound') finished(false);
        else if (result.ok && result.object?.metadata.uid === owner.uid) finished(true);
        else {
          this.#absentOwners.add(owner.uid);
          next(at + 1);
        }
      });
    };
    next(0);
  }

  #remove(kind: GraphKind, object: ApiObject, finished: (ok: boolean) => void): void {
    const { uid = '' } = object.metadata;
    const request: ApiRequest = {
      verb: 'delete',
      kind,
      key: keyOf(object),
      preconditions: { uid },
      propagation: 'Background',
    };
    this.#ctx.send(request, (result) => finished(isGone(result)));
  }

  /** Foreground: first the dependents, then the owner. Orphan: first the references, then the owner. */
  #finishOwner(kind: GraphKind, owner: ApiObject, finished: (ok: boolean) => void): void {
    const { uid = '', finalizers = [] } = owner.metadata;
    const dependents = [...(this.#dependents.get(uid) ?? [])].map(splitId);
    if (finalizers.includes(ORPHAN)) {
      this.#sendAll(
        dependents.map(([dependentKind, key]) => orphanRequest(dependentKind, key, uid)),
        (ok) => (ok ? this.#dropFinalizer(kind, owner, ORPHAN, finished) : finished(false)),
      );
    } else if (finalizers.includes(FOREGROUND)) {
      const blocking = dependents.filter(([dependentKind, key]) => this.#blocks(dependentKind, key, uid));
      if (blocking.length === 0) {
        this.#dropFinalizer(kind, owner, FOREGROUND, finished);
        return;
      }
      const live = blocking.filter(([dependentKind, key]) => !this.#isTerminating(dependentKind, key));
      this.#sendAll(
        live.map(([dependentKind, key]) => ({ verb: 'delete', kind: dependentKind, key })),
        finished,
      );
    } else finished(true);
  }

  #blocks(kind: GraphKind, key: ObjectKey, ownerUid: string): boolean {
    const references = this.#informers.get(kind)?.get(key)?.metadata.ownerReferences ?? [];
    return references.some(({ uid, blockOwnerDeletion }) => uid === ownerUid && blockOwnerDeletion === true);
  }

  #isTerminating(kind: GraphKind, key: ObjectKey): boolean {
    const object = this.#informers.get(kind)?.get(key);
    return object !== undefined && isTerminating(object);
  }

  #dropFinalizer(kind: GraphKind, owner: ApiObject, finalizer: string, finished: (ok: boolean) => void): void {
    const { resourceVersion } = owner.metadata;
    const finalizers = (owner.metadata.finalizers ?? []).filter((each) => each !== finalizer);
    const patch = { type: 'merge', body: { metadata: { finalizers } } } as const;
    const preconditions = resourceVersion === undefined ? {} : { preconditions: { resourceVersion } };
    this.#ctx.send({ verb: 'patch', kind, key: keyOf(owner), patch, ...preconditions }, (result) =>
      finished(isGone(result)),
    );
  }

  #sendAll(requests: readonly ApiRequest[], finished: (ok: boolean) => void): void {
    let open = requests.length;
    let isGood = true;
    if (open === 0) finished(true);
    for (const request of requests) {
      this.#ctx.send(request, (result) => {
        isGood &&= isGone(result);
        open -= 1;
        if (open === 0) finished(isGood);
      });
    }
  }
}

function orphanRequest(kind: GraphKind, key: ObjectKey, ownerUid: string): ApiRequest {
  const body = { metadata: { ownerReferences: [{ $patch: 'delete', uid: ownerUid }] } };
  return { verb: 'patch', kind, key, patch: { type: 'strategic', body } };
}

function hasFinalizer(object: ApiObject): boolean {
  return (object.metadata.finalizers ?? []).some((each) => each === FOREGROUND || each === ORPHAN);
}

function isGraphKind(kind: string): kind is GraphKind {
  return (GRAPH_KINDS as readonly string[]).includes(kind);
}

function idOf(kind: GraphKind | 'Lease', key: ObjectKey): string {
  return objectRef(kind, key);
}

/** `pod/ns/name` back into kind and key. */
function splitId(id: string): readonly [GraphKind, ObjectKey] {
  const slash = id.indexOf('/');
  const short = id.slice(0, slash);
  const kind = GRAPH_KINDS.find((each) => KINDS[each].short === short) ?? 'Pod';
  return [kind, id.slice(slash + 1)];
}
