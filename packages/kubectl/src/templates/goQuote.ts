/** How Go writes values in its own syntax, and reads quoted text. Twin: strconv Quote, fmt %#v, client-go UnquoteExtend. */
import { compareKeys } from '@everynode/core/api/meta';
import { isFields } from '../readField.ts';
import { formatFloat } from '../goNumber.ts';

const ESCAPES: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '"': '\\"',
  '\\': '\\\\',
};

/** Text in double quotes, with escapes for all that cannot be printed. */
export function goQuote(text: string): string {
  const characters = Array.from(text, (character) => {
    const escape = ESCAPES[character];
    if (escape !== undefined) return escape;
    const code = character.codePointAt(0) ?? 0;
    if (code < 0x20 || code === 0x7f) return `\\x${code.toString(16).padStart(2, '0')}`;
    // Blanks of any sort but the plain one, and what has no picture.
    if (character === ' ' || !/[\p{C}\p{Z}]/u.test(character)) return character;
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
  return `"${characters.join('')}"`;
}

/** A decoded JSON value as a Go expression. */
export function goSyntax(value: unknown): string {
  if (value === null || value === undefined) return 'interface {}(nil)';
  if (typeof value === 'string') return goQuote(value);
  if (typeof value === 'number') return goNumber(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map(goSyntax).join(', ')}}`;
  if (!isFields(value)) return String(value);
  const fields = Object.keys(value).sort(compareKeys);
  return `map[string]interface {}{${fields.map((name) => `${goQuote(name)}:${goSyntax(value[name])}`).join(', ')}}`;
}

/** As `%v` prints it: `map[a:1]`, `[a b]`, `<nil>`. */
export function goPrint(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (typeof value === 'number') return goNumber(value);
  if (Array.isArray(value)) return `[${value.map(goPrint).join(' ')}]`;
  if (!isFields(value)) return String(value);
  const fields = Object.keys(value).sort(compareKeys);
  return `map[${fields.map((name) => `${name}:${goPrint(value[name])}`).join(' ')}]`;
}

/** Whole numbers are decoded as integers, all others as floats. */
export function goNumber(value: number): string {
  return Number.isSafeInteger(value) ? String(value) : formatFloat(value);
}

/** How Go calls the type of a decoded JSON value. */
export function goType(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (isFields(value)) return 'map[string]interface {}';
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 'int64' : 'float64';
  return typeof value === 'boolean' ? 'bool' : 'string';
}

const SIMPLE: Readonly<Record<string, string>> = {
  a: '\u0007',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v',
  '\\': '\\',
};

/** The text of a literal in double or single quotes; undefined where an escape is none. */
export function unquote(written: string): string | undefined {
  const quote = written[0] ?? '';
  const inside = written.slice(1, -1);
  if (written.length < 2 || !written.endsWith(quote)) return undefined;
  let isValid = true;
  const text = inside.replace(
    /\\(?:x([0-9a-fA-F]{2})|u([0-9a-fA-F]{4})|U([0-9a-fA-F]{8})|([0-3][0-7]{2})|([^]?))/g,
    (_all, hex?: string, short?: string, long?: string, octal?: string, other = '') => {
      const code = octal === undefined ? Number.parseInt(hex ?? short ?? long ?? '', 16) : Number.parseInt(octal, 8);
      if (!Number.isNaN(code)) {
        isValid &&= code <= 0x10_ffff;
        return code <= 0x10_ffff ? String.fromCodePoint(code) : '';
      }
      if (other === quote) return quote;
      isValid &&= SIMPLE[other] !== undefined;
      return SIMPLE[other] ?? '';
    },
  );
  return isValid ? text : undefined;
}
