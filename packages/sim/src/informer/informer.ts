/**
 * Keeps one process's picture of one kind: list, then watch, then list again when the watch cannot go on.
 * Twin: client-go tools/cache Reflector and SharedIndexInformer. Rules: I-1…I-8.
 */
import type { ApiObject, Kind, ObjectOfKind } from '@everynode/core/api/objects';
import { keyOf } from '@everynode/core/api/meta';
import type { ApiResult, WatchEvent } from '@everynode/core/api/requests';
import { GroupIndex } from '../apiserver/groupIndex.ts';
import { isVersionUnavailable } from '../apiserver/cachedLists.ts';
import { reconnectBackoffMs } from '../apiserver/reconnect.ts';
import { SortedIndex } from '../apiserver/sortedIndex.ts';
import type { ApiClient } from '../apiserver/apiClient.ts';
import type { Rng } from '../engine/rng.ts';

const BACKOFF_RESET_MS = 120_000;

/** Told of every change, after the picture shows it (I-5). */
export interface ChangeHandlers<T> {
  readonly added?: (object: T) => void;
  /** Also for identical objects of a relist (I-4) or a resync (I-7). */
  readonly updated?: (before: T, after: T) => void;
  readonly deleted?: (last: T) => void;
  /** The first list has been handed over. */
  readonly synced?: () => void;
}

/** Hands over the whole picture again and again, although nothing has changed (I-7). */
export interface Resync {
  readonly everyMs: number;
  /** A timer of the process, and how to take it back. */
  readonly schedule: (delayMs: number, run: () => void) => number;
  readonly cancel: (timer: number) => void;
  /** Upstream goes through a map here. */
  readonly order: <T>(list: readonly T[]) => readonly T[];
}

export interface InformerOptions<K extends Kind> {
  readonly client: ApiClient;
  readonly kind: K;
  readonly nodeName: string | undefined;
  readonly handlers: ChangeHandlers<ObjectOfKind[K]>;
  readonly nowMs: () => number;
  /** `sw:watch-list`. */
  readonly streamsLists: boolean;
  /** A timer of the process: dropped with it. */
  readonly schedule: (delayMs: number, run: () => void) => void;
  /** For the backoff between failed attempts. */
  readonly rng: Rng;
  /** What a stored object looks like by now, where that is known without an event (heartbeats). */
  readonly current?: (object: ObjectOfKind[K]) => ObjectOfKind[K];
  /** Absent: no resync, as in kubelets and the scheduler. */
  readonly resync?: Resync;
}

export class LiveInformer<K extends Kind> {
  readonly #options: InformerOptions<K>;
  readonly #objects = new SortedIndex<ObjectOfKind[K]>();
  /** Built when first asked for: most processes never do. */
  #byNode: GroupIndex<ObjectOfKind[K]> | undefined;
  #byNamespace: GroupIndex<ObjectOfKind[K]> | undefined;
  #lastRevision = 0;
  #hasSynced = false;
  #failures = 0;
  #lastFailureMs = 0;
  #resyncTimer: number | undefined;

  constructor(options: InformerOptions<K>) {
    this.#options = options;
  }

  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  /** Highest revision that list or watch have brought (DS-Q14). */
  get lastRevision(): number {
    return this.#lastRevision;
  }

  get(key: string): ObjectOfKind[K] | undefined {
    const object = this.#objects.get(key);
    const { current } = this.#options;
    return object === undefined || current === undefined ? object : current(object);
  }

  list(): readonly ObjectOfKind[K][] {
    return this.#objects.list();
  }

  byNode(nodeName: string): readonly ObjectOfKind[K][] {
    this.#byNode ??= this.#group((object) => nodeNameOf(object));
    return this.#byNode.list(nodeName);
  }

  byNamespace(namespace: string): readonly ObjectOfKind[K][] {
    this.#byNamespace ??= this.#group((object) => object.metadata.namespace);
    return this.#byNamespace.list(namespace);
  }

  /** Lists, and goes on from there for as long as the process lives. */
  run(): void {
    this.#list(true);
  }

