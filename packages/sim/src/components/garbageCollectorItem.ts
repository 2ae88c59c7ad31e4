/**
 * What the garbage collector does about one object: looks at its owners one by one, live, and removes what is dead.
 * Twin: pkg/controller/garbagecollector/garbagecollector.go attemptToDeleteItem, attemptToOrphan. Rules: A-16, DS-D2.
 */
import { isDeepEqual } from '@everynode/core/api/canonicalJson';
import { keyOf, objectKey, type OwnerReference } from '@everynode/core/api/meta';
import type { ApiObject } from '@everynode/core/api/objects';
import type { ApiRequest } from '@everynode/core/api/requests';
import type { ComponentContext } from './component.ts';
import {
  FOREGROUND,
  type GraphItem,
  isGraphKind,
  isOrphaning,
  isWaiting,
  ORPHAN,
  type OwnerGraph,
  ownersOf,
} from './garbageCollectorGraph.ts';
import { isGone } from './garbageCollectorLease.ts';

export interface ItemScope {
  readonly ctx: ComponentContext;
  readonly graph: OwnerGraph;
  /** Uids of owners that a live GET did not find; saves asking for every dependent of one owner. */
  readonly absentOwners: Set<string>;
  readonly enqueue: (item: GraphItem) => void;
}

type Finished = (ok: boolean) => void;

/** The references of one object, by what became of their owners. */
interface Classified {
  readonly solid: OwnerReference[];
  readonly dangling: OwnerReference[];
  readonly waiting: OwnerReference[];
}

/** `finished` gets false where it has to be tried again. */
export function collectItem(item: GraphItem, scope: ItemScope, finished: Finished): void {
  scope.ctx.send({ verb: 'get', ...item }, (result) => {
    const { object } = result.ok ? result : {};
    if (object === undefined) finished(isGone(result));
    else if (isOrphaning(object)) orphanDependents(item, object, scope, finished);
    else if (isWaiting(object)) finishForeground(item, object, scope, finished);
    else if (object.metadata.deletionTimestamp !== undefined || ownersOf(object).length === 0) finished(true);
    else classify(object, scope, (owners) => (owners ? judge(item, object, owners, scope, finished) : finished(false)));
  });
}

/** Asks for the owners, one after the other. No classification where an answer fails to come. */
function classify(object: ApiObject, scope: ItemScope, done: (owners: Classified | undefined) => void): void {
  const { ctx, absentOwners } = scope;
  const owners: Classified = { solid: [], dangling: [], waiting: [] };
  const next = (at: number): void => {
    const owner = ownersOf(object)[at];
    if (owner === undefined) {
      done(owners);
      return;
    }
    if (!isGraphKind(owner.kind) || absentOwners.has(owner.uid)) {
      (isGraphKind(owner.kind) ? owners.dangling : owners.solid).push(owner);
      next(at + 1);
      return;
    }
    const key = objectKey(object.metadata.namespace, owner.name);
    ctx.send({ verb: 'get', kind: owner.kind, key }, (result) => {
      if (!result.ok && result.reason !== 'NotFound') {
        done(undefined);
        return;
      }
      const found = result.ok && result.object?.metadata.uid === owner.uid ? result.object : undefined;
      if (found === undefined) {
        absentOwners.add(owner.uid);
        owners.dangling.push(owner);
      } else (isWaiting(found) ? owners.waiting : owners.solid).push(owner);
      next(at + 1);
    });
  };
  next(0);
}

/** One living owner keeps the object; without any it goes the way its finalizers say. */
function judge(item: GraphItem, object: ApiObject, owners: Classified, scope: ItemScope, finished: Finished): void {
  const { solid, dangling, waiting } = owners;
  const { uid = '', finalizers = [] } = object.metadata;
  if (solid.length > 0) {
    const dead = [...dangling, ...waiting];
    if (dead.length === 0) finished(true);
    else send(withoutOwners(item, uid, dead), scope, finished);
    return;
  }
  const dependents = scope.graph.dependentsOf(uid);
  if (waiting.length > 0 && dependents.length > 0) {
    const isCircle = dependents.some((dependent) => {
      const found = scope.graph.get(dependent);
      return found !== undefined && isWaiting(found);
    });
    const goOn = (ok: boolean): void => (ok ? remove(item, object, 'Foreground', scope, finished) : finished(false));
    // Owners that wait for each other would wait for ever: the object stops to hold up its own.
    if (isCircle) send(unblocked(item, object), scope, goOn);
    else goOn(true);
    return;
  }
  const propagation = finalizers.includes(ORPHAN)
    ? 'Orphan'
    : finalizers.includes(FOREGROUND)
      ? 'Foreground'
      : 'Background';
  remove(item, object, propagation, scope, finished);
}

