/**
 * Create, update and patch: what the API server keeps of what a client sends. Nothing is written where nothing
 * changed. Rules: A-2…, DS-V3, DS-V4.
 */
import { SAFE_ALPHABET } from '@everynode/core/daemonset/templateHash';
import { isDeepEqual } from '@everynode/core/api/canonicalJson';
import { fieldsOf, listOf, textOf } from '@everynode/core/api/goText';
import { isTerminating, objectKey, type ObjectMeta, splitKey } from '@everynode/core/api/meta';
import type { ApiObject } from '@everynode/core/api/objects';
import { applyPatch } from '@everynode/core/api/patch';
import type { Pod, PodStatus } from '@everynode/core/api/pod';
import { type ApiFailure, apiFailure, type ApiRequest, type ApiResult } from '@everynode/core/api/requests';
import { isSemanticallyEqual } from '@everynode/core/api/semanticEquality';
import { formatTime } from '@everynode/core/api/time';
import type { Rng } from '../engine/rng.ts';
import { admitCreate, admitStatus, admitUpdate } from './admission.ts';
import { findPreconditionFailure, removeIfDone } from './deletion.ts';
import { alreadyExists, conflict, modified, notFound, noSuchResource } from './failures.ts';
import { findNamespaceFailure } from './namespaceLifecycle.ts';
import { chargeQuotas } from './quotaAdmission.ts';
import { countsGeneration, findMismatch, hasStatus, isKnownKind, readBody, readPatched } from './requestBody.ts';
import type { WriteScope } from './writeScope.ts';

type RequestOf<V extends ApiRequest['verb']> = Extract<ApiRequest, { readonly verb: V }>;

/** generateName: base cut to 58, five letters of an alphabet without vowels and look-alikes. */
const NAME_BASE_MAX = 58;
const NAME_SUFFIX = 5;
const NAME_TRIES = 8;

export function create(request: RequestOf<'create'>, scope: WriteScope): ApiResult {
  const read = readBody(request.object, findOrigin(request.object, scope));
  if (!read.ok) return read;
  const { object } = read;
  const { store, nowMs } = scope;
  const { kind } = object;
  const misplaced = findNamespaceFailure(object, store);
  if (misplaced !== undefined) return misplaced;
  const name = findName(object, scope);
  if (typeof name !== 'string') return name;
  const {
    resourceVersion: _given,
    deletionTimestamp: _none,
    deletionGracePeriodSeconds: _nor,
    generation: _counted,
    ...meta
  } = object.metadata;
  const metadata: ObjectMeta = {
    ...meta,
    name,
    uid: drawUid(scope.uids),
    creationTimestamp: formatTime(nowMs),
    ...(countsGeneration(kind, scope) ? { generation: 1 } : {}),
  };
  const admitted = admitCreate({ ...object, metadata }, scope);
  if (!admitted.ok) return admitted;
  const overdrawn = chargeQuotas(admitted.object, scope);
  if (overdrawn !== undefined) return overdrawn;
  if (store.get(kind, objectKey(metadata.namespace, name)) !== undefined)
    return alreadyExists(kind, name, isGenerated(object) && !scope.profile.generateNameRetry);
  return { ok: true, object: store.put(kind, admitted.object, scope.record).object };
}

/** PUT of the main resource or of the status. */
export function update(request: RequestOf<'update'> | RequestOf<'updateStatus'>, scope: WriteScope): ApiResult {
  const isStatus = request.verb === 'updateStatus';
  if (isStatus && !hasStatus(request.object.kind)) return noSuchResource();
  const stored = findStored(request.object, scope);
  const read = readBody(request.object, stored);
  if (!read.ok) return read;
  const { object } = read;
  const { kind } = object;
  const { name, resourceVersion } = object.metadata;
  if (stored === undefined) return notFound(kind, name ?? '');
  const isOld =
    resourceVersion !== undefined && resourceVersion !== '' && resourceVersion !== stored.metadata.resourceVersion;
  if (isOld) return modified(kind, name);
  return replace(stored, object, isStatus, scope);
}

