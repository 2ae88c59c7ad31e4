/** Compares what came out with what a case asks for; keys that a case leaves out are not looked at. */
import { isDeepEqual } from '../api/canonicalJson.ts';
import { compareKeys } from '../api/meta.ts';
import { isObject } from '../api/patch.ts';
import type { Mismatch } from './case.ts';

/** Equal in all that `expected` says. Lists must be equal as they stand. */
export function compare(what: string, expected: unknown, got: unknown): readonly Mismatch[] {
  if (isObject(expected) && isObject(got)) {
    return Object.entries(expected).flatMap(([key, value]) => compare(`${what}.${key}`, value, got[key]));
  }
  return isDeepEqual(expected, got) ? [] : [{ what, expected, got }];
}

/** Equal in everything, whatever `expected` leaves out. */
export function compareWhole(what: string, expected: unknown, got: unknown): readonly Mismatch[] {
  return isDeepEqual(expected, got) ? [] : [{ what, expected, got }];
}

/** The same texts in any order. */
export function compareSets(what: string, expected: readonly string[], got: readonly string[]): readonly Mismatch[] {
  return compareWhole(what, [...expected].sort(compareKeys), [...got].sort(compareKeys));
}

/** A number, or bounds such as `{min, max}`. */
export function compareNumber(what: string, expected: unknown, got: number): readonly Mismatch[] {
  if (!isObject(expected)) return compareWhole(what, expected, got);
  const { min, max } = expected;
  const isWithin = (typeof min !== 'number' || got >= min) && (typeof max !== 'number' || got <= max);
  return isWithin ? [] : [{ what, expected, got }];
}

export function mismatch(what: string, expected: unknown, got: unknown): readonly Mismatch[] {
  return [{ what, expected, got }];
}
