/** `-o kyaml`: YAML in braces, every text quoted, nothing that depends on blanks. Twin: sigs.k8s.io/yaml/kyaml. */
import { isPrintable } from './templates/goQuote.ts';
import { fieldsOf, type JsonStyle } from './jsonText.ts';
import { type Fields, isFields } from './readField.ts';
import { isNumber, looksLikeOtherThanText } from './yamlResolve.ts';

export function kyamlText(value: unknown, style: JsonStyle): string {
  return `---\n${node(value, 0, style)}\n`;
}

function node(value: unknown, depth: number, style: JsonStyle): string {
  if (Array.isArray(value)) return list(value, depth, style);
  if (isFields(value)) return map(value, depth, style);
  return typeof value === 'string' ? quoted(value, depth + 1) : JSON.stringify(value ?? null);
}

/** Lists of maps and lists share their brackets' lines. */
function list(items: readonly unknown[], depth: number, style: JsonStyle): string {
  if (items.length === 0) return '[]';
  if (items.every((item) => typeof item === 'object' && item !== null)) {
    return `[${items.map((item) => node(item, depth, style)).join(', ')}]`;
  }
  const lines = items.map((item) => `${indent(depth + 1)}${node(item, depth + 1, style)},\n`);
  return `[\n${lines.join('')}${indent(depth)}]`;
}

function map(fields: Fields, depth: number, style: JsonStyle): string {
  const lines = fieldsOf(fields, style).map(
    ([name, field]) => `${indent(depth + 1)}${keyText(name)}: ${node(field, depth + 1, style)},\n`,
  );
  return lines.length === 0 ? '{}' : `{\n${lines.join('')}${indent(depth)}}`;
}

function indent(depth: number): string {
  return '  '.repeat(depth);
}

/** A key is bare where nothing could take it for anything but text. */
function keyText(key: string): string {
  const isWord = /^[\p{L}\p{N}_]([\p{L}\p{N}_./-]*[\p{L}\p{N}_])?$/u.test(key);
  const isOther = looksLikeOtherThanText(key) || isNumber(key.replaceAll('_', '')) || OTHER_WORDS.test(key);
  return isWord && !isOther ? key : `"${escape(key)}"`;
}

/** Words that other readers than Go's take for a bool, nothing or a number. */
const OTHER_WORDS = /^(null|true|false|yes|no|on|off|y|n|t|f|inf|infinity|nan)$/i;

/** Text of several lines has a line of output for each, folded by a backslash. */
function quoted(text: string, depth: number): string {
  if (!text.includes('\n')) return `"${escapeValue(text)}"`;
  const isEnded = text.endsWith('\n');
  const lines = (isEnded ? text.slice(0, -1) : text).split('\n');
  const written = lines.map((line, at) => {
    // A blank that leads a line counts only behind a backslash; the other lines get a blank, to stay in their column.
    const lead = /^\s/.test(line) ? '\\' : ' ';
    const isBroken = isEnded || at < lines.length - 1;
    return `${indent(depth)}${lead}${escapeValue(line)}${isBroken ? '\\n' : ''}\\\n`;
  });
  return `"\\\n${written.join('')}${indent(depth)}"`;
}

/** A tab stays in a value, but not in a key. */
function escapeValue(text: string): string {
  return text.split('\t').map(escape).join('\t');
}

function escape(text: string): string {
  return Array.from(text).map(escapeOf).join('');
}

const ESCAPES: Readonly<Record<string, string>> = {
  '"': '\\"',
  '\\': '\\\\',
  '\x07': '\\a',
  '\b': '\\b',
  '\f': '\\f',
  '\n': '\\n',
  '\r': '\\r',
  '\t': '\\t',
  '\v': '\\v',
  '\0': '\\0',
  '\x1b': '\\e',
  '\x85': '\\N',
  '\xa0': '\\_',
  '\u2028': '\\L',
  '\u2029': '\\P',
};

function escapeOf(character: string): string {
  const short = Object.hasOwn(ESCAPES, character) ? ESCAPES[character] : undefined;
  if (short !== undefined) return short;
  if (isPrintable(character)) return character;
  const point = character.codePointAt(0) ?? 0;
  const hex = point.toString(16);
  if (point < 0x20 || point === 0x7f) return `\\x${hex.padStart(2, '0')}`;
  return point < 0x1_00_00 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}