/** The server applies a patch to what is stored, so nobody else's change gets lost. */
export function patch(request: RequestOf<'patch'>, scope: WriteScope): ApiResult {
  const { kind, key, patch: body, subresource, preconditions } = request;
  const isStatus = subresource === 'status';
  if (!isKnownKind(kind) || (isStatus && !hasStatus(kind))) return noSuchResource();
  const stored: ApiObject | undefined = scope.store.get(kind, key);
  const { name } = splitKey(key);
  if (stored === undefined) return notFound(kind, name);
  const failure = findPreconditionFailure(stored, preconditions);
  if (failure !== undefined) return failure;
  const read = readPatched(applyPatch(stored, body), stored, body);
  if (!read.ok) return read;
  const mismatch = findMismatch(read.object, stored);
  if (mismatch !== undefined) return mismatch;
  if (read.object.metadata.resourceVersion !== stored.metadata.resourceVersion) return modified(kind, name);
  return replace(stored, read.object, isStatus, scope);
}

/** POST pods/binding: node and condition in one write; nobody checks that the node exists. */
export function bind({ key, nodeName, uid }: RequestOf<'bind'>, scope: WriteScope): ApiResult {
  const pod = scope.store.get('Pod', key);
  const { name } = splitKey(key);
  if (pod === undefined) return notFound('Pod', name);
  if (uid !== undefined && uid !== pod.metadata.uid) return uidConflict(pod, uid);
  if (isTerminating(pod)) return bindConflict(name, `pod ${name} is being deleted, cannot be assigned to a host`);
  const { nodeName: bound } = pod.spec;
  if (bound !== undefined && bound !== '')
    return bindConflict(name, `pod ${name} is already assigned to node "${bound}"`);
  const scheduled = { type: 'PodScheduled', status: 'True', lastTransitionTime: formatTime(scope.nowMs) } as const;
  const others = pod.status?.conditions?.filter((each) => each.type !== 'PodScheduled') ?? [];
  const { nominatedNodeName, ...known } = pod.status ?? {};
  const nomination = nominatedNodeName === undefined || scope.profile.nominationCleared ? {} : { nominatedNodeName };
  const status: PodStatus = { ...known, ...nomination, conditions: [...others, scheduled] };
  return {
    ok: true,
    object: scope.store.put('Pod', { ...pod, spec: { ...pod.spec, nodeName }, status }, scope.record).object,
  };
}

function replace(stored: ApiObject, sent: ApiObject, isStatus: boolean, scope: WriteScope): ApiResult {
  const { kind } = stored;
  if (sent.metadata.uid !== undefined && sent.metadata.uid !== stored.metadata.uid) {
    return uidConflict(stored, sent.metadata.uid);
  }
  const candidate = isStatus ? withStatusOf(stored, sent) : withoutStatusOf(stored, sent);
  const admitted = isStatus ? admitStatus(candidate, stored) : admitUpdate(candidate, stored, scope);
  if (!admitted.ok) return admitted;
  const next = isStatus ? admitted.object : withGeneration(stored, admitted.object, scope);
  if (isDeepEqual(next, stored)) return { ok: true, object: stored };
  const removed = removeIfDone(next, scope);
  if (removed !== undefined) return { ok: true, object: removed };
  return { ok: true, object: scope.store.put(kind, next, scope.record).object };
}

/** A status write takes status alone; of a pod labels and annotations pass as well, its qosClass never changes. */
function withStatusOf(stored: ApiObject, sent: ApiObject): ApiObject {
  if (!('status' in sent) || sent.status === undefined) return stored;
  if (stored.kind !== 'Pod') return { ...stored, status: sent.status } as ApiObject;
  const { labels, annotations } = sent.metadata;
  const metadata =
    sent.metadata === stored.metadata
      ? stored.metadata
      : { ...stored.metadata, ...(labels && { labels }), ...(annotations && { annotations }) };
  const qosClass = stored.status?.qosClass;
  const status = { ...(sent as Pod).status, ...(qosClass === undefined ? {} : { qosClass }) };
  return { ...stored, metadata, status };
}

