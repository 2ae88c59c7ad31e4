/** Which plain values are equal or less in Go's templates. Twin: text/template funcs.go, and its copy in client-go third_party. */
import { kindOf, numberOf, typeName } from './goValue.ts';
import { TemplateError } from './templateError.ts';

/** Equality of two plain values; of different kinds it is an error, but for ints and bytes. `namesTypes`: the error does. */
export function compareEqual(left: unknown, right: unknown, namesTypes = false): boolean {
  checkKinds(left, right, namesTypes);
  return plain(left) === plain(right);
}

/** Whether the left number or text is less; throws TemplateError for anything else. */
export function compareLess(left: unknown, right: unknown, namesTypes = false): boolean {
  for (const value of [left, right]) {
    if (['invalid', 'list', 'map'].includes(kindOf(value))) throw new TemplateError(BAD_TYPE);
  }
  checkKinds(left, right, namesTypes);
  const [a, b] = [plain(left), plain(right)];
  if (typeof a === 'number' && typeof b === 'number') return a < b;
  if (typeof a === 'string' && typeof b === 'string') return isLessText(a, b);
  throw new TemplateError(BAD_TYPE);
}

const BAD_TYPE = 'invalid type for comparison';

function checkKinds(left: unknown, right: unknown, namesTypes: boolean): void {
  const [a, b] = [kindOf(left), kindOf(right)];
  const areWhole = ['int', 'uint'].includes(a) && ['int', 'uint'].includes(b);
  if (a === b || areWhole) return;
  const types = namesTypes ? `: ${typeName(left)} and ${typeName(right)}` : '';
  throw new TemplateError(`incompatible types for comparison${types}`);
}

function plain(value: unknown): unknown {
  return numberOf(value)?.value ?? value;
}

/** Go compares bytes, and in UTF-8 these have the order of the code points. */
export function isLessText(a: string, b: string): boolean {
  const [left, right] = [Array.from(a), Array.from(b)];
  const at = left.findIndex((character, index) => character !== right[index]);
  if (at < 0) return left.length < right.length;
  const other = right[at];
  return other !== undefined && (left[at]?.codePointAt(0) ?? 0) < (other.codePointAt(0) ?? 0);
}
