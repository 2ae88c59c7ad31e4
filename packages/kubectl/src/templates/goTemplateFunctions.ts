/**
 * The functions of Go templates, and kubectl's own two. Values are decoded JSON, in which every number is a float; whole
 * numbers of the template itself are `bigint`. Twin: text/template funcs.go, cli-runtime printers/template.go.
 */
import { isFields } from '../readField.ts';
import { formatFloat } from '../goNumber.ts';
import { goQuote, goPrint } from './goQuote.ts';
import { sprintf } from './goFormat.ts';

/** Throws a plain `Error` with Go's words. */
export type GoFunction = (...args: readonly unknown[]) => unknown;

export const GO_FUNCTIONS: Readonly<Record<string, GoFunction>> = {
  and: (...args) => args.find((arg) => !isTrue(arg)) ?? args.at(-1),
  or: (...args) => args.find(isTrue) ?? args.at(-1),
  not: (arg) => !isTrue(arg),
  eq: (first, ...others) => {
    if (others.length === 0) throw new Error('missing argument for comparison');
    return others.some((other) => isEqual(first, other));
  },
  ne: (a, b) => !isEqual(a, b),
  lt: (a, b) => isLess(a, b),
  le: (a, b) => isLess(a, b) || isEqual(a, b),
  gt: (a, b) => !isLess(a, b) && !isEqual(a, b),
  ge: (a, b) => !isLess(a, b),
  index: (value, ...keys) => keys.reduce<unknown>(itemOf, value),
  slice: sliceOf,
  len: lengthOf,
  print: (...args) => joinAsPrint(args),
  printf: (format, ...args) => sprintf(String(format), args),
  println: (...args) => `${args.map(goText).join(' ')}\n`,
  html: (...args) => joinAsPrint(args).replace(/[&<>"'\0]/g, (character) => HTML[character] ?? character),
  js: (...args) => jsEscape(joinAsPrint(args)),
  urlquery: (...args) => urlQuery(joinAsPrint(args)),
  exists: (value, ...keys) => {
    try {
      return keys.reduce<unknown>(itemOf, value) !== undefined;
    } catch {
      return false;
    }
  },
  base64decode: (text) => decodeBase64(String(text)),
};

const HTML: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&#34;',
  "'": '&#39;',
  '\0': '\uFFFD',
};

/** False, zero, nothing and what is empty are not. */
export function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (isFields(value)) return Object.keys(value).length > 0;
  return Boolean(value);
}

/** As a template prints a value. */
export function goText(value: unknown): string {
  if (value === undefined || value === null) return '<no value>';
  if (typeof value === 'number') return formatFloat(value);
  return typeof value === 'bigint' ? String(value) : goPrint(value);
}

/** Blanks stand between two values of which neither is text. */
function joinAsPrint(args: readonly unknown[]): string {
  return args
    .map((arg, at) => {
      const isApart = at > 0 && typeof arg !== 'string' && typeof args[at - 1] !== 'string';
      return `${isApart ? ' ' : ''}${arg === undefined || arg === null ? '<nil>' : goText(arg)}`;
    })
    .join('');
}

function kindOf(value: unknown): string {
  switch (typeof value) {
    case 'bigint':
      return 'int';
    case 'number':
      return 'float';
    case 'string':
    case 'boolean':
      return typeof value;
    default:
      throw new Error('invalid type for comparison');
  }
}

function isEqual(a: unknown, b: unknown): boolean {
  if (a === undefined || a === null || b === undefined || b === null) return (a ?? null) === (b ?? null);
  if (kindOf(a) !== kindOf(b)) throw new Error('incompatible types for comparison');
  return a === b;
}

function isLess(a: unknown, b: unknown): boolean {
  if (kindOf(a) !== kindOf(b)) throw new Error('incompatible types for comparison');
  if (typeof a === 'boolean') throw new Error('invalid type for comparison');
  return (a as number) < (b as number);
}

function itemOf(value: unknown, key: unknown): unknown {
  if (value === undefined || value === null) throw new Error('index of untyped nil');
  if (isFields(value)) {
    if (typeof key !== 'string') throw new Error(`value has type ${typeName(key)}; should be string`);
    return Object.hasOwn(value, key) ? value[key] : undefined;
  }
  if (!Array.isArray(value) && typeof value !== 'string')
    throw new Error(`can't index item of type ${typeName(value)}`);
  if (typeof key !== 'bigint') throw new Error(`cannot index slice/array with type ${typeName(key)}`);
  const { length } = value;
  if (key < 0n || key >= BigInt(length)) throw new Error(`index out of range: ${key}`);
  return typeof value === 'string' ? BigInt(value.charCodeAt(Number(key))) : (value as readonly unknown[])[Number(key)];
}

function sliceOf(value: unknown, ...bounds: readonly unknown[]): unknown {
  if (!Array.isArray(value) && typeof value !== 'string')
    throw new Error(`can't slice item of type ${typeName(value)}`);
  const [from = 0n, to = BigInt(value.length)] = bounds;
  for (const bound of [from, to]) {
    if (typeof bound !== 'bigint') throw new Error(`cannot index slice/array with type ${typeName(bound)}`);
    if (bound < 0n || bound > BigInt(value.length)) throw new Error(`index out of range: ${bound}`);
  }
  if ((from as bigint) > (to as bigint)) throw new Error(`invalid slice index: ${String(from)} > ${String(to)}`);
  return value.slice(Number(from), Number(to));
}

function lengthOf(value: unknown): bigint {
  if (value === undefined || value === null) throw new Error('len of nil pointer');
  if (typeof value === 'string') return BigInt(utf8Length(value));
  if (Array.isArray(value)) return BigInt(value.length);
  if (!isFields(value)) throw new Error(`len of type ${typeName(value)}`);
  return BigInt(Object.keys(value).length);
}

function utf8Length(text: string): number {
  return encodeURIComponent(text).replace(/%[0-9A-F]{2}/g, '.').length;
}

export function typeName(value: unknown): string {
  if (Array.isArray(value)) return '[]interface {}';
  if (isFields(value)) return 'map[string]interface {}';
  switch (typeof value) {
    case 'bigint':
      return 'int';
    case 'number':
      return 'float64';
    case 'boolean':
      return 'bool';
    default:
      return typeof value === 'string' ? 'string' : 'nil';
  }
}

function jsEscape(text: string): string {
  return text.replace(/[\\'"<>&=\u0000-\u001f]/g, (character) =>
    '\\\'"'.includes(character)
      ? `\\${character}`
      : `\\u${character.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}`,
  );
}

function urlQuery(text: string): string {
  return encodeURIComponent(text)
    .replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`)
    .replaceAll('%20', '+');
}

const BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';

function decodeBase64(text: string): string {
  const clean = text.replace(/[\r\n]/g, '');
  if (clean.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(clean)) {
    throw new Error(`base64 decode: illegal base64 data: ${goQuote(text)}`);
  }
  let bits = '';
  for (const character of clean.replace(/=+$/, '')) bits += BASE64.indexOf(character).toString(2).padStart(6, '0');
  const bytes = bits.match(/.{8}/g) ?? [];
  const encoded = bytes.map((byte) => `%${Number.parseInt(byte, 2).toString(16).padStart(2, '0')}`).join('');
  try {
    return decodeURIComponent(encoded);
  } catch {
    // Bytes that are no UTF-8 are shown one character each.
    return bytes.map((byte) => String.fromCharCode(Number.parseInt(byte, 2))).join('');
  }
}