/** The main resource ignores status, and what the server alone may write into `metadata`. */
function withoutStatusOf(stored: ApiObject, sent: ApiObject): ApiObject {
  const own = stored.metadata;
  const { uid: _u, generation: _g, deletionTimestamp: _d, deletionGracePeriodSeconds: _p, ...meta } = sent.metadata;
  const metadata: ObjectMeta = {
    ...meta,
    ...pick(own, 'uid'),
    ...pick(own, 'generation'),
    ...pick(own, 'creationTimestamp'),
    ...pick(own, 'deletionTimestamp'),
    ...pick(own, 'deletionGracePeriodSeconds'),
    ...pick(own, 'resourceVersion'),
  };
  const { status: _status, ...rest } = sent as ApiObject & { readonly status?: unknown };
  const status = 'status' in stored && stored.status !== undefined ? { status: stored.status } : {};
  return { ...rest, metadata, ...status } as ApiObject;
}

/** A change of spec counts, for the kinds that count. */
function withGeneration(stored: ApiObject, next: ApiObject, scope: WriteScope): ApiObject {
  if (!('spec' in stored) || !countsGeneration(stored.kind, scope)) return next;
  if (isSemanticallyEqual((next as typeof stored).spec, stored.spec)) return next;
  const generation = (stored.metadata.generation ?? 0) + 1;
  return { ...next, metadata: { ...next.metadata, generation } };
}

/** The object that a body is about, as far as the body says so. */
function findStored({ kind, metadata }: ApiObject, { store }: WriteScope): ApiObject | undefined {
  if (!isKnownKind(kind)) return undefined;
  const { namespace, name } = fieldsOf(metadata);
  return store.get(kind, objectKey(textOf(namespace), textOf(name)));
}

/** What a pod shares with the template of its DaemonSet has been read when that came. */
function findOrigin(sent: ApiObject, { store }: WriteScope): ApiObject | undefined {
  if (sent.kind !== 'Pod') return undefined;
  const owner = listOf(fieldsOf(sent.metadata)['ownerReferences']).find(({ kind }) => kind === 'DaemonSet');
  const ds = store.get('DaemonSet', objectKey(textOf(fieldsOf(sent.metadata)['namespace']), textOf(owner?.['name'])));
  return ds && ({ kind: 'Pod', spec: ds.spec.template.spec } as unknown as ApiObject);
}

function findName(object: ApiObject, { store, names, profile }: WriteScope): string | ApiFailure {
  const { namespace } = object.metadata;
  const [name, generateName] = [textOf(object.metadata.name), textOf(object.metadata.generateName)];
  if (name !== '' || generateName === '') return name;
  const tries = profile.generateNameRetry ? NAME_TRIES : 1;
  let generated = '';
  for (let i = 0; i < tries; i += 1) {
    generated = generateName.slice(0, NAME_BASE_MAX);
    for (let j = 0; j < NAME_SUFFIX; j += 1) generated += SAFE_ALPHABET[names.below(SAFE_ALPHABET.length)];
    if (store.get(object.kind, objectKey(namespace, generated)) === undefined) return generated;
  }
  return profile.generateNameRetry ? alreadyExists(object.kind, generated) : generated;
}

function isGenerated(object: ApiObject): boolean {
  return textOf(object.metadata.name) === '';
}

/** A random version 4 UUID from the stream. */
export function drawUid(uids: Rng): string {
  let hex = '';
  for (let i = 0; i < 8; i += 1) hex += uids.below(0x1_0000).toString(16).padStart(4, '0');
  const variant = '89ab'[parseInt(hex[16] ?? '0', 16) & 3] ?? '8';
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20)}`;
}

function bindConflict(name: string, detail: string): ApiFailure {
  return apiFailure('Conflict', `Operation cannot be fulfilled on pods/binding "${name}": ${detail}`);
}

function uidConflict(stored: ApiObject, sent: string): ApiFailure {
  const detail = `Precondition failed: UID in precondition: ${sent}, UID in object meta: ${stored.metadata.uid ?? ''}`;
  return conflict(stored.kind, stored.metadata.name, detail);
}

function pick<T extends object, K extends keyof T>(object: T, key: K): Partial<Pick<T, K>> {
  return object[key] === undefined ? {} : ({ [key]: object[key] } as unknown as Pick<T, K>);
}
