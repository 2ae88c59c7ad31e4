/** Number and character literals of Go. Twin: text/template/parse node.go newNumber, strconv ParseInt with base 0. */
import { quote, unescapeText } from './goQuote.ts';
import { TypedNumber } from './goValue.ts';

/** The constant, or what is wrong with it. Complex numbers are not among what we read. */
export function parseGoNumber(text: string): TypedNumber | string {
  if (text.startsWith("'")) return parseCharacter(text);
  const integer = parseInteger(text);
  if (integer !== undefined) {
    const isInt64 = integer >= -(2n ** 63n) && integer < 2n ** 63n;
    return isInt64 ? new TypedNumber('int', Number(integer)) : `integer overflow: ${quote(text)}`;
  }
  const isFloat = /^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$/.test(text);
  // A float without a sign of one is an integer that went wrong, such as `09`.
  if (isFloat && !/[.eE]/.test(text)) return `integer overflow: ${quote(text)}`;
  const value = Number(text);
  if (!isFloat || !Number.isFinite(value)) return `illegal number syntax: ${quote(text)}`;
  return new TypedNumber('float64', value);
}

function parseCharacter(text: string): TypedNumber | string {
  const character = unescapeText(text.slice(1, -1), "'");
  if (character === undefined || character === '') return 'invalid syntax';
  if (Array.from(character).length > 1) return `malformed character constant: ${text}`;
  return new TypedNumber('int', character.codePointAt(0) ?? 0);
}

/** A leading zero means octal; underscores stand between digits. */
function parseInteger(text: string): bigint | undefined {
  const match =
    /^([-+]?)(?:(0[xX](?:_?[0-9a-fA-F])+|0[oO](?:_?[0-7])+|0[bB](?:_?[01])+)|0((?:_?[0-7])*)|([1-9](?:_?[0-9])*))$/.exec(
      text,
    );
  if (match === null) return undefined;
  const [, sign, prefixed, octal, decimal] = match;
  const digits = prefixed ?? decimal ?? `0o0${octal ?? ''}`;
  const value = BigInt(digits.replaceAll('_', '').toLowerCase());
  return sign === '-' ? -value : value;
}
