/** `kubectl apply`: creates what is not there, and merges what is with what was applied before. */
import { LAST_APPLIED_ANNOTATION } from '@everynode/core/daemonset/describeAnnotations';
import { isDeepEqual } from '@everynode/core/api/canonicalJson';
import { keyOf } from '@everynode/core/api/meta';
import { type ApiObject, KINDS } from '@everynode/core/api/objects';
import { isObject } from '@everynode/core/api/patch';
import type { ApiRequest, ApiResult } from '@everynode/core/api/requests';
import { json } from '../params.ts';
import { nameOf, sayOutcome, serverError } from '../kubectl/words.ts';
import { type AnyOperation, type AppliedObjects, defineOperation } from './operation.ts';

const MANIFEST = { type: 'object', required: ['apiVersion', 'kind', 'metadata'] };

export const apply: AnyOperation = defineOperation({
  summary: 'Applies manifests, as `kubectl apply` does: one after the other, in their order.',
  params: { objects: json<AppliedObjects>('what to apply', { type: 'array', minItems: 1, items: MANIFEST }) },
  perform: ({ params, send, say }) => applyInOrder(params.objects, send, say),
});

type Send = (request: ApiRequest, done: (result: ApiResult) => void) => void;

/** Applies one object when the one before is through, so that what comes first is stored first. */
export function applyInOrder(objects: AppliedObjects, send: Send, say: (message: string) => void): void {
  const [given, ...rest] = objects;
  if (given === undefined) return;
  const object = inNamespace(given);
  const next = (): void => applyInOrder(rest, send, say);
  const said = (message: string): void => {
    say(message);
    next();
  };
  const { kind } = object;
  const name = nameOf(kind, keyOf(object));
  send({ verb: 'get', kind, key: keyOf(object) }, (result) => {
    if (result.ok) merge(object, result.object as ApiObject, name, send, said);
    else if (result.reason !== 'NotFound') said(serverError(result));
    else send({ verb: 'create', object: remembering(object) }, sayOutcome(said, `${name} created`));
  });
}

function merge(object: ApiObject, live: ApiObject, name: string, send: Send, said: (message: string) => void): void {
  const applied = remembering(object);
  const last = parse(live.metadata.annotations?.[LAST_APPLIED_ANNOTATION]);
  const body = withRemovals(last, applied) as Readonly<Record<string, unknown>>;
  send({ verb: 'patch', kind: object.kind, key: keyOf(object), patch: { type: 'strategic', body } }, (result) => {
    const isSame = result.ok && isDeepEqual(result.object, live);
    sayOutcome(said, `${name} ${isSame ? 'unchanged' : 'configured'}`)(result);
  });
}

/** kubectl's own namespace, where the manifest names none. */
function inNamespace<T extends ApiObject>(object: T): T {
  if (!KINDS[object.kind].namespaced || object.metadata.namespace !== undefined) return object;
  return { ...object, metadata: { ...object.metadata, namespace: 'default' } };
}

function remembering<T extends ApiObject>(object: T): T {
  const annotations = { ...object.metadata.annotations, [LAST_APPLIED_ANNOTATION]: JSON.stringify(object) };
  return { ...object, metadata: { ...object.metadata, annotations } };
}

/** What is applied now, with null for whatever was applied before and is no longer mentioned. */
function withRemovals(last: unknown, next: unknown): unknown {
  if (!isObject(last) || !isObject(next)) return next;
  const gone = Object.keys(last).filter((key) => next[key] === undefined);
  const kept = Object.entries(next).map(([key, value]): [string, unknown] => [key, withRemovals(last[key], value)]);
  return Object.fromEntries([...kept, ...gone.map((key): [string, unknown] => [key, null])]);
}

function parse(text: string | undefined): unknown {
  return text === undefined ? undefined : (JSON.parse(text) as unknown);
}
