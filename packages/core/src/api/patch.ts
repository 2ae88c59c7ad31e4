/**
 * Applies a patch body to an object without touching either. Two dialects: RFC 7386 merge, and Kubernetes' strategic
 * merge, in which some lists are keyed. Twin: apimachinery util/strategicpatch, json-patch MergePatch. Rules: DS-H2, DS-K4.
 */
import type { PatchBody } from './requests.ts';

export type Json = unknown;
type JsonObject = Readonly<Record<string, Json>>;

const DOLLAR = '$'.charCodeAt(0);
const REMOVE_VALUES = '$deleteFromPrimitiveList/';

/**
 * Lists that a strategic patch merges, by the name of their field, and the key that tells their elements apart; an
 * empty key means a set of plain values. Every other list is atomic and replaced whole: tolerations, taints, args,
 * node selector terms.
 */
const MERGE_KEYS: Readonly<Record<string, string>> = {
  containers: 'name',
  initContainers: 'name',
  ephemeralContainers: 'name',
  volumes: 'name',
  env: 'name',
  imagePullSecrets: 'name',
  resourceClaims: 'name',
  ports: 'containerPort',
  volumeMounts: 'mountPath',
  volumeDevices: 'devicePath',
  hostAliases: 'ip',
  topologySpreadConstraints: 'topologyKey',
  ownerReferences: 'uid',
  conditions: 'type',
  addresses: 'type',
  podIPs: 'ip',
  finalizers: '',
};

export function applyPatch<T>(target: T, patch: PatchBody): T {
  const merged = patch.type === 'merge' ? mergePatch(target, patch.body) : strategicMergePatch(target, patch.body);
  return merged as T;
}

/** RFC 7386: objects merge, null removes, anything else (lists too) replaces. */
export function mergePatch(target: Json, patch: Json): Json {
  if (!isObject(patch)) return patch;
  const result: Record<string, Json> = isObject(target) ? { ...target } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}

/**
 * Strategic merge: as above, but keyed lists merge by element, and `$patch` says replace or delete. Whatever the patch
 * leaves as it was is the very object that it was, so that nobody has to look at it again.
 */
export function strategicMergePatch(target: Json, patch: Json): Json {
  if (!isObject(patch)) return patch;
  if (patch['$patch'] === 'replace') return withoutDirectives(patch);
  const before: JsonObject = isObject(target) ? target : {};
  let copy: Record<string, Json> | undefined = isObject(target) ? undefined : {};
  const retained = patch['$retainKeys'];
  if (Array.isArray(retained)) {
    copy = { ...before };
    for (const key of Object.keys(copy)) if (!retained.includes(key)) delete copy[key];
  }
  for (const key of Object.keys(patch)) {
    const value = patch[key];
    if (key.charCodeAt(0) === DOLLAR) {
      if (!key.startsWith(REMOVE_VALUES)) continue;
      copy ??= { ...before };
      removeValues(copy, key.slice(REMOVE_VALUES.length), value);
      continue;
    }
    const current = (copy ?? before)[key];
    if (value === null || (isObject(value) && value['$patch'] === 'delete')) {
      if (current === undefined) continue;
      copy ??= { ...before };
      delete copy[key];
      continue;
    }
    const merged = Array.isArray(value)
      ? mergeList(key, current, value, patch[`$setElementOrder/${key}`])
      : strategicMergePatch(current, value);
    if (merged === current) continue;
    copy ??= { ...before };
    copy[key] = merged;
  }
  return copy ?? before;
}

function mergeList(key: string, current: Json, elements: readonly Json[], order: Json): Json {
  const mergeKey = Object.hasOwn(MERGE_KEYS, key) ? MERGE_KEYS[key] : undefined;
  if (mergeKey === undefined || elements.some((element) => isReplaceMarker(element))) {
    return elements.filter((element) => !isReplaceMarker(element)).map(withoutDirectives);
  }
  const currentElements: readonly Json[] = Array.isArray(current) ? current : [];
  const identify = (element: Json): Json => (mergeKey === '' || !isObject(element) ? element : element[mergeKey]);
  return mergeElements(currentElements, elements, Array.isArray(order) ? order : undefined, identify);
}

/**
 * Merges a keyed list. The patch decides the order of its own elements, the server that of the others; elements that
 * are new come last.
 */
function mergeElements(
  current: readonly Json[],
  patch: readonly Json[],
  order: readonly Json[] | undefined,
  identify: (element: Json) => Json,
): readonly Json[] {
  if (order === undefined) {
    const aligned = mergeAligned(current, patch, identify);
    if (aligned !== undefined) return aligned;
  }
  const merged = new Map<Json, Json>(current.map((element) => [identify(element), element]));
  for (const element of patch) {
    const id = identify(element);
    if (isObject(element) && element['$patch'] === 'delete') merged.delete(id);
    else merged.set(id, strategicMergePatch(merged.get(id), element));
  }
  const leaders = (order ?? patch).map(identify).filter((id) => merged.has(id));
  const ledIds = new Set(leaders);
  const led = [...ledIds];
  const others = [...merged.keys()].filter((id) => !ledIds.has(id));
  const positions = new Map<Json, number>(current.map((element, at) => [identify(element), at]));
  const result: Json[] = [];
  let at = 0;
  for (const other of others) {
    const otherAt = positions.get(other);
    for (; at < led.length; at += 1) {
      const ownAt = positions.get(led[at]);
      if (ownAt === undefined || otherAt === undefined || ownAt > otherAt) break;
      result.push(merged.get(led[at]));
    }
    result.push(merged.get(other));
  }
  for (; at < led.length; at += 1) result.push(merged.get(led[at]));
  return result;
}

/** The usual patch of a status: the same elements in the same order, each told whole. Undefined: it is another one. */
function mergeAligned(
  current: readonly Json[],
  patch: readonly Json[],
  identify: (element: Json) => Json,
): readonly Json[] | undefined {
  if (current.length !== patch.length) return undefined;
  const isAligned = patch.every((element, at) => {
    const id = identify(element);
    const isPlain = !isObject(element) || element['$patch'] === undefined;
    // An element that stands twice is left to the long way.
    return isPlain && id === identify(current[at]) && patch.findIndex((each) => identify(each) === id) === at;
  });
  if (!isAligned) return undefined;
  const merged = patch.map((element, at) => strategicMergePatch(current[at], element));
  return merged.every((element, at) => element === current[at]) ? current : merged;
}

function removeValues(result: Record<string, Json>, key: string, values: Json): void {
  const current = result[key];
  if (!Array.isArray(current) || !Array.isArray(values)) return;
  result[key] = current.filter((value) => !values.includes(value));
}

function isReplaceMarker(element: Json): boolean {
  return isObject(element) && element['$patch'] === 'replace' && Object.keys(element).length === 1;
}

function withoutDirectives(value: Json): Json {
  if (Array.isArray(value)) return value.map(withoutDirectives);
  if (!isObject(value)) return value;
  const kept = Object.entries(value).filter(([key, inner]) => !key.startsWith('$') && inner !== null);
  return Object.fromEntries(kept.map(([key, inner]) => [key, withoutDirectives(inner)]));
}

export function isObject(value: Json): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