/** First the dependents that hold it up, then the owner itself. */
function finishForeground(item: GraphItem, owner: ApiObject, scope: ItemScope, finished: Finished): void {
  const { uid = '' } = owner.metadata;
  const blocking = scope.graph.dependentsOf(uid).filter((dependent) => {
    const found = scope.graph.get(dependent);
    return found !== undefined && blocks(found, uid);
  });
  if (blocking.length === 0) {
    send(withoutFinalizer(item, owner, FOREGROUND), scope, finished);
    return;
  }
  for (const dependent of blocking) {
    const found = scope.graph.get(dependent);
    if (found !== undefined && !isWaiting(found)) scope.enqueue(dependent);
  }
  finished(true);
}

function orphanDependents(item: GraphItem, owner: ApiObject, scope: ItemScope, finished: Finished): void {
  const { uid = '' } = owner.metadata;
  const dependents = scope.graph.dependentsOf(uid);
  let open = dependents.length;
  let isGood = true;
  const settle = (): void => {
    if (isGood) send(withoutFinalizer(item, owner, ORPHAN), scope, finished);
    else finished(false);
  };
  if (open === 0) settle();
  for (const dependent of dependents) {
    send(orphaned(dependent, uid), scope, (ok) => {
      isGood &&= ok;
      open -= 1;
      if (open === 0) settle();
    });
  }
}

/** Whether the object holds up an owner in foreground deletion. */
export function blocks(object: ApiObject, ownerUid: string): boolean {
  return ownersOf(object).some(({ uid, blockOwnerDeletion }) => uid === ownerUid && blockOwnerDeletion === true);
}

function send(request: ApiRequest, { ctx }: ItemScope, finished: Finished): void {
  ctx.send(request, (result) => finished(isGone(result)));
}

/**
 * Deletes the object that was looked at. From 1.34 on only in the version that was looked at, so that somebody who gives
 * it another owner meanwhile keeps it; where anything else has changed, it goes all the same.
 */
function remove(
  item: GraphItem,
  object: ApiObject,
  propagation: 'Background' | 'Foreground' | 'Orphan',
  scope: ItemScope,
  finished: Finished,
): void {
  const { ctx } = scope;
  const { uid = '', resourceVersion = '' } = object.metadata;
  const deletion = { verb: 'delete', ...item, preconditions: { uid }, propagation } as const;
  if (!ctx.profile.collectorChecksVersion) {
    send(deletion, scope, finished);
    return;
  }
  ctx.send({ ...deletion, preconditions: { uid, resourceVersion } }, (result) => {
    if (result.ok || result.reason !== 'Conflict') finished(isGone(result));
    else
      ctx.send({ verb: 'get', ...item }, (latest) => {
        const { object: live } = latest.ok ? latest : {};
        const isSame = live?.metadata.uid === uid && isDeepEqual(ownersOf(live), ownersOf(object));
        if (live !== undefined && isSame) send(deletion, scope, finished);
        else finished(isGone(latest) && live === undefined);
      });
  });
}

function orphaned(item: GraphItem, ownerUid: string): ApiRequest {
  const body = { metadata: { ownerReferences: [{ $patch: 'delete', uid: ownerUid }] } };
  return { verb: 'patch', ...item, patch: { type: 'strategic', body } };
}

/** The uid in the body makes the patch fail where another object has taken the name. */
function withoutOwners(item: GraphItem, uid: string, owners: readonly OwnerReference[]): ApiRequest {
  const ownerReferences = owners.map((owner) => ({ $patch: 'delete', uid: owner.uid }));
  return { verb: 'patch', ...item, patch: { type: 'strategic', body: { metadata: { ownerReferences, uid } } } };
}

function unblocked(item: GraphItem, object: ApiObject): ApiRequest {
  const ownerReferences = ownersOf(object)
    .filter(({ blockOwnerDeletion }) => blockOwnerDeletion === true)
    .map((owner) => ({ ...owner, blockOwnerDeletion: false }));
  const { uid = '' } = object.metadata;
  return { verb: 'patch', ...item, patch: { type: 'strategic', body: { metadata: { ownerReferences, uid } } } };
}

function withoutFinalizer(item: GraphItem, owner: ApiObject, finalizer: string): ApiRequest {
  const { resourceVersion } = owner.metadata;
  const finalizers = (owner.metadata.finalizers ?? []).filter((each) => each !== finalizer);
  const preconditions = resourceVersion === undefined ? {} : { preconditions: { resourceVersion } };
  return { verb: 'patch', ...item, patch: { type: 'merge', body: { metadata: { finalizers } } }, ...preconditions };
}

/** The item that an object is. */
export function itemFor(object: ApiObject): GraphItem | undefined {
  return isGraphKind(object.kind) ? { kind: object.kind, key: keyOf(object) } : undefined;
}
