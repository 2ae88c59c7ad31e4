/** How Go's `%v` prints a decoded JSON value, and how to read fields of objects that we do not type. Twin: package fmt. */
import { compareKeys } from './meta.ts';
import { isObject } from './patch.ts';

export type Fields = Readonly<Record<string, unknown>>;

/** `[a b]` for lists, `map[k:v]` for objects; what is absent is the empty text. */
export function goText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  if (Array.isArray(value)) return `[${value.map(goText).join(' ')}]`;
  if (!isObject(value)) return '';
  const keys = Object.keys(value).sort(compareKeys);
  return `map[${keys.map((key) => `${key}:${goText(value[key])}`).join(' ')}]`;
}

/** The object, or an empty one where there is none. */
export function fieldsOf(value: unknown): Fields {
  return isObject(value) ? value : {};
}

/** The objects of a list; empty where there is none. */
export function listOf(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}

/** The text, or an empty one where there is none: what Go decodes an absent field to. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

/** The texts of a list; empty where there is none. */
export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** The number, or 0 where there is none. */
export function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0;
}

/** Whether a field says something: `null` is the same as no field. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
