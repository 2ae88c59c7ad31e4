/** Carries out requests one at a time, in the order of their arrival, and writes down what they changed. */
import { assertNever } from '@everynode/core/assert';
import { splitKey } from '@everynode/core/api/meta';
import type { Kind, ObjectOfKind } from '@everynode/core/api/objects';
import type { ApiRequest, ApiResult } from '@everynode/core/api/requests';
import type { Profile } from '@everynode/core/profile';
import type { Engine } from '../engine/engine.ts';
import type { RngStreams } from '../engine/rngStreams.ts';
import type { Plan } from '../plan.ts';
import { remove } from './deletion.ts';
import { evict } from './eviction.ts';
import { notFound } from './failures.ts';
import { boundNode, type Journal } from './journal.ts';
import type { CommitRecorder, ObjectStore } from './objectStore.ts';
import { finalize, removeCollection, removeNamespace } from './namespaceLifecycle.ts';
import { bind, create, patch, update } from './writes.ts';
import type { WriteScope } from './writeScope.ts';

export interface ApiServerOptions {
  readonly engine: Engine;
  readonly store: ObjectStore;
  readonly journal: Journal;
  readonly streams: RngStreams;
  readonly profile: Profile;
  /** The cluster's own priority classes, and how many objects there may be. */
  readonly plan: Pick<Plan, 'priorityClasses' | 'limits'>;
}

/** Who writes what nobody asked for, such as the usage of a quota. */
const SERVER = 'apiserver';

/** What came of a request. */
export interface Answer {
  readonly result: ApiResult;
  /** Record of the write, or of what led to a request that wrote nothing. */
  readonly cause: number | undefined;
}

export class ApiServer {
  readonly #options: ApiServerOptions;

  constructor(options: ApiServerOptions) {
    this.#options = options;
  }

  /** A list from a cache that is `behindMs` old; the cause of the answer is that of the request. */
  listFromCache(
    kind: Kind,
    nodeName: string | undefined,
    behindMs: number,
  ): { readonly result: ApiResult; readonly isOld: boolean } {
    const { store, engine } = this.#options;
    const { items, revision } = store.listAsOf(kind, engine.nowMs - behindMs);
    const own = nodeName === undefined ? items : items.filter((item) => boundNode(kind, item) === nodeName);
    return { result: { ok: true, list: { items: own, resourceVersion: revision } }, isOld: revision < store.revision };
  }

  revisionAt(kind: Kind, atMs: number): number {
    return this.#options.store.revisionAt(kind, atMs);
  }

  writtenAtMs(kind: Kind, revision: number): number {
    return this.#options.store.writtenAtMs(kind, revision);
  }

  /** Carries out a request of `client` now. */
  handle(client: string, request: ApiRequest): Answer {
    const { engine, store, journal, plan } = this.#options;
    const objectsMax = plan.limits.objects;
    const before = store.revision;
    const written: { cause: number | undefined } = { cause: engine.cause };
    const result = this.#carryOut(request, (commit) => {
      written.cause = journal.commit(client, commit);
      return written.cause;
    });
    if (store.revision > before && store.size > objectsMax) {
      engine.limitReached(`${store.size} objects are stored, ${objectsMax} may be; ${client} made the last one`);
    }
    return { result, cause: written.cause };
  }

  #carryOut(request: ApiRequest, record: CommitRecorder): ApiResult {
    switch (request.verb) {
      case 'get':
        return this.#get(request.kind, request.key);
      case 'list':
        return this.#list(request.kind, request.nodeName, request.namespace);
      case 'create':
        return create(request, this.#scope(record));
      case 'update':
      case 'updateStatus':
        return update(request, this.#scope(record));
      case 'patch':
        return patch(request, this.#scope(record));
      case 'delete':
        return request.kind === 'Namespace'
          ? removeNamespace(request, this.#scope(record))
          : remove(request, this.#scope(record));
      case 'deleteCollection':
        return removeCollection(request, this.#scope(record));
      case 'finalize':
        return finalize(request, this.#scope(record));
      case 'bind':
        return bind(request, this.#scope(record));
      case 'evict':
        return evict(request, this.#scope(record));
      default:
        return assertNever(request);
    }
  }

  #get(kind: Kind, key: string): ApiResult {
    const object = this.#options.store.get(kind, key);
    return object === undefined ? notFound(kind, splitKey(key).name) : { ok: true, object };
  }

  /** Of Pods those bound to a node, of Nodes and Leases the one of that name, as a kubelet lists them. */
  #list(kind: Kind, nodeName: string | undefined, namespace: string | undefined): ApiResult {
    const { store } = this.#options;
    const items = nodeName === undefined ? store.list(kind) : this.#itemsOf(kind, nodeName);
    const own = namespace === undefined ? items : items.filter(({ metadata }) => metadata.namespace === namespace);
    return { ok: true, list: { items: own, resourceVersion: store.revision } };
  }

  #itemsOf(kind: Kind, nodeName: string): readonly ObjectOfKind[Kind][] {
    const { store } = this.#options;
    if (kind === 'Pod') return store.podsOnNode(nodeName);
    const object = store.get(kind, kind === 'Lease' ? `kube-node-lease/${nodeName}` : nodeName);
    return object === undefined ? [] : [object];
  }

  #scope(record: CommitRecorder): WriteScope {
    const { store, profile, plan, engine, streams, journal } = this.#options;
    const { priorityClasses = {} } = plan;
    const recordOwn: CommitRecorder = (commit) => journal.commit(SERVER, commit);
    const names = streams.of('apiserver/names');
    const uids = streams.of('apiserver/uids');
    return { store, profile, priorityClasses, nowMs: engine.nowMs, names, uids, record, recordOwn };
  }
}
