/** Go's formatted printing of plain values. Twin: package fmt. */
import { parseFormat, type Piece, type Verb } from './goFormat.ts';
import { escapeText, isPrintable, quote } from './goQuote.ts';
import { formatFloat } from '../goNumber.ts';
import { formatValue, type GoNumber, goSyntax, kindOf, numberOf, sortedKeys, typeName } from './goValue.ts';
import type { Fields } from '../readField.ts';
import { isCharacter, toBytes } from './utf8.ts';

/** Values one after the other, a blank between two of which neither is text. */
export function print(args: readonly unknown[]): string {
  return args
    .map((arg, at) => {
      const isApart = at > 0 && typeof arg !== 'string' && typeof args[at - 1] !== 'string';
      return `${isApart ? ' ' : ''}${formatValue(arg)}`;
    })
    .join('');
}

/** Values apart by blanks, and a line break. */
export function println(args: readonly unknown[]): string {
  return `${args.map(formatValue).join(' ')}\n`;
}

/** What does not fit the format shows in the text, as `%!d(string=x)`, and is no error. */
export function printf(format: string, args: readonly unknown[]): string {
  const { pieces, extra } = parseFormat(format, args);
  const text = pieces.map(pieceText).join('');
  if (extra.length === 0) return text;
  const described = extra.map((arg) => (kindOf(arg) === 'invalid' ? '<nil>' : `${typeName(arg)}=${formatValue(arg)}`));
  return `${text}%!(EXTRA ${described.join(', ')})`;
}

function pieceText(piece: Piece): string {
  if (typeof piece === 'string') return piece;
  const { verb, arg } = piece;
  if (verb.letter === 'T' && kindOf(arg) !== 'invalid') return formatArg(typeName(arg), { ...verb, letter: 's' });
  return formatArg(arg, verb);
}

function formatArg(arg: unknown, verb: Verb): string {
  const { letter } = verb;
  if (letter === 'v' && verb.isSharp && kindOf(arg) !== 'string') return goSyntax(arg);
  switch (kindOf(arg)) {
    case 'invalid':
      return letter === 'v' || letter === 'T' ? pad('<nil>', verb) : `%!${letter}(<nil>)`;
    case 'bool':
      return letter === 't' || letter === 'v' ? pad(String(arg), verb) : misfit(arg, verb);
    case 'string':
      return formatText(arg as string, verb) ?? misfit(arg, verb);
    case 'list':
      return `[${(arg as readonly unknown[]).map((element) => formatElement(element, verb)).join(' ')}]`;
    case 'map':
      return formatMap(arg as Fields, verb);
    default: {
      const number = numberOf(arg) ?? { type: 'int', value: 0 };
      const text = number.type === 'float64' ? formatFloatVerb(number.value, verb) : formatInteger(number, verb);
      return text ?? misfit(arg, verb);
    }
  }
}

/** Nil inside of something has no type to complain about. */
function formatElement(element: unknown, verb: Verb): string {
  return kindOf(element) === 'invalid' ? '<nil>' : formatArg(element, verb);
}

function formatMap(map: Fields, verb: Verb): string {
  const entries = sortedKeys(map).map((key) => `${formatArg(key, verb)}:${formatElement(map[key], verb)}`);
  return `map[${entries.join(' ')}]`;
}

/** Width and precision hold for what is shown in its stead too. */
function misfit(arg: unknown, verb: Verb): string {
  return `%!${verb.letter}(${typeName(arg)}=${formatArg(arg, { ...verb, letter: 'v', isSharp: false })})`;
}

function formatText(text: string, verb: Verb): string | undefined {
  const cut = verb.precision === undefined ? text : Array.from(text).slice(0, verb.precision).join('');
  switch (verb.letter) {
    case 'v':
      return pad(verb.isSharp ? quote(cut) : cut, verb);
    case 's':
      return pad(cut, verb);
    case 'q':
      return pad(quoteText(cut, verb), verb);
    case 'x':
    case 'X':
      return pad(hexBytes(text, verb), verb);
    default:
      return undefined;
  }
}

/** In backquotes where that is asked for and possible. */
function quoteText(text: string, verb: Verb): string {
  const isRaw =
    verb.isSharp &&
    ![...new Set(text)].some((character) => character === '`' || (character !== '\t' && !isPrintable(character)));
  return isRaw ? `\`${text}\`` : quote(text);
}

function hexBytes(text: string, { precision, isSpaced, isSharp, letter }: Verb): string {
  const bytes = toBytes(text).slice(0, precision ?? Number.POSITIVE_INFINITY);
  const digits = bytes.map((byte) => byte.toString(16).padStart(2, '0'));
  const prefix = isSharp && bytes.length > 0 ? '0x' : '';
  const hex = isSpaced ? digits.map((digit) => `${prefix}${digit}`).join(' ') : `${prefix}${digits.join('')}`;
  return letter === 'X' ? hex.toUpperCase() : hex;
}

