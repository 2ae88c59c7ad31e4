/**
 * Who owns whom, as the garbage collector sees it in its caches. Owners of kinds that are not kept here count as
 * there. Twin: pkg/controller/garbagecollector/graph_builder.go. Rules: A-16, DS-D2.
 */
import { assert } from '@everynode/core/assert';
import { isTerminating, keyOf, type ObjectKey, objectKey, type OwnerReference } from '@everynode/core/api/meta';
import { type ApiObject, objectRef, splitRef } from '@everynode/core/api/objects';
import type { Informer } from './component.ts';

/** Kinds that own or are owned, apart from leases: those follow their node without being watched. */
export const GRAPH_KINDS = ['DaemonSet', 'Pod', 'ControllerRevision'] as const;
export type GraphKind = (typeof GRAPH_KINDS)[number];

export const FOREGROUND = 'foregroundDeletion';
export const ORPHAN = 'orphan';

/** An object, by what it takes to find it. */
export interface GraphItem {
  readonly kind: GraphKind;
  readonly key: ObjectKey;
}

export class OwnerGraph {
  readonly #informers = new Map<GraphKind, Informer<GraphKind>>();
  readonly #dependents = new Map<string, Set<string>>();

  addInformer(kind: GraphKind, informer: Informer<GraphKind>): void {
    this.#informers.set(kind, informer);
  }

  get hasSynced(): boolean {
    return [...this.#informers.values()].every(({ hasSynced }) => hasSynced);
  }

  get({ kind, key }: GraphItem): ApiObject | undefined {
    return this.#informers.get(kind)?.get(key);
  }

  add(kind: GraphKind, object: ApiObject): void {
    const id = objectRef(kind, keyOf(object));
    for (const { uid } of ownersOf(object)) {
      const dependents = this.#dependents.get(uid);
      if (dependents === undefined) this.#dependents.set(uid, new Set([id]));
      else dependents.add(id);
    }
  }

  remove(kind: GraphKind, object: ApiObject): void {
    for (const { uid } of ownersOf(object)) {
      const dependents = this.#dependents.get(uid);
      dependents?.delete(objectRef(kind, keyOf(object)));
      if (dependents?.size === 0) this.#dependents.delete(uid);
    }
  }

  /** In the order in which they were last written. */
  dependentsOf(uid: string): readonly GraphItem[] {
    return [...(this.#dependents.get(uid) ?? [])].map(itemOf);
  }

  /** The owner that a reference means, if the cache has it: in the same namespace, and with that very uid. */
  ownerOf(object: ApiObject, owner: OwnerReference): ApiObject | undefined {
    if (!isGraphKind(owner.kind)) return undefined;
    const found = this.get({ kind: owner.kind, key: objectKey(object.metadata.namespace, owner.name) });
    return found?.metadata.uid === owner.uid ? found : undefined;
  }

  /** The owners that wait for the object in a foreground deletion. */
  waitingOwnersOf(object: ApiObject): readonly ApiObject[] {
    return ownersOf(object)
      .map((owner) => this.ownerOf(object, owner))
      .filter((owner) => owner !== undefined && isWaiting(owner)) as readonly ApiObject[];
  }

  /** Whether some owner is not in the cache, or waits for the object to go. Only a live answer decides. */
  needsLook(object: ApiObject): boolean {
    if (isTerminating(object)) return isWaiting(object) || isOrphaning(object);
    return ownersOf(object).some((owner) => {
      if (!isGraphKind(owner.kind)) return false;
      const found = this.ownerOf(object, owner);
      return found === undefined || isWaiting(found);
    });
  }
}

export function ownersOf(object: ApiObject): readonly OwnerReference[] {
  return object.metadata.ownerReferences ?? [];
}

/** In foreground deletion: it goes when its dependents have gone. */
export function isWaiting(object: ApiObject): boolean {
  return isTerminating(object) && (object.metadata.finalizers ?? []).includes(FOREGROUND);
}

export function isOrphaning(object: ApiObject): boolean {
  return isTerminating(object) && (object.metadata.finalizers ?? []).includes(ORPHAN);
}

export function isGraphKind(kind: string): kind is GraphKind {
  return (GRAPH_KINDS as readonly string[]).includes(kind);
}

/** `pod/ns/name` back into kind and key. */
function itemOf(id: string): GraphItem {
  const { kind, key } = splitRef(id);
  assert(isGraphKind(kind), () => `${id} is none of the graph`);
  return { kind, key };
}
