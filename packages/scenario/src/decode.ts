/** What the API server says when it decodes an object, before it validates it: wrong types, unknown fields. And what the model leaves alone. */
import { decodeObject as decodeServerObject, formatUnreadable } from '@everynode/core/api/decoding';
import { isObject } from '@everynode/core/api/patch';
import { GO_SHAPES, type GoList, type GoMap, type GoShape, type GoStruct } from './goShape.ts';
import { findNearest } from './nearest.ts';
import type { JsonObject } from './scenario.ts';
import type { WorkloadKind } from './workload.ts';
import type { YamlPath } from './yamlText.ts';

export interface DecodeProblem {
  readonly path: YamlPath;
  readonly at: 'key' | 'value';
  readonly message: string;
}

export interface Decoded {
  readonly problems: readonly DecodeProblem[];
  /** Fields that are there and do nothing here, such as `spec.template.spec.containers[].env`; each once, sorted by first place. */
  readonly idle: readonly string[];
}

interface Walk {
  readonly kind: string;
  readonly version: string;
  readonly problems: DecodeProblem[];
  readonly idle: Set<string>;
}

/** Checks the types and names of an object's fields. Null stands for absent, as in JSON for Go. */
export function decodeObject(kind: WorkloadKind, object: JsonObject): Decoded {
  const version = 'v1';
  const walk: Walk = { kind, version, problems: [], idle: new Set() };
  decodeStruct(GO_SHAPES[kind], object, [], walk);
  // Our table says what acts and has `any` for the rest; the server looks at all of it, and stops at the first.
  const read = decodeServerObject(kind, object);
  if (!read.ok && walk.problems.length === 0) {
    const message = formatUnreadable(kind, version, read.error);
    walk.problems.push({ path: read.path, at: 'value', message: `${message}; write a value of that type` });
  }
  return { problems: walk.problems, idle: [...walk.idle] };
}

function decode(shape: GoShape, value: unknown, path: YamlPath, owner: string, walk: Walk): void {
  if (value === null || value === undefined) return;
  // The shortest path says it: `volumes`, not each of its fields.
  if (isIdle(shape) && typeof path.at(-1) !== 'number' && !isEmpty(value)) walk.idle.add(idlePath(path));
  if (typeof shape === 'string') return decodeScalar(shape, value, path, owner, walk);
  if ('struct' in shape) {
    if (isObject(value)) decodeStruct(shape, value, path, walk);
    else complain(value, path, owner, goType(shape), walk);
    return;
  }
  if ('list' in shape) {
    if (Array.isArray(value)) value.forEach((each, at) => decode(shape.list, each, [...path, at], owner, walk));
    else complain(value, path, owner, goType(shape), walk);
    return;
  }
  if (!isObject(value)) return complain(value, path, owner, goType(shape), walk);
  for (const [key, inner] of Object.entries(value)) decodeScalar(shape.map, inner, [...path, key], owner, walk);
}

function decodeStruct(shape: GoStruct, value: JsonObject, path: YamlPath, walk: Walk): void {
  for (const [key, inner] of Object.entries(value)) {
    const field = Object.hasOwn(shape.fields, key) ? shape.fields[key] : undefined;
    if (field !== undefined) decode(field, inner, [...path, key], shape.struct, walk);
    else if (shape.open !== true) walk.problems.push(unknownField(shape, [...path, key], key, walk));
  }
}

function unknownField(shape: GoStruct, path: YamlPath, key: string, { kind, version }: Walk): DecodeProblem {
  const nearest = findNearest(key, Object.keys(shape.fields));
  const advice = nearest === undefined ? 'remove it' : `did you mean ${nearest}?`;
  const message = `${kind} in version "${version}" cannot be handled as a ${kind}: strict decoding error: unknown field ${JSON.stringify(formatPath(path))}; ${advice}`;
  return { path, at: 'key', message };
}

function decodeScalar(type: string, value: unknown, path: YamlPath, owner: string, walk: Walk): void {
  const bare = type.replace('~', '');
  if (value !== null && !fits(bare, value)) complain(value, path, owner, bare, walk);
}

function isIdle(shape: GoShape): boolean {
  if (typeof shape === 'string') return shape.startsWith('~');
  return 'list' in shape ? isIdle(shape.list) : 'struct' in shape && shape.idle === true;
}

/** An empty list or object says nothing that somebody could act on. */
function isEmpty(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}

function idlePath(path: YamlPath): string {
  return path.map((part, at) => (typeof part === 'number' ? '[]' : at === 0 ? part : `.${part}`)).join('');
}

function fits(type: string, value: unknown): boolean {
  switch (type) {
    case 'any':
      return true;
    case 'string':
    case 'time':
      return typeof value === 'string';
    case 'bool':
      return typeof value === 'boolean';
    case 'int32':
      return Number.isInteger(value) && Math.abs(value as number) <= 2_147_483_648;
    case 'int64':
      return Number.isSafeInteger(value);
    case 'intstr.IntOrString':
      return typeof value === 'string' || Number.isInteger(value);
    case 'resource.Quantity':
      return typeof value === 'string' || typeof value === 'number';
    default:
      return Array.isArray(value) && value.every((each) => each === null || typeof each === 'string');
  }
}

/** Go's words; the path has no list positions there, so the place of the message has to say which. */
function complain(
  value: unknown,
  path: YamlPath,
  owner: string,
  type: string,
  { kind, version, problems }: Walk,
): void {
  if (type === 'int64' && Number.isInteger(value)) {
    const message = `${String(value)} is more than is kept exactly here; write a whole number up to ${Number.MAX_SAFE_INTEGER}`;
    problems.push({ path, at: 'value', message });
    return;
  }
  const field = path.filter((part) => typeof part === 'string').join('.');
  const shown = typeof value === 'number' && !Number.isInteger(value) ? `number ${value}` : jsonType(value);
  const wanted = type === 'time' ? 'v1.Time' : type;
  const quotes =
    type === 'string' && (typeof value === 'number' || typeof value === 'boolean')
      ? `; write it in quotes: "${value}"`
      : `; write a value of type ${wanted}`;
  const message = `${kind} in version "${version}" cannot be handled as a ${kind}: json: cannot unmarshal ${shown} into Go struct field ${owner}.${field} of type ${wanted}${quotes}`;
  problems.push({ path, at: 'value', message });
}

function jsonType(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value;
}

function goType(shape: GoStruct | GoList | GoMap): string {
  if ('struct' in shape) return `v1.${shape.struct}`;
  if ('map' in shape) return `map[string]${shape.map}`;
  const { list: element } = shape;
  return `[]${typeof element === 'string' ? element : goType(element)}`;
}

/** `spec.template.spec.containers[0].name`, as the API server writes it. */
function formatPath(path: YamlPath): string {
  return path.map((part, at) => (typeof part === 'number' ? `[${part}]` : at === 0 ? part : `.${part}`)).join('');
}

/** The path of `spec.containers[0].ports[1].hostPort`; keys of maps in brackets come back as keys. */
export function parsePath(text: string): YamlPath {
  return [...text.matchAll(/\[([^\]]*)\]|[^.[\]]+/g)].map(([part, inside]) => {
    if (inside === undefined) return part;
    return /^[0-9]+$/.test(inside) ? Number(inside) : inside;
  });
}
