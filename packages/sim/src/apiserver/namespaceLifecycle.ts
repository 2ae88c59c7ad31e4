/**
 * How namespaces begin and end: nothing is created in one that is not there or is going, some may not go at all, and
 * one goes when its content has. Twin: plugin/namespace/lifecycle, pkg/registry/core/namespace/storage. Rules: A-17.
 */
import { textOf } from '@everynode/core/api/goText';
import { isTerminating, keyOf } from '@everynode/core/api/meta';
import { type Namespace, newNamespace } from '@everynode/core/api/namespace';
import { type ApiObject, KINDS } from '@everynode/core/api/objects';
import { type ApiFailure, apiFailure, type ApiRequest, type ApiResult } from '@everynode/core/api/requests';
import { formatTime } from '@everynode/core/api/time';
import { findPreconditionFailure, isHeld, remove } from './deletion.ts';
import { forbidden, modified, notFound } from './failures.ts';
import type { ObjectStore } from './objectStore.ts';
import type { WriteScope } from './writeScope.ts';

type RequestOf<V extends ApiRequest['verb']> = Extract<ApiRequest, { readonly verb: V }>;

/** kube-node-lease may go. */
const IMMORTAL = ['default', 'kube-system', 'kube-public'];

/** Why nothing may be created where the object is to stand. The server has made no name for it yet. */
export function findNamespaceFailure({ kind, metadata }: ApiObject, store: ObjectStore): ApiFailure | undefined {
  const [namespace, name] = [textOf(metadata.namespace), textOf(metadata.name) || textOf(metadata.generateName)];
  if (!KINDS[kind].namespaced || namespace === '') return undefined;
  const found = store.get('Namespace', namespace);
  if (found === undefined) return notFound('Namespace', namespace);
  if (!isTerminating(found)) return undefined;
  const text = `unable to create new content in namespace ${namespace} because it is being terminated`;
  return apiFailure('NamespaceTerminating', forbidden(kind, name, text).message);
}

/** DELETE of a namespace: from now on nothing is created in it, and its controller empties it. */
export function removeNamespace({ key, preconditions }: RequestOf<'delete'>, scope: WriteScope): ApiResult {
  if (IMMORTAL.includes(key)) return forbidden('Namespace', key, 'this namespace may not be deleted');
  const stored = scope.store.get('Namespace', key);
  if (stored === undefined) return notFound('Namespace', key);
  const failure = findPreconditionFailure(stored, preconditions);
  if (failure !== undefined) return failure;
  if (!isTerminating(stored)) {
    const metadata = { ...stored.metadata, deletionTimestamp: formatTime(scope.nowMs) };
    const status = { ...stored.status, phase: 'Terminating' as const };
    return { ok: true, object: scope.store.put('Namespace', { ...stored, metadata, status }, scope.record).object };
  }
  return { ok: true, object: isHeld(stored) ? stored : scope.store.remove('Namespace', key, scope.record).object };
}

/** PUT namespaces/finalize. The write that leaves nobody who has still to do something removes the namespace. */
export function finalize({ object }: RequestOf<'finalize'>, scope: WriteScope): ApiResult {
  const { name, resourceVersion = '' } = object.metadata;
  const stored = scope.store.get('Namespace', name);
  if (stored === undefined) return notFound('Namespace', name);
  if (resourceVersion !== '' && resourceVersion !== stored.metadata.resourceVersion) return modified('Namespace', name);
  const next: Namespace = { ...stored, spec: { ...stored.spec, finalizers: object.spec?.finalizers ?? [] } };
  if (isTerminating(next) && !isHeld(next))
    return { ok: true, object: scope.store.remove('Namespace', name, scope.record).object };
  return { ok: true, object: scope.store.put('Namespace', next, scope.record).object };
}

/** Deletes everything of one kind in a namespace, each object as a delete of its own would. */
export function removeCollection({ kind, namespace }: RequestOf<'deleteCollection'>, scope: WriteScope): ApiResult {
  const own = scope.store.list(kind).filter(({ metadata }) => metadata.namespace === namespace);
  for (const key of own.map(keyOf)) {
    const result = remove({ verb: 'delete', kind, key, propagation: 'Background' }, scope);
    if (!result.ok && result.reason !== 'NotFound') return result;
  }
  return { ok: true };
}

/** What a write of the main resource makes of a namespace: its finalizers are another resource's, its label stays. */
export function updatedNamespace(sent: Namespace, { spec, status }: Namespace): Namespace {
  const { metadata } = newNamespace(sent);
  return { ...sent, metadata, ...(spec && { spec }), ...(status && { status }) };
}
