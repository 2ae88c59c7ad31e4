/** The format of Go's `printf`, taken apart: literal text, and verbs with their arguments. Twin: package fmt print.go doPrintf. */
import { numberOf } from './goValue.ts';

export interface Verb {
  readonly letter: string;
  readonly width?: number;
  readonly precision?: number;
  /** `-` */
  readonly isLeft: boolean;
  /** `0` */
  readonly isZeroed: boolean;
  /** `+` */
  readonly isPlus: boolean;
  /** A blank. */
  readonly isSpaced: boolean;
  /** `#` */
  readonly isSharp: boolean;
}

export type Piece = string | { readonly verb: Verb; readonly arg: unknown };

/** `extra`: the arguments that no verb asked for. */
export function parseFormat(
  format: string,
  args: readonly unknown[],
): { readonly pieces: readonly Piece[]; readonly extra: readonly unknown[] } {
  const cursor: Cursor = { args, at: 0, isReordered: false };
  const pieces: Piece[] = [];
  let from = 0;
  for (const match of format.matchAll(DIRECTIVE)) {
    pieces.push(format.slice(from, match.index), ...directive(match.groups ?? {}, cursor));
    from = match.index + match[0].length;
  }
  pieces.push(format.slice(from));
  return { pieces, extra: cursor.isReordered ? [] : args.slice(cursor.at) };
}

interface Cursor {
  readonly args: readonly unknown[];
  /** The argument that the next verb takes. */
  at: number;
  /** An explicit index came up: then nobody counts what is left over. */
  isReordered: boolean;
}

const DIRECTIVE =
  /%(?<flags>[-+ #0]*)(?<widthIndex>\[[^\]]*\])?(?<width>\*|\d+)?(?:(?<dot>\.)(?<precisionIndex>\[[^\]]*\])?(?<precision>\*|\d+)?)?(?<index>\[[^\]]*\])?(?<letter>[\s\S])?/gu;

const SIZE_MAX = 1_000_000;

function directive(parts: Readonly<Record<string, string | undefined>>, cursor: Cursor): readonly Piece[] {
  const { flags = '', letter } = parts;
  const problems: string[] = [];
  let isBadIndex = moveTo(parts['widthIndex'], cursor) === false;
  const width = sizeOf(parts['width'], cursor, () => problems.push('%!(BADWIDTH)'));
  isBadIndex = moveTo(parts['precisionIndex'], cursor) === false || isBadIndex;
  const given = sizeOf(parts['precision'], cursor, () => problems.push('%!(BADPREC)'));
  const isBadPrecision = given !== undefined && given < 0;
  if (isBadPrecision) problems.push('%!(BADPREC)');
  isBadIndex = moveTo(parts['index'], cursor) === false || isBadIndex;
  // An index stands before the star or the verb that takes the argument, and before nothing else.
  const isMisplaced = parts['widthIndex'] !== undefined && parts['width'] !== '*';
  if (isMisplaced && (parts['width'] !== undefined || parts['dot'] !== undefined)) isBadIndex = true;
  if (letter === undefined) return [...problems, '%!(NOVERB)'];
  if (letter === '%') return [...problems, '%'];
  if (isBadIndex) return [...problems, `%!${letter}(BADINDEX)`];
  if (cursor.at >= cursor.args.length) return [...problems, `%!${letter}(MISSING)`];
  const isBadStar = parts['precision'] === '*' && given === undefined;
  const precision = isBadPrecision || isBadStar ? undefined : (given ?? (parts['dot'] === undefined ? undefined : 0));
  const isLeft = flags.includes('-') || (width !== undefined && width < 0);
  const verb: Verb = {
    letter,
    ...(width === undefined ? {} : { width: Math.abs(width) }),
    ...(precision === undefined ? {} : { precision }),
    isLeft,
    isZeroed: flags.includes('0') && !isLeft,
    // `%+v` is a verb of its own, and for plain values the same as `%v`.
    isPlus: flags.includes('+') && letter !== 'v',
    isSpaced: flags.includes(' '),
    isSharp: flags.includes('#'),
  };
  cursor.at += 1;
  return [...problems, { verb, arg: cursor.args[cursor.at - 1] }];
}

/** Takes an explicit index, `[2]`; false where there is no such argument. */
function moveTo(index: string | undefined, cursor: Cursor): boolean | undefined {
  if (index === undefined) return undefined;
  cursor.isReordered = true;
  const position = /^\[\d+\]$/.test(index) ? Number(index.slice(1, -1)) : 0;
  if (position < 1 || position > cursor.args.length) return false;
  cursor.at = position - 1;
  return true;
}

/** A size in digits, or from the next argument. */
function sizeOf(text: string | undefined, cursor: Cursor, onBad: () => void): number | undefined {
  if (text !== '*') {
    if (text === undefined || Number(text) <= SIZE_MAX) return text === undefined ? undefined : Number(text);
    onBad();
    return undefined;
  }
  const number = cursor.at < cursor.args.length ? numberOf(cursor.args[cursor.at]) : undefined;
  cursor.at += cursor.at < cursor.args.length ? 1 : 0;
  if (number !== undefined && number.type !== 'float64' && Math.abs(number.value) <= SIZE_MAX) return number.value;
  onBad();
  return undefined;
}
