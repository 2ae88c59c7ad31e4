/** `--sort-by=…`. Twin: kubectl cmd/get sorter.go. */
import type { ClientRelease } from '../printer.ts';
import type { ServedObject } from '../server.ts';
import { isLessText } from './goCompare.ts';
import { quote } from './goQuote.ts';
import { goSort } from './goSort.ts';
import { numberOf, typeName } from './goValue.ts';
import { findResults } from './jsonPathEval.ts';
import { parseJsonPath } from './jsonPathParser.ts';
import { isNaturallyLess } from './naturalLess.ts';
import { parseNanos } from './quantityOrder.ts';
import { relaxedPath } from './relaxedPath.ts';
import { attempt, TemplateError } from './templateError.ts';

export type Sorted =
  | { readonly ok: true; readonly objects: readonly ServedObject[] }
  | { readonly ok: false; readonly error: string };

/** Clients before it take numbers inside of text by their value (PR 124514). */
const PLAIN_TEXT_SINCE_MINOR = 31;

/** By the first value at the path, which may lack its braces; objects without one come first. */
export function sortObjects(objects: readonly ServedObject[], path: string, { minor }: ClientRelease): Sorted {
  if (objects.length === 0) return { ok: true, objects };
  const isTextLess = minor >= PLAIN_TEXT_SINCE_MINOR ? isLessText : isNaturallyLess;
  const sorted = attempt(() => sort(objects, { path: relaxedPath(path), isTextLess }));
  return sorted.ok ? { ok: true, objects: sorted.value } : sorted;
}

interface Order {
  readonly path: string;
  readonly isTextLess: (a: string, b: string) => boolean;
}

/** The value at the path, or none. */
type Key = readonly [] | readonly [unknown];

function sort(objects: readonly ServedObject[], order: Order): readonly ServedObject[] {
  const template = parseJsonPath(order.path);
  const keyed = objects.map((object): { readonly object: ServedObject; readonly key: Key } => {
    const [first = []] = findResults(template, object, { allowMissingKeys: true });
    return { object, key: first.length === 0 ? [] : [first[0]] };
  });
  if (keyed.every(({ key }) => key.length === 0)) {
    throw new TemplateError(`couldn't find any field with path ${quote(order.path)} in the list of objects`);
  }
  return goSort(keyed, (a, b) => isLess(a.key, b.key, order)).map(({ object }) => object);
}

function isLess(a: Key, b: Key, order: Order): boolean {
  if (a.length === 0) return true;
  return b.length > 0 && isValueLess(a[0], b[0], order);
}

function isValueLess(a: unknown, b: unknown, order: Order): boolean {
  if (a === null || b === null) return a === null && b !== null;
  const [left, right] = [numberOf(a), numberOf(b)];
  if (left !== undefined && right !== undefined && left.type === right.type) return left.value < right.value;
  if (typeof a === 'string' && typeof b === 'string') return isQuantityLess(a, b) ?? order.isTextLess(a, b);
  // The client dies here, with the time and its process id before these words.
  const isPlain = left !== undefined || typeof a === 'string';
  const problem = isPlain ? 'unsortable interface: interface' : `unsortable type: ${typeName(a)}`;
  throw new TemplateError(
    `Field ${order.path} in *unstructured.Unstructured is an unsortable type: interface, err: ${problem}`,
  );
}

/** Undefined where one of the texts is no quantity. */
function isQuantityLess(a: string, b: string): boolean | undefined {
  const [left, right] = [parseNanos(a), parseNanos(b)];
  return left === undefined || right === undefined ? undefined : left < right;
}
