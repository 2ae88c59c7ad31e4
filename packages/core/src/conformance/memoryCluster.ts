/**
 * An API server without latency, and a controller whose caches are never old: enough to run `syncDaemonSet` in
 * conformance cases and in unit tests. What is created is there at once, what is deleted is gone at once.
 */
import type { ControllerRevision, DaemonSet } from '../api/daemonSet.ts';
import { compareKeys, keyOf, type ObjectKey } from '../api/meta.ts';
import type { ApiObject, Kind, ObjectOfKind } from '../api/objects.ts';
import { applyPatch } from '../api/patch.ts';
import type { Pod } from '../api/pod.ts';
import { apiFailure, type ApiRequest, type ApiResult, type Lister } from '../api/requests.ts';
import { formatTime } from '../api/time.ts';
import { NodeStateIndexes } from '../daemonset/nodeStateIndexes.ts';
import { syncDaemonSet } from '../daemonset/sync.ts';
import type { SyncContext, SyncOutcome, SyncPass } from '../daemonset/syncContext.ts';
import { Backoff } from '../machinery/backoff.ts';
import { Consistency } from '../machinery/consistency.ts';
import { Expectations } from '../machinery/expectations.ts';
import { type Profile } from '../profile.ts';

export interface RecordedEvent {
  readonly type: string;
  readonly reason: string;
  readonly message: string;
}

/** What a caller may change about the server: a failure instead of the answer, or nothing. */
export type Interceptor = (request: ApiRequest) => ApiResult | undefined;

export interface ClusterOptions {
  readonly profile: Profile;
  readonly nowMs: number;
  readonly backoff?: Backoff;
  /** False: creations and deletions never come back as watch events. */
  readonly watchDelivers?: boolean;
  /** True by default: what the index of nodes answers is compared with a walk over them, at every step of every sync. */
  readonly comparesFleets?: boolean;
}

export class MemoryCluster {
  readonly #objects = new Map<Kind, Map<ObjectKey, ApiObject>>();
  readonly #options: ClusterOptions;
  readonly #listed = new Map<Kind, readonly ApiObject[]>();
  readonly expectations: Expectations = new Expectations();
  readonly consistency: Consistency = new Consistency();
  readonly backoff: Backoff;
  /** Every request of the controller since the last `takeRequests`, with its answer. */
  #requests: { readonly request: ApiRequest; readonly result: ApiResult }[] = [];
  #events: RecordedEvent[] = [];
  #passes: SyncPass[] = [];
  #timers: { readonly key: ObjectKey; readonly atMs: number }[] = [];
  readonly #states = new NodeStateIndexes();
  #revision = 0;
  #podCount = 0;
  intercept: Interceptor = () => undefined;
  nowMs: number;

  constructor(options: ClusterOptions) {
    this.#options = options;
    this.nowMs = options.nowMs;
    this.backoff = options.backoff ?? new Backoff();
  }

  get profile(): Profile {
    return this.#options.profile;
  }

