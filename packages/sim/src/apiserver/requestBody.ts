/** What a client sent, read as the server reads it: refused where it is no object of its kind, or is another object. Rules, DS-V26. */
import { decodeObject, formatUnreadable } from '@everynode/core/api/decoding';
import { formatFieldError, invalid } from '@everynode/core/api/fieldError';
import { goText } from '@everynode/core/api/goText';
import { type ApiObject, type Kind, KINDS } from '@everynode/core/api/objects';
import { type ApiFailure, apiFailure, type PatchBody } from '@everynode/core/api/requests';
import { noSuchResource } from './failures.ts';
import type { WriteScope } from './writeScope.ts';

type ReadObject = { readonly ok: true; readonly object: ApiObject } | ApiFailure;

export function isKnownKind(kind: string): kind is Kind {
  return Object.hasOwn(KINDS, kind);
}

/** Kinds whose status is a resource of its own. */
export function hasStatus(kind: string): boolean {
  return ['DaemonSet', 'Pod', 'Node', 'Namespace', 'ResourceQuota', 'PodDisruptionBudget'].includes(kind);
}

/** Kinds whose changes the server counts; pods since 1.34. */
export function countsGeneration(kind: Kind, { profile }: Pick<WriteScope, 'profile'>): boolean {
  return kind === 'DaemonSet' || kind === 'PodDisruptionBudget' || (kind === 'Pod' && profile.podGeneration);
}

/** The object of a POST or a PUT. What it shares with `known`, the stored one, has been read before. */
export function readBody(sent: ApiObject, known?: ApiObject): ReadObject {
  const { kind, apiVersion }: { readonly kind: string; readonly apiVersion?: string } = sent;
  if (!isKnownKind(kind)) return noSuchResource();
  const expected = KINDS[kind].apiVersion;
  if (apiVersion !== undefined && apiVersion !== expected) {
    const text = `the API version in the data (${apiVersion}) does not match the expected API version (${expected})`;
    return apiFailure('BadRequest', text);
  }
  const decoded = decodeObject(kind, sent, 'body', known);
  return decoded.ok ? decoded : apiFailure('BadRequest', formatUnreadable(kind, expected, decoded.error));
}

/** The stored object after a patch. The server quotes the patch, or the result, whole. */
export function readPatched(patched: ApiObject, stored: ApiObject, patch: PatchBody): ReadObject {
  const isStrategic = patch.type === 'strategic';
  const decoded = decodeObject(stored.kind, patched, isStrategic ? 'patch' : 'body', stored);
  if (decoded.ok) return decoded;
  const shown = isStrategic ? goText(patch.body) : JSON.stringify(patched);
  const error = formatFieldError(invalid('patch', shown, decoded.error));
  return { ...apiFailure('Invalid', ` "" is invalid: ${error}`), causes: [error] };
}

/** An object is written where it is: nobody renames it, moves it or makes another kind of it. */
export function findMismatch(sent: ApiObject, stored: ApiObject): ApiFailure | undefined {
  if ((sent.kind as string) !== stored.kind)
    return apiFailure('BadRequest', `the object provided is unrecognized (must be of type ${stored.kind})`);
  const [name, own] = [sent.metadata.name ?? '', stored.metadata.name];
  if (name === '') {
    const text = `the name of the object (${own} based on URL) was undeterminable: name must be provided`;
    return apiFailure('BadRequest', text);
  }
  if (name !== own)
    return apiFailure('BadRequest', `the name of the object (${name}) does not match the name on the URL (${own})`);
  const [space = '', ownSpace = ''] = [sent.metadata.namespace, stored.metadata.namespace];
  if (space === ownSpace) return undefined;
  const text = `the namespace of the object (${space}) does not match the namespace on the URL (${ownSpace})`;
  return apiFailure('BadRequest', text);
}
