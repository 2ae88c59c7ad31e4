/**
 * Deletion: grace, finalizers, preconditions, and what owners leave to the garbage collector.
 * Rules: A-10…A-15, DS-D1, DS-D2.
 */
import { isTerminating, keyOf, splitKey } from '@everynode/core/api/meta';
import type { ApiObject } from '@everynode/core/api/objects';
import { isTerminal, type Pod } from '@everynode/core/api/pod';
import type { ApiFailure, ApiRequest, ApiResult, Preconditions } from '@everynode/core/api/requests';
import { formatTime, parseTime } from '@everynode/core/api/time';
import { conflict, notFound } from './failures.ts';
import type { WriteScope } from './writeScope.ts';

type DeleteRequest = Extract<ApiRequest, { readonly verb: 'delete' }>;

/** Finalizers that stand for a propagation policy until the garbage collector has done its part (DS-D2). */
const FOREGROUND_FINALIZER = 'foregroundDeletion';
const ORPHAN_FINALIZER = 'orphan';

export function remove(request: DeleteRequest, scope: WriteScope): ApiResult {
  const { kind, key, preconditions, propagation } = request;
  const stored: ApiObject | undefined = scope.store.get(kind, key);
  if (stored === undefined) return notFound(kind, splitKey(key).name);
  const failure = findPreconditionFailure(stored, preconditions);
  if (failure !== undefined) return failure;
  if (isTerminating(stored)) return removeAgain(stored, request.gracePeriodSeconds, scope);
  const object = withPropagation(stored, propagation);
  const grace = object.kind === 'Pod' ? graceOf(object, request.gracePeriodSeconds) : 0;
  if (grace === 0 && !isHeld(object)) return { ok: true, object: scope.store.remove(kind, key, scope.record).object };
  return mark(object, scope.nowMs + grace * 1000, grace, scope);
}

/** 409 where the object is not the one the client means. */
export function findPreconditionFailure(
  stored: ApiObject,
  preconditions: Preconditions | undefined,
): ApiFailure | undefined {
  const { kind, metadata } = stored;
  const { uid, resourceVersion } = preconditions ?? {};
  if (uid !== undefined && uid !== metadata.uid) {
    const text = `the UID in the precondition (${uid}) does not match the UID in record (${metadata.uid ?? ''}). The object might have been deleted and then recreated`;
    return conflict(kind, metadata.name, text);
  }
  if (resourceVersion !== undefined && resourceVersion !== metadata.resourceVersion) {
    const text = `the ResourceVersion in the precondition (${resourceVersion}) does not match the ResourceVersion in record (${metadata.resourceVersion ?? ''}). The object might have been modified`;
    return conflict(kind, metadata.name, text);
  }
  return undefined;
}

/** A write that empties the finalizers of something whose grace is over takes it out of the store. */
export function removeIfDone(next: ApiObject, scope: WriteScope): ApiObject | undefined {
  if (!isTerminating(next) || isHeld(next)) return undefined;
  if (next.kind === 'Pod' && (next.metadata.deletionGracePeriodSeconds ?? 0) > 0) return undefined;
  return scope.store.remove(next.kind, keyOf(next), scope.record).object;
}

/** Unbound and finished pods have nothing to end gracefully. */
function graceOf(pod: Pod, given: number | undefined): number {
  const { nodeName } = pod.spec;
  if (nodeName === undefined || nodeName === '' || isTerminal(pod)) return 0;
  const seconds = given ?? pod.spec.terminationGracePeriodSeconds ?? 0;
  return seconds < 0 ? 1 : seconds;
}

/** Grace can only shrink, and shrinking counts from the original request; without a grace nothing happens. */
function removeAgain(stored: ApiObject, given: number | undefined, scope: WriteScope): ApiResult {
  const { kind, metadata } = stored;
  const storedGrace = metadata.deletionGracePeriodSeconds ?? 0;
  const grace = given === undefined ? storedGrace : given < 0 ? 1 : given;
  if (storedGrace > 0 && grace >= storedGrace) return { ok: true, object: stored };
  if ((grace === 0 || storedGrace === 0) && !isHeld(stored))
    return { ok: true, object: scope.store.remove(kind, keyOf(stored), scope.record).object };
  if (storedGrace === 0) return { ok: true, object: stored };
  const deletionMs = parseTime(metadata.deletionTimestamp) ?? scope.nowMs;
  return shorten(stored, deletionMs - storedGrace * 1000 + grace * 1000, grace, scope);
}

/** Sets the deletion mark; the object stays until somebody ends it. */
function mark(object: ApiObject, deletionAtMs: number, grace: number, scope: WriteScope): ApiResult {
  const generation = object.metadata.generation ?? 0;
  const metadata = {
    ...object.metadata,
    deletionTimestamp: formatTime(deletionAtMs),
    deletionGracePeriodSeconds: grace,
    ...(generation > 0 ? { generation: generation + 1 } : {}),
  };
  return { ok: true, object: scope.store.put(object.kind, { ...object, metadata }, scope.record).object };
}

function shorten(stored: ApiObject, deletionAtMs: number, grace: number, scope: WriteScope): ApiResult {
  const metadata = {
    ...stored.metadata,
    deletionTimestamp: formatTime(deletionAtMs),
    deletionGracePeriodSeconds: grace,
  };
  return { ok: true, object: scope.store.put(stored.kind, { ...stored, metadata }, scope.record).object };
}

function withPropagation(object: ApiObject, propagation: DeleteRequest['propagation']): ApiObject {
  if (propagation === undefined) return object;
  const others = (object.metadata.finalizers ?? []).filter(
    (each) => each !== FOREGROUND_FINALIZER && each !== ORPHAN_FINALIZER,
  );
  const own =
    propagation === 'Foreground' ? [FOREGROUND_FINALIZER] : propagation === 'Orphan' ? [ORPHAN_FINALIZER] : [];
  const finalizers = [...others, ...own];
  return { ...object, metadata: { ...object.metadata, finalizers } };
}

/** Whether somebody has still to do something about the object before it may go; namespaces have a list of their own. */
export function isHeld(object: ApiObject): boolean {
  const own = object.kind === 'Namespace' ? (object.spec?.finalizers ?? []) : [];
  return own.length > 0 || (object.metadata.finalizers ?? []).length > 0;
}
