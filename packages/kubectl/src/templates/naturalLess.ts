/** Text by its characters, with numbers inside of it by their value. Twin: fvbommel/sortorder NaturalLess. */
import { isLessText } from './goCompare.ts';

/** Digits come before anything else; of equal numbers the one with fewer zeros in front. */
export function isNaturallyLess(a: string, b: string): boolean {
  const [left, right] = [chunksOf(a), chunksOf(b)];
  const at = left.findIndex((chunk, index) => chunk !== right[index]);
  const [x, y] = at < 0 ? [undefined, undefined] : [left[at], right[at]];
  if (x === undefined || y === undefined) return left.length < right.length;
  if (isNumber(x) && isNumber(y)) return isLessNumber(x, y);
  return isNumber(x) === isNumber(y) ? isLessText(x, y) : isNumber(x);
}

/** Runs of digits, and every other character for itself. */
function chunksOf(text: string): readonly string[] {
  return text.match(/[0-9]+|[^0-9]/gsu) ?? [];
}

function isNumber(chunk: string): boolean {
  return /^[0-9]/.test(chunk);
}

function isLessNumber(a: string, b: string): boolean {
  const [x, y] = [a.replace(/^0+/, ''), b.replace(/^0+/, '')];
  if (x.length !== y.length) return x.length < y.length;
  return x === y ? a.length < b.length : x < y;
}
