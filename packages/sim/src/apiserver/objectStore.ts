/**
 * The API server's truth: immutable objects under one global revision. What a write may do is decided elsewhere
 * (`writes.ts`, `deletion.ts`); here it is only committed. Rules.
 */
import { assert } from '@everynode/core/assert';
import { controllerOf, keyOf, type ObjectKey } from '@everynode/core/api/meta';
import { type ApiObject, type Kind, KINDS, type ObjectOfKind } from '@everynode/core/api/objects';
import type { Pod } from '@everynode/core/api/pod';
import { targetNodeName } from '@everynode/core/daemonset/podTemplate';
import { ChangeLog, type Commit } from './changeLog.ts';
import { GroupIndex } from './groupIndex.ts';
import { SortedIndex } from './sortedIndex.ts';

/** What a commit is before anybody has written it into the trace. */
export type Uncaused<K extends Kind = Kind> = Omit<Commit<K>, 'cause'>;

/** Writes a commit down; returns the seq of its record. */
export type CommitRecorder = (commit: Uncaused) => number | undefined;

const KIND_NAMES = Object.keys(KINDS) as Kind[];

export class ObjectStore {
  readonly #nowMs: () => number;
  readonly #published: (commit: Commit) => void;
  readonly #objects = new Map<Kind, SortedIndex<ApiObject>>(KIND_NAMES.map((kind) => [kind, new SortedIndex()]));
  readonly #logs = new Map<Kind, ChangeLog>(KIND_NAMES.map((kind) => [kind, new ChangeLog()]));
  readonly #podsByNode = new GroupIndex<Pod>((pod) => pod.spec.nodeName);
  readonly #podsByOwner = new GroupIndex<Pod>((pod) => controllerOf(pod)?.uid);
  readonly #podsByOwnerAndNode = new GroupIndex<Pod>((pod) =>
    ownerAndNode(controllerOf(pod)?.uid, targetNodeName(pod)),
  );
  #revision = 0;
  #size = 0;

  /** `published` is told of every commit, after it can be read. */
  constructor(nowMs: () => number, published: (commit: Commit) => void) {
    this.#nowMs = nowMs;
    this.#published = published;
  }

  /** The revision of the last write. */
  get revision(): number {
    return this.#revision;
  }

  /** Objects of all kinds. */
  get size(): number {
    return this.#size;
  }

  get<K extends Kind>(kind: K, key: ObjectKey): ObjectOfKind[K] | undefined {
    return this.#objectsOf(kind).get(key) as ObjectOfKind[K] | undefined;
  }

  /** By ascending key. */
  list<K extends Kind>(kind: K): readonly ObjectOfKind[K][] {
    return this.#objectsOf(kind).list() as readonly ObjectOfKind[K][];
  }

  /** The list as it was at an instant, or at the start of the window if that is later, with the revision of that state. */
  listAsOf<K extends Kind>(
    kind: K,
    atMs: number,
  ): { readonly items: readonly ObjectOfKind[K][]; readonly revision: number } {
    const undone = this.#logOf(kind).later(atMs);
    const [first] = undone;
    if (first === undefined) return { items: this.list(kind), revision: this.#revision };
    const old = new SortedIndex<ObjectOfKind[K]>();
    for (const object of this.list(kind)) old.set(keyOf(object), object);
    for (const { key, before } of [...undone].reverse()) {
      if (before === undefined) old.delete(key);
      else old.set(key, before as ObjectOfKind[K]);
    }
    return { items: old.list(), revision: first.revision - 1 };
  }

  /** Bound to the node. */
  podsOnNode(nodeName: string): readonly Pod[] {
    return this.#podsByNode.list(nodeName);
  }

  /** Controlled by the owner with this uid. */
  podsOwnedBy(uid: string): readonly Pod[] {
    return this.#podsByOwner.list(uid);
  }

  /** Of those, the ones that run on the node or are meant for it (DS-P9). */
  podsOwnedByOn(uid: string, nodeName: string): readonly Pod[] {
    return this.#podsByOwnerAndNode.list(ownerAndNode(uid, nodeName) ?? '');
  }

  /** Every change of the kind after the revision, or undefined where the window ends later. */
  changesSince(kind: Kind, revision: number): readonly Commit[] | undefined {
    return this.#logOf(kind).since(revision);
  }

  /** Takes in what stood before the run: no change, so neither revision nor record nor watch event tells of it. */
  found<K extends Kind>(kind: K, object: ObjectOfKind[K]): void {
    assert(this.#revision === 0, () => `${kind} ${keyOf(object)} is found after the run has begun`);
    this.#objectsOf(kind).set(keyOf(object), withRevision(object, 1));
    this.#size += 1;
  }

  /** The revision of the kind's state at that instant. */
  revisionAt(kind: Kind, atMs: number): number {
    return Math.min(this.#revision, this.#logOf(kind).revisionAt(atMs));
  }

  /** When the kind came to be as it was at this revision, in ms; 0: longer ago than is remembered. */
  writtenAtMs(kind: Kind, revision: number): number {
    return this.#logOf(kind).atMsOf(revision);
  }

  /** Writes the object under the next revision. What `record` answers becomes the change's cause. */
  put<K extends Kind>(kind: K, object: ObjectOfKind[K], record: CommitRecorder): Commit<K> {
    const key = keyOf(object);
    const before = this.get(kind, key);
    this.#revision += 1;
    const stored = withRevision(object, this.#revision);
    this.#objectsOf(kind).set(key, stored);
    if (before === undefined) this.#size += 1;
    if (kind === 'Pod') this.#indexPod(key, before as Pod | undefined, stored as Pod);
    return this.#commit(kind, key, before === undefined ? 'ADDED' : 'MODIFIED', before, stored, record);
  }

  /** Takes the object out; its last picture carries the revision of the removal. */
  remove<K extends Kind>(kind: K, key: ObjectKey, record: CommitRecorder): Commit<K> {
    const before = this.get(kind, key);
    assert(before !== undefined, () => `${kind} ${key} is removed, but is not stored`);
    this.#revision += 1;
    this.#objectsOf(kind).delete(key);
    this.#size -= 1;
    if (kind === 'Pod') this.#indexPod(key, before as Pod, undefined);
    return this.#commit(kind, key, 'DELETED', before, withRevision(before, this.#revision), record);
  }

  #commit<K extends Kind>(
    kind: K,
    key: ObjectKey,
    type: Commit['type'],
    before: ObjectOfKind[K] | undefined,
    object: ObjectOfKind[K],
    record: CommitRecorder,
  ): Commit<K> {
    const uncaused = { kind, key, type, before, object, revision: this.#revision, atMs: this.#nowMs() };
    const cause = record(uncaused);
    const commit = { ...uncaused, cause };
    this.#logOf(kind).add(commit);
    this.#published(commit);
    return commit;
  }

  #indexPod(key: ObjectKey, before: Pod | undefined, after: Pod | undefined): void {
    this.#podsByNode.change(key, before, after);
    this.#podsByOwner.change(key, before, after);
    this.#podsByOwnerAndNode.change(key, before, after);
  }

  #objectsOf(kind: Kind): SortedIndex<ApiObject> {
    const objects = this.#objects.get(kind);
    assert(objects !== undefined, () => `no kind is called ${kind}`);
    return objects;
  }

  #logOf(kind: Kind): ChangeLog {
    const log = this.#logs.get(kind);
    assert(log !== undefined, () => `no kind is called ${kind}`);
    return log;
  }
}

/** A copy that carries the revision; `metadata` keeps the order of its keys, so that equal objects print equally. */
function withRevision<T extends ApiObject>(object: T, revision: number): T {
  return { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
}

function ownerAndNode(uid: string | undefined, nodeName: string | undefined): string | undefined {
  return uid === undefined || nodeName === undefined ? undefined : `${uid} ${nodeName}`;
}
