/** `--sort-by=…`. Twin: kubectl cmd/get sorter.go. */
import { isLessText } from './goCompare.ts';
import { goSort } from './goSort.ts';
import { numberOf, typeName } from './goValue.ts';
import { findResults } from './jsonPathEval.ts';
import { parseJsonPath } from './jsonPathParser.ts';
import { quote } from './goQuote.ts';
import { parseNanos } from './quantityOrder.ts';
import { relaxedPath } from './relaxedPath.ts';
import type { ServedObject } from './server.ts';
import { attempt, TemplateError } from './templateError.ts';

export type Sorted =
  | { readonly ok: true; readonly objects: readonly ServedObject[] }
  | { readonly ok: false; readonly error: string };

/** By the first value at the path, which may lack its braces; objects without one come first. */
export function sortObjects(objects: readonly ServedObject[], path: string): Sorted {
  if (objects.length === 0) return { ok: true, objects };
  const sorted = attempt(() => sort(objects, relaxedPath(path)));
  return sorted.ok ? { ok: true, objects: sorted.value } : sorted;
}

interface Keyed {
  readonly object: ServedObject;
  /** None, or the value. */
  readonly key: readonly unknown[];
}

function sort(objects: readonly ServedObject[], path: string): readonly ServedObject[] {
  const template = parseJsonPath(path);
  const keyed = objects.map((object): Keyed => {
    const [first = []] = findResults(template, object, { allowMissingKeys: true });
    return { object, key: first.slice(0, 1) };
  });
  if (keyed.every(({ key }) => key.length === 0)) {
    throw new TemplateError(`couldn't find any field with path ${quote(path)} in the list of objects`);
  }
  return goSort(keyed, (a, b) => isLess(a.key, b.key, path)).map(({ object }) => object);
}

function isLess(a: readonly unknown[], b: readonly unknown[], path: string): boolean {
  if (a.length === 0) return true;
  return b.length > 0 && isValueLess(a[0], b[0], path);
}

function isValueLess(a: unknown, b: unknown, path: string): boolean {
  if (a === null || b === null) return a === null && b !== null;
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left !== undefined && right !== undefined && left.type === right.type) return left.value < right.value;
  if (typeof a === 'string' && typeof b === 'string') return isTextLess(a, b);
  // The client dies here, with a log line that has the time and its process id before these words.
  const isPlain = left !== undefined || typeof a === 'string';
  const problem = isPlain ? 'unsortable interface: interface' : `unsortable type: ${typeName(a)}`;
  throw new TemplateError(
    `Field ${path} in *unstructured.Unstructured is an unsortable type: interface, err: ${problem}`,
  );
}

/** Two quantities by amount, anything else by its bytes. */
function isTextLess(a: string, b: string): boolean {
  const [left, right] = [parseNanos(a), parseNanos(b)];
  return left === undefined || right === undefined ? isLessText(a, b) : left < right;
}
