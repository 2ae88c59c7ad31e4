/**
 * What becomes of an object that a client reads into Go's types and writes out again: fields in the order of the types,
 * empty ones gone, those that are always written there. Twin: encoding/json with the tags of k8s.io/api.
 */
import { isObject } from '@everynode/core/api/patch';
import { compareKeys } from '@everynode/core/api/meta';
import { canonicalQuantity } from '@everynode/core/api/quantityText';
import { GO_TYPES } from './goTypes.ts';
import type { ServedObject } from './server.ts';

interface GoField {
  readonly name: string;
  readonly type: string | undefined;
  readonly isPointer: boolean;
  /** What is written where the field is absent; undefined: nothing. */
  readonly zero: unknown;
}

/** A DaemonSet; clients before 1.34 (`minor`) write an empty creationTimestamp. */
export function typedDaemonSet(object: ServedObject, minor: number): ServedObject {
  return written('DaemonSet', object, minor) as ServedObject;
}

function written(type: string | undefined, value: unknown, minor: number): unknown {
  if (Array.isArray(value)) return value.map((element) => written(type, element, minor));
  if (type === 'Quantity')
    return typeof value === 'string' || typeof value === 'number' ? canonicalQuantity(value) : '0';
  if (!isObject(value)) return value;
  if (type === 'Quantities') return sorted(value, (quantity) => written('Quantity', quantity, minor));
  const fields = type === undefined ? undefined : FIELDS.get(type);
  if (fields === undefined) return sorted(value, (inner) => inner);
  const result: Record<string, unknown> = {};
  for (const field of fields) {
    const inner = fieldOf(value[field.name], field, minor);
    if (inner !== undefined) result[field.name] = inner;
  }
  return result;
}

function fieldOf(given: unknown, { name, type, isPointer, zero }: GoField, minor: number): unknown {
  const value = given ?? zero ?? (name === 'creationTimestamp' && minor < 34 ? null : undefined);
  if (value === undefined || value === null) return value;
  const isStruct = type !== undefined && type !== 'Quantities' && !Array.isArray(value);
  const isKept = isPointer || zero !== undefined || isStruct;
  return isKept || !isEmpty(value) ? written(type, value, minor) : undefined;
}

function isEmpty(value: unknown): boolean {
  if (Array.isArray(value)) return value.length === 0;
  return isObject(value) ? Object.keys(value).length === 0 : value === '' || value === 0 || value === false;
}

/** Go writes maps by key. */
function sorted(map: Readonly<Record<string, unknown>>, each: (value: unknown) => unknown): unknown {
  const keys = Object.keys(map).sort(compareKeys);
  return Object.fromEntries(keys.map((key) => [key, each(map[key])]));
}

function parseField(text: string): GoField {
  const [, name = '', type, mark = ''] = /^(\w+)(?::(\w+))?(.*)$/.exec(text) ?? [];
  const zero: unknown = mark.startsWith('=') ? JSON.parse(mark.slice(1)) : undefined;
  return { name, type, isPointer: mark === '*', zero };
}

const FIELDS: ReadonlyMap<string, readonly GoField[]> = new Map(
  Object.entries(GO_TYPES).map(([type, fields]) => [type, fields.split(' ').map(parseField)]),
);