function formatInteger({ value }: GoNumber, verb: Verb): string | undefined {
  switch (verb.letter) {
    case 'v':
    case 'd':
      return signed(value, 10, '', verb);
    case 'b':
      return signed(value, 2, verb.isSharp ? '0b' : '', verb);
    case 'o':
      return signed(value, 8, verb.isSharp ? '0' : '', verb);
    case 'O':
      return signed(value, 8, '0o', verb);
    case 'x':
      return signed(value, 16, verb.isSharp ? '0x' : '', verb);
    case 'X':
      return signed(value, 16, verb.isSharp ? '0x' : '', verb).toUpperCase();
    case 'c':
      return pad(characterOf(value), verb);
    case 'q':
      return pad(`'${escapeText(characterOf(value), "'")}'`, verb);
    case 'U':
      return pad(unicodeText(value, verb), verb);
    default:
      return undefined;
  }
}

function characterOf(value: number): string {
  return isCharacter(value) ? String.fromCodePoint(value) : '\uFFFD';
}

function unicodeText(value: number, { isSharp }: Verb): string {
  const code = `U+${value.toString(16).toUpperCase().padStart(4, '0')}`;
  return isSharp && isPrintable(characterOf(value)) ? `${code} '${characterOf(value)}'` : code;
}

function signed(value: number, base: number, prefix: string, verb: Verb): string {
  const { precision, isZeroed, isLeft, width = 0 } = verb;
  const sign = signOf(value < 0, verb);
  const digits = precision === 0 && value === 0 ? '' : BigInt(Math.abs(value)).toString(base);
  const fill = precision ?? (isZeroed && !isLeft ? width - sign.length : 0);
  return pad(`${sign}${prefix}${digits.padStart(fill, '0')}`, { ...verb, isZeroed: false });
}

function signOf(isNegative: boolean, { isPlus, isSpaced }: Verb): string {
  return isNegative ? '-' : isPlus ? '+' : isSpaced ? ' ' : '';
}

function formatFloatVerb(value: number, verb: Verb): string | undefined {
  const digits = floatDigits(Math.abs(value), verb);
  if (digits === undefined) return undefined;
  const sign = signOf(value < 0 || Object.is(value, -0), verb);
  const fill = verb.isZeroed && !verb.isLeft ? (verb.width ?? 0) - sign.length : 0;
  return pad(`${sign}${digits.padStart(fill, '0')}`, { ...verb, isZeroed: false });
}

function floatDigits(value: number, { letter, precision }: Verb): string | undefined {
  switch (letter) {
    case 'v':
    case 'g':
    case 'G': {
      const text = precision === undefined ? formatFloat(value) : shortest(value, precision);
      return letter === 'G' ? text.toUpperCase() : text;
    }
    case 'f':
    case 'F':
      return fixed(value, precision ?? 6);
    case 'e':
    case 'E': {
      const text = goExponent(exponential(value, precision ?? 6));
      return letter === 'E' ? text.toUpperCase() : text;
    }
    default:
      return undefined;
  }
}

/** So many digits in all, without zeros at the end. */
function shortest(value: number, precision: number): string {
  const digits = Math.max(1, precision);
  const [mantissa = '', exponent = '0'] = exponential(value, digits - 1).split('e');
  const power = Number(exponent);
  const trim = (text: string): string => (text.includes('.') ? text.replace(/\.?0+$/, '') : text);
  if (power < -4 || power >= digits) return goExponent(`${trim(mantissa)}e${exponent}`);
  return trim(fixed(value, digits - 1 - power));
}

function fixed(value: number, precision: number): string {
  // From here on every float is whole, and JavaScript would write an exponent.
  const isHuge = value >= 1e21;
  const whole = (places: number): string => `${BigInt(value)}${places === 0 ? '' : `.${'0'.repeat(places)}`}`;
  return isHuge ? whole(precision) : roundToEven((places) => value.toFixed(places), precision);
}

function exponential(value: number, precision: number): string {
  return roundToEven((places) => value.toExponential(places), precision);
}

/** Where a number lies in the middle of two, JavaScript takes the greater and Go the even one. */
function roundToEven(format: (places: number) => string, precision: number): string {
  const places = Math.min(precision, PLACES_MAX);
  const [rounded = '', exponent] = format(places).split('e');
  const [exact = ''] = format(Math.min(places + EXACT_PLACES, PLACES_MAX)).split('e');
  const cut = exact.slice(0, exact.indexOf('.') + (places === 0 ? 0 : places + 1));
  const isMiddle = /^\.?50*$/.test(exact.slice(cut.length));
  const isOdd = /[13579]$/.test(rounded);
  const digits = (isMiddle && isOdd ? cut : rounded) + '0'.repeat(precision - places);
  return exponent === undefined ? digits : `${digits}e${exponent}`;
}

/** A number that is not in the middle shows it within so many places more. */
const EXACT_PLACES = 30;
/** JavaScript writes no more; what comes behind we take for zeros. */
const PLACES_MAX = 100;

/** An exponent has two digits at least. */
function goExponent(text: string): string {
  return text.replace(/e([-+])(\d)$/, 'e$10$2');
}

function pad(text: string, { width = 0, isLeft, isZeroed }: Verb): string {
  const missing = Math.max(0, width - Array.from(text).length);
  if (isLeft) return text + ' '.repeat(missing);
  return (isZeroed ? '0' : ' ').repeat(missing) + text;
}