  /**
   * First any state will do, or none but the newest where lists are streamed; later none that is older than what has been
   * seen. Where the server has not come so far, the store is asked (I-1, I-3).
   */
  #list(cached: boolean): void {
    const { client, kind, nodeName, streamsLists } = this.#options;
    const first = streamsLists ? ('newest' as const) : undefined;
    const atLeast = this.#lastRevision > 0 ? this.#lastRevision : first;
    const request = {
      verb: 'list',
      kind,
      ...(cached ? { cached, ...(atLeast === undefined ? {} : { atLeast }) } : {}),
      ...(nodeName === undefined ? {} : { nodeName }),
    } as const;
    client.send(request, (result) => {
      if (cached && isVersionUnavailable(result)) this.#list(false);
      else this.#listed(result);
    });
  }

  #listed(result: ApiResult): void {
    if (!result.ok || result.list === undefined) {
      this.#retry(() => this.run());
      return;
    }
    const { items, resourceVersion } = result.list;
    this.#lastRevision = Math.max(this.#lastRevision, resourceVersion);
    this.#replace(items as unknown as readonly ObjectOfKind[K][]);
    this.#awaitResync();
    this.#watch(resourceVersion);
  }

  /** A resync is due that long after the last list or the last resync: a relist begins anew. */
  #awaitResync(): void {
    const { resync, handlers } = this.#options;
    if (resync === undefined) return;
    if (this.#resyncTimer !== undefined) resync.cancel(this.#resyncTimer);
    this.#resyncTimer = resync.schedule(resync.everyMs, () => {
      this.#resyncTimer = undefined;
      for (const object of resync.order(this.list())) handlers.updated?.(object, object);
      this.#awaitResync();
    });
  }

  #watch(revision: number): void {
    const { client, kind, nodeName } = this.#options;
    const sink = { event: (event: WatchEvent) => this.#apply(event as WatchEvent<K>), expired: () => this.run() };
    client.openWatch(kind, nodeName, revision, sink, (outcome) => {
      if (outcome === 'expired') this.#retry(() => this.run());
      else if (outcome === 'unanswered') this.#retry(() => this.#watch(revision));
    });
  }

  /** A failed list or watch is tried again later, and later each time, until two minutes went well (I-2). */
  #retry(attempt: () => void): void {
    const { nowMs, rng, schedule } = this.#options;
    if (nowMs() - this.#lastFailureMs > BACKOFF_RESET_MS) this.#failures = 0;
    const delayMs = reconnectBackoffMs(this.#failures, rng);
    this.#failures += 1;
    this.#lastFailureMs = nowMs();
    schedule(delayMs, attempt);
  }

  /** What a list says is now; handlers hear of each object, and of those that are no longer there (I-4). */
  #replace(items: readonly ObjectOfKind[K][]): void {
    const before = this.#objects.list();
    const listed = new Set(items.map((item) => keyOf(item)));
    const known = items.map((item) => this.#objects.get(keyOf(item)));
    const gone = before.filter((object) => !listed.has(keyOf(object)));
    for (const item of items) this.#put(keyOf(item), item);
    for (const object of gone) this.#put(keyOf(object), undefined);
    const { handlers } = this.#options;
    items.forEach((item, i) => {
      const last = known[i];
      if (last === undefined) handlers.added?.(item);
      else handlers.updated?.(last, item);
    });
    for (const object of gone) handlers.deleted?.(object);
    if (this.#hasSynced) return;
    this.#hasSynced = true;
    handlers.synced?.();
  }

  #apply(event: WatchEvent<K>): void {
    this.#lastRevision = Math.max(this.#lastRevision, event.resourceVersion);
    if (event.type === 'BOOKMARK') return;
    const { handlers } = this.#options;
    const { object } = event;
    const key = keyOf(object);
    const before = this.#objects.get(key);
    if (event.type === 'DELETED') {
      this.#put(key, undefined);
      if (before !== undefined) handlers.deleted?.(object);
      return;
    }
    this.#put(key, object);
    if (before === undefined) handlers.added?.(object);
    else handlers.updated?.(before, object);
  }

  #put(key: string, after: ObjectOfKind[K] | undefined): void {
    const before = this.#objects.get(key);
    if (after === undefined) this.#objects.delete(key);
    else this.#objects.set(key, after);
    this.#byNode?.change(key, before, after);
    this.#byNamespace?.change(key, before, after);
  }

  #group(groupOf: (object: ObjectOfKind[K]) => string | undefined): GroupIndex<ObjectOfKind[K]> {
    const index = new GroupIndex(groupOf);
    for (const object of this.#objects.list()) index.change(keyOf(object), undefined, object);
    return index;
  }
}

/** Where a pod is bound; undefined for anything else. */
function nodeNameOf(object: ApiObject): string | undefined {
  return object.kind === 'Pod' ? object.spec.nodeName : undefined;
}
