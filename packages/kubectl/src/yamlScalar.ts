/**
 * One scalar of YAML: which of the four ways to write it is chosen, and how it is written. Twin: goyaml.v2 encode.go,
 * resolve.go, emitterc.go.
 */
import { formatFloat } from './goNumber.ts';
import { looksLikeOtherThanText } from './yamlResolve.ts';

export interface ScalarPlace {
  /** Where the scalar begins; lines are folded by it. */
  readonly column: number;
  /** What its further lines are indented by. */
  readonly indent: number;
  /** A key before its colon stays on one line. */
  readonly isKey: boolean;
}

export function yamlScalar(value: unknown, place: ScalarPlace): string {
  if (typeof value === 'number')
    return Number.isInteger(value) && Math.abs(value) < 1e21 ? String(value) : formatFloat(value);
  if (typeof value !== 'string') return value === true ? 'true' : value === false ? 'false' : 'null';
  switch (chooseStyle(value, place.isKey)) {
    case 'literal':
      return literal(value, place.indent);
    case 'plain':
      return folded(value, place, (character) => character);
    case 'single':
      return `'${folded(value, { ...place, column: place.column + 1 }, (character) => (character === "'" ? "''" : character), true)}'`;
    case 'double':
      return doubleQuoted(value, place);
  }
}

/** Columns before a blank may become a line break. */
const WIDTH = 80;

type Style = 'plain' | 'single' | 'double' | 'literal';

function chooseStyle(text: string, isKey: boolean): Style {
  const isSpecial = SPECIAL.test(text);
  if (text.includes('\n')) return isKey || isSpecial || / (\n|$)/.test(text) ? 'double' : 'literal';
  if (isSpecial || looksLikeOtherThanText(text)) return 'double';
  return /^ | $/.test(text) || hasIndicator(text) ? 'single' : 'plain';
}

/** Characters that cannot be shown as they are. Upstream counts those outside the basic plane in, such as emojis. */
const SPECIAL = /[^\n\x20-\x7e\u{a0}-\u{2027}\u{202a}-\u{d7ff}\u{e000}-\u{fefe}\u{ff00}-\u{fffd}]/u;

/** Characters that mean something in YAML, where they stand. */
function hasIndicator(text: string): boolean {
  return (
    text.startsWith('---') ||
    text.startsWith('...') ||
    /^[#,[\]{}&*!|>'"%@`]/.test(text) ||
    /^[-?:]([ \t]|$)/.test(text) ||
    /:([ \t]|$)/.test(text) ||
    / #/.test(text)
  );
}

/** Blanks behind column 80 become line breaks, one by one: two in a row would be lost. */
function folded(
  text: string,
  { column, indent, isKey }: ScalarPlace,
  escape: (character: string) => string,
  isQuoted = false,
): string {
  const characters = Array.from(text);
  let result = '';
  let at = column;
  for (const [index, character] of characters.entries()) {
    const isInside = !isQuoted || (index > 0 && index < characters.length - 1);
    const isAlone = characters[index - 1] !== ' ' && characters[index + 1] !== ' ';
    if (character === ' ' && !isKey && at > WIDTH && isInside && isAlone) {
      result += `\n${' '.repeat(indent)}`;
      at = indent;
    } else {
      const written = escape(character);
      result += written;
      at += written.length === 2 ? 2 : 1;
    }
  }
  return result;
}

/** The short escapes of YAML; anything else that cannot be shown is written by its number. */
const ESCAPES: Readonly<Record<string, string>> = {
  '\0': '0',
  '\x07': 'a',
  '\b': 'b',
  '\t': 't',
  '\n': 'n',
  '\v': 'v',
  '\f': 'f',
  '\r': 'r',
  '\x1b': 'e',
  '"': '"',
  '\\': '\\',
  '\x85': 'N',
  '\u2028': 'L',
  '\u2029': 'P',
};
function doubleQuoted(text: string, { column, indent, isKey }: ScalarPlace): string {
  const characters = Array.from(text);
  let result = '"';
  let at = column + 1;
  let isAfterSpace = false;
  for (const [index, character] of characters.entries()) {
    if (character === ' ') {
      const isInside = index > 0 && index < characters.length - 1;
      if (!isKey && !isAfterSpace && at > WIDTH && isInside) {
        // A blank that begins a line would be taken for indentation.
        const mark = characters[index + 1] === ' ' ? '\\' : '';
        result += `\n${' '.repeat(indent)}${mark}`;
        at = indent + mark.length;
      } else {
        result += ' ';
        at += 1;
      }
      isAfterSpace = true;
      continue;
    }
    const written =
      character === '"' || character === '\\' || character === '\n' || SPECIAL.test(character)
        ? escapeOf(character)
        : character;
    result += written;
    at += Array.from(written).length;
    isAfterSpace = false;
  }
  return `${result}"`;
}

function escapeOf(character: string): string {
  const short = Object.hasOwn(ESCAPES, character) ? ESCAPES[character] : undefined;
  if (short !== undefined) return `\\${short}`;
  const point = character.codePointAt(0) ?? 0;
  const hex = point.toString(16).toUpperCase();
  if (point <= 0xff) return `\\x${hex.padStart(2, '0')}`;
  return point <= 0xff_ff ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

/** Lines as they are; the sign behind the bar says what becomes of the last line break. */
function literal(text: string, indent: number): string {
  const hint = /^[ \n]/.test(text) ? '2' : '';
  const chomp = !text.endsWith('\n') ? '-' : text === '\n' || text.endsWith('\n\n') ? '+' : '';
  const lines = (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n');
  const indented = lines.map((line) => (line === '' ? '' : `${' '.repeat(indent)}${line}`));
  return `|${hint}${chomp}\n${indented.join('\n')}`;
}
