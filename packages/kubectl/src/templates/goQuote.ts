/** Go's string literals, in both directions. Twin: strconv quote.go. */
import { fromBytes, isCharacter, toBytes } from './utf8.ts';

/** `%q`: the text in double quotes, with the escapes of Go. */
export function quote(text: string): string {
  return `"${escapeText(text, '"')}"`;
}

/** The text as it stands between quotes of one kind. */
export function escapeText(text: string, mark: '"' | "'"): string {
  let escaped = '';
  for (const character of text) {
    if (character === mark || character === '\\') escaped += `\\${character}`;
    else escaped += isPrintable(character) ? character : escapeSequence(character);
  }
  return escaped;
}

/** `%#U`: `U+0023 '#'`; the character itself only where it shows. */
export function describeCharacter(character: string): string {
  const code = hex(character, 4).toUpperCase();
  return isPrintable(character) ? `U+${code} '${character}'` : `U+${code}`;
}

/** Letters, marks, numbers, punctuation, symbols, and of the blanks only the plain one. */
export function isPrintable(character: string): boolean {
  return /^[\p{L}\p{M}\p{N}\p{P}\p{S} ]$/u.test(character);
}

/**
 * The meaning of what stands between two quotes of a kind; undefined where an escape is none of Go's, or where the
 * quote stands inside without one.
 */
export function unescapeText(body: string, mark: '"' | "'"): string | undefined {
  const bytes: number[] = [];
  let at = 0;
  while (at < body.length) {
    const character = String.fromCodePoint(body.codePointAt(at) ?? 0);
    if (character === mark || character === '\n') return undefined;
    if (character !== '\\') {
      bytes.push(...toBytes(character));
      at += character.length;
      continue;
    }
    const escape = readEscape(body, at + 1, mark);
    if (escape === undefined) return undefined;
    bytes.push(...escape.bytes);
    at = escape.end;
  }
  return fromBytes(bytes);
}

interface Escape {
  readonly bytes: Iterable<number>;
  /** Where the text goes on. */
  readonly end: number;
}

function readEscape(body: string, at: number, mark: string): Escape | undefined {
  const letter = body[at] ?? '';
  const plain = letter === mark ? letter : PLAIN_ESCAPES.get(letter);
  if (plain !== undefined) return { bytes: toBytes(plain), end: at + 1 };
  const [, octal, byte, short, long] = NUMBER_ESCAPE.exec(body.slice(at, at + 9)) ?? [];
  if (octal !== undefined) {
    const code = Number.parseInt(octal, 8);
    return code > 255 ? undefined : { bytes: [code], end: at + 3 };
  }
  if (byte !== undefined) return { bytes: [Number.parseInt(byte, 16)], end: at + 3 };
  const digits = short ?? long;
  const code = digits === undefined ? undefined : Number.parseInt(digits, 16);
  if (digits === undefined || code === undefined || !isCharacter(code)) return undefined;
  return { bytes: toBytes(String.fromCodePoint(code)), end: at + 1 + digits.length };
}

function escapeSequence(character: string): string {
  const short = SHORT_ESCAPES.get(character);
  if (short !== undefined) return short;
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return `\\x${hex(character, 2)}`;
  return code < 0x10000 ? `\\u${hex(character, 4)}` : `\\U${hex(character, 8)}`;
}

function hex(character: string, digits: number): string {
  return (character.codePointAt(0) ?? 0).toString(16).padStart(digits, '0');
}

const NUMBER_ESCAPE = /^(?:([0-7]{3})|x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8}))/;
const PLAIN_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['a', '\x07'],
  ['b', '\b'],
  ['f', '\f'],
  ['n', '\n'],
  ['r', '\r'],
  ['t', '\t'],
  ['v', '\v'],
  ['\\', '\\'],
]);
const SHORT_ESCAPES: ReadonlyMap<string, string> = new Map(
  [...PLAIN_ESCAPES].map(([letter, character]) => [character, `\\${letter}`]),
);
