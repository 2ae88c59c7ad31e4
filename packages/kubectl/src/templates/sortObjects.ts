/** `--sort-by=…`. Twin: kubectl get sorter.go, fvbommel/sortorder. */
import { parseScaled } from '@everynode/core/api/quantity';
import type { ServedObject } from '../server.ts';
import { goType } from './goQuote.ts';
import { findValues } from './jsonPathEval.ts';
import { parseRelaxedPath } from './relaxedPath.ts';

export type Sorted =
  | { readonly ok: true; readonly objects: readonly ServedObject[] }
  | { readonly ok: false; readonly error: string };

/** By the first value that each object has at the path; those that have none come first. */
export function sortObjects(objects: readonly ServedObject[], path: string): Sorted {
  const relaxed = parseRelaxedPath(path);
  if (!relaxed.ok) return relaxed;
  const parsed = relaxed.parse();
  if (!parsed.ok) return parsed;
  const keyed: Keyed[] = [];
  for (const object of objects) {
    const found = findValues(parsed.template, object, true);
    if (!found.ok) return found;
    const [first] = found.results;
    keyed.push(first === undefined || first.length === 0 ? { object } : { object, key: { value: first[0] } });
  }
  const unsortable =
    keyed.length > 1 ? keyed.find(({ key }) => key !== undefined && !isSortable(key.value)) : undefined;
  if (unsortable !== undefined) {
    return { ok: false, error: `unsortable type: ${goType(unsortable.key?.value)}` };
  }
  return { ok: true, objects: insertionSort(keyed).map(({ object }) => object) };
}

interface Keyed {
  readonly object: ServedObject;
  /** Absent: there is nothing at the path. */
  readonly key?: { readonly value: unknown };
}

function isSortable(value: unknown): boolean {
  return (
    value === null || ['string', 'number'].includes(typeof value) || (Array.isArray(value) && value.every(isSortable))
  );
}

/** As Go sorts short lists. The comparison is no order where keys are missing, so the way of sorting shows. */
function insertionSort(keyed: readonly Keyed[]): readonly Keyed[] {
  const sorted: Keyed[] = [];
  for (const each of keyed) {
    let at = sorted.length;
    for (let before = sorted[at - 1]; before !== undefined && isLess(each, before); before = sorted[at - 1]) at -= 1;
    sorted.splice(at, 0, each);
  }
  return sorted;
}

function isLess(a: Keyed, b: Keyed): boolean {
  if (a.key === undefined) return true;
  return b.key !== undefined && isValueLess(a.key.value, b.key.value);
}

function isValueLess(a: unknown, b: unknown): boolean {
  if (a === null || b === null) return a === null && b !== null;
  if (Array.isArray(a) && Array.isArray(b)) {
    const shared = Math.min(a.length, b.length);
    return Array.from({ length: shared }, (_, at) => at).every((at) => isValueLess(a[at], b[at]));
  }
  if (typeof a === 'number' && typeof b === 'number') return a < b;
  if (typeof a !== 'string' || typeof b !== 'string') return false;
  const [left, right] = [parseScaled(a, 9), parseScaled(b, 9)];
  return left === undefined || right === undefined ? isNaturallyLess(a, b) : left < right;
}

/** Numbers inside of text count as numbers, and digits come before anything else. */
function isNaturallyLess(a: string, b: string): boolean {
  const [left, right] = [chunksOf(a), chunksOf(b)];
  for (let at = 0; at < left.length && at < right.length; at += 1) {
    const [x = '', y = ''] = [left[at], right[at]];
    if (x === y) continue;
    if (!isDigits(x) || !isDigits(y)) return isDigits(x) !== isDigits(y) ? isDigits(x) : x < y;
    const [xDigits, yDigits] = [x.replace(/^0+/, ''), y.replace(/^0+/, '')];
    if (xDigits.length !== yDigits.length) return xDigits.length < yDigits.length;
    return xDigits === yDigits ? x.length < y.length : xDigits < yDigits;
  }
  return left.length < right.length;
}

/** Runs of digits, and every other character for itself. */
function chunksOf(text: string): readonly string[] {
  return text.match(/[0-9]+|[^0-9]/gsu) ?? [];
}

function isDigits(text: string): boolean {
  return /^[0-9]/.test(text);
}
