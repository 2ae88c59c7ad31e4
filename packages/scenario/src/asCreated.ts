/** An object as `kubectl create` would make it anew: without what an earlier cluster wrote into it, and without nulls. */
import { TEMPLATE_GENERATION_ANNOTATION } from '@everynode/core/api/daemonSet';
import { LAST_APPLIED_ANNOTATION } from '@everynode/core/daemonset/describeAnnotations';
import { isObject } from '@everynode/core/api/patch';
import type { JsonObject } from './scenario.ts';

/** Fields of `metadata` that a server, or a controller of that cluster, has written. */
const SERVER_FIELDS = [
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'deletionTimestamp',
  'deletionGracePeriodSeconds',
  'managedFields',
  'selfLink',
  'clusterName',
  'ownerReferences',
];
const SERVER_ANNOTATIONS = [LAST_APPLIED_ANNOTATION, TEMPLATE_GENERATION_ANNOTATION];
/** Of type map[string]string: Go reads null there as the empty text, while anywhere else it stands for absent. */
const TEXT_MAPS = ['labels', 'annotations', 'matchLabels', 'nodeSelector'];

export interface Created {
  readonly object: JsonObject;
  /** Paths of what was left out; what was empty anyway is not worth a word. */
  readonly leftOut: readonly string[];
}

export function asCreated(dumped: JsonObject): Created {
  const { status, ...rest } = withoutNulls(dumped) as Record<string, unknown>;
  const leftOut = isObject(status) && Object.keys(status).length > 0 ? ['status'] : [];
  const { metadata } = rest as { readonly metadata?: unknown };
  if (!isObject(metadata)) return { object: rest, leftOut };
  const [fields, lostFields] = split(metadata, SERVER_FIELDS);
  leftOut.push(...lostFields.map((key) => `metadata.${key}`));
  const { annotations, ...others } = fields;
  if (!isObject(annotations)) return { object: { ...rest, metadata: fields }, leftOut };
  const [kept, lost] = split(annotations, SERVER_ANNOTATIONS);
  leftOut.push(...lost.map((key) => `metadata.annotations[${key}]`));
  const isBare = Object.keys(kept).length === 0;
  return { object: { ...rest, metadata: isBare ? others : { ...others, annotations: kept } }, leftOut };
}

/** The object without these keys, and which of them it had. */
function split(object: JsonObject, keys: readonly string[]): readonly [Record<string, unknown>, readonly string[]] {
  const kept = Object.entries(object).filter(([key]) => !keys.includes(key));
  return [Object.fromEntries(kept), Object.keys(object).filter((key) => keys.includes(key))];
}

function withoutNulls(value: unknown, key = ''): unknown {
  if (Array.isArray(value)) return value.filter((each) => each !== null).map((each) => withoutNulls(each));
  if (!isObject(value)) return value;
  if (TEXT_MAPS.includes(key))
    return Object.fromEntries(Object.entries(value).map(([name, text]) => [name, text ?? '']));
  const kept = Object.entries(value).filter(([, inner]) => inner !== null);
  return Object.fromEntries(kept.map(([name, inner]) => [name, withoutNulls(inner, name)]));
}