  put(object: ApiObject): void {
    this.#revision += 1;
    this.#listed.delete(object.kind);
    this.#table(object.kind).set(keyOf(object), object);
    if (object.kind === 'Pod') this.#states.podChanged(object);
    if (object.kind === 'Node') this.#states.nodeChanged(object);
    this.consistency.readAt(object.kind, this.#revision);
  }

  remove(kind: Kind, key: ObjectKey): void {
    this.#revision += 1;
    this.#listed.delete(kind);
    const last = this.#table(kind).get(key);
    if (last?.kind === 'Pod') this.#states.podGone(last);
    if (last?.kind === 'Node') this.#states.nodeGone(key);
    this.#table(kind).delete(key);
  }

  get<K extends Kind>(kind: K, key: ObjectKey): ObjectOfKind[K] | undefined {
    return this.#table(kind).get(key) as ObjectOfKind[K] | undefined;
  }

  list<K extends Kind>(kind: K): readonly ObjectOfKind[K][] {
    let listed = this.#listed.get(kind);
    if (listed === undefined) {
      listed = [...this.#table(kind)].sort(([a], [b]) => compareKeys(a, b)).map(([, object]) => object);
      this.#listed.set(kind, listed);
    }
    return listed as readonly ObjectOfKind[K][];
  }

  /** Runs one whole sync; every answer and every watch event comes at once. */
  sync(key: ObjectKey): SyncOutcome {
    const sync = syncDaemonSet(key, this.context());
    let step = sync.next();
    while (step.done !== true) step = sync.next(step.value.map((request) => this.#answer(request)));
    return step.value;
  }

  context(): SyncContext {
    const lister = <K extends Kind>(kind: K): Lister<K> => ({
      get: (key) => this.get(kind, key),
      list: () => this.list(kind),
    });
    const inNamespace = <K extends 'Pod' | 'ControllerRevision'>(
      kind: K,
      namespace: string,
    ): readonly ObjectOfKind[K][] =>
      this.list(kind).filter((object) => (object.metadata.namespace ?? '') === namespace);
    return {
      profile: this.profile,
      daemonSets: lister('DaemonSet'),
      nodes: lister('Node'),
      expectations: this.expectations,
      failedPodsBackoff: this.backoff,
      consistency: this.consistency,
      nowMs: () => this.nowMs,
      podsInNamespace: (namespace): readonly Pod[] => inNamespace('Pod', namespace),
      revisionsInNamespace: (namespace): readonly ControllerRevision[] => inNamespace('ControllerRevision', namespace),
      nodeStates: (key) => this.#states.of(key),
      comparesFleets: this.#options.comparesFleets ?? true,
      order: (list) => list,
      enqueueAfter: (key, delayMs) => this.#timers.push({ key, atMs: this.nowMs + delayMs }),
      recordEvent: (_ds: DaemonSet, type, reason, message) => this.#events.push({ type, reason, message }),
      observe: (pass) => this.#passes.push(pass),
    };
  }

  takeRequests(): readonly { readonly request: ApiRequest; readonly result: ApiResult }[] {
    const taken = this.#requests;
    this.#requests = [];
    return taken;
  }

  takeEvents(): readonly RecordedEvent[] {
    const taken = this.#events;
    this.#events = [];
    return taken;
  }

  takePasses(): readonly SyncPass[] {
    const taken = this.#passes;
    this.#passes = [];
    return taken;
  }

  /** Delayed enqueues since the last call. */
  takeTimers(): readonly { readonly key: ObjectKey; readonly atMs: number }[] {
    const taken = this.#timers;
    this.#timers = [];
    return taken;
  }

  #answer(request: ApiRequest): ApiResult {
    const result = this.intercept(request) ?? this.#apply(request);
    this.#requests.push({ request, result });
    return result;
  }

  #apply(request: ApiRequest): ApiResult {
    switch (request.verb) {
      case 'create':
        return this.#create(request.object);
      case 'get': {
        const object = this.get(request.kind, request.key);
        return object === undefined ? notFound(request.key) : { ok: true, object };
      }
      case 'update':
        return this.#replace(request.object, (_stored, given) => given);
      case 'updateStatus':
        return this.#replace(request.object, withStatusOf);
      case 'patch': {
        const stored = this.get(request.kind, request.key);
        if (stored === undefined) return notFound(request.key);
        return this.#replace(applyPatch<ApiObject>(stored, request.patch), (_stored, given) => given);
      }
      case 'delete': {
        const object = this.get(request.kind, request.key);
        if (object === undefined) return notFound(request.key);
        this.remove(request.kind, request.key);
        const owner = object.metadata.ownerReferences?.[0];
        if (object.kind === 'Pod' && owner !== undefined) this.#observe(object, owner.name, 'deletion');
        return { ok: true };
      }
      default:
        return apiFailure('BadRequest', `${request.verb} is not served here`);
    }
  }

  #create(given: ApiObject): ApiResult {
    const { metadata } = given;
    this.#podCount += 1;
    const name =
      metadata.name === '' ? `${metadata.generateName ?? ''}${String(this.#podCount).padStart(5, '0')}` : metadata.name;
    const object = this.#stamped({ ...given, metadata: { ...metadata, name } }, this.#podCount);
    if (this.get(object.kind, keyOf(object)) !== undefined) {
      return apiFailure('AlreadyExists', `${object.kind} ${JSON.stringify(name)} already exists`);
    }
    this.put(object);
    const owner = object.metadata.ownerReferences?.[0];
    if (object.kind === 'Pod' && owner !== undefined) this.#observe(object, owner.name, 'creation');
    return { ok: true, object };
  }

  #stamped(object: ApiObject, count: number): ApiObject {
    const { metadata } = object;
    const uid = metadata.uid ?? `uid-${object.kind.toLowerCase()}-${count}`;
    const stamps = { uid, creationTimestamp: formatTime(this.nowMs), resourceVersion: String(this.#revision + 1) };
    return { ...object, metadata: { ...metadata, ...stamps } };
  }

  #replace(given: ApiObject, merge: (stored: ApiObject, given: ApiObject) => ApiObject): ApiResult {
    const stored = this.get(given.kind, keyOf(given));
    if (stored === undefined) return notFound(keyOf(given));
    const merged = merge(stored, given);
    const metadata = { ...merged.metadata, resourceVersion: String(this.#revision + 1) };
    const object = { ...merged, metadata } as ApiObject;
    this.put(object);
    return { ok: true, object };
  }

  #observe(pod: Pod, ownerName: string, what: 'creation' | 'deletion'): void {
    if (this.#options.watchDelivers === false) return;
    const key = `${pod.metadata.namespace ?? ''}/${ownerName}`;
    if (what === 'creation') this.expectations.creationObserved(key);
    else this.expectations.deletionObserved(key);
  }

  #table(kind: Kind): Map<ObjectKey, ApiObject> {
    let table = this.#objects.get(kind);
    if (table === undefined) {
      table = new Map();
      this.#objects.set(kind, table);
    }
    return table;
  }
}

function notFound(key: ObjectKey): ApiResult {
  return apiFailure('NotFound', `${JSON.stringify(key)} not found`);
}

/** A status write touches the status alone. */
function withStatusOf(stored: ApiObject, given: ApiObject): ApiObject {
  return { ...stored, ...('status' in given ? { status: given.status } : {}) } as ApiObject;
}
