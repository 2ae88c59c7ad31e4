/** One value against the keywords of one schema node: the sentence that says what stands there and what to write. */
import type { JsonSchema } from '@everynode/sim/params';
import { findNearest, listNames, unknownName } from './nearest.ts';
import type { YamlPath } from './yamlText.ts';

/** What is wrong with the value itself (kind, word, length, range), apart from its parts; undefined where nothing is. */
export function explainKeyword(schema: JsonSchema, value: unknown, path: YamlPath): string | undefined {
  const types = typesOf(schema);
  if (types.length > 0 && !types.some((type) => hasType(value, type))) return explainScalar(schema, value, path);
  const words = schema['enum'] as readonly unknown[] | undefined;
  if (words !== undefined && !words.includes(value)) return explainScalar(schema, value, path);
  if (Object.hasOwn(schema, 'const') && schema['const'] !== value) return explainScalar(schema, value, path);
  return hasRoom(schema, value) ? undefined : explainScalar(schema, value, path);
}

/** Patterns, ranges and lengths. */
function hasRoom(schema: JsonSchema, value: unknown): boolean {
  const limit = (name: string, otherwise: number): number =>
    typeof schema[name] === 'number' ? schema[name] : otherwise;
  if (typeof value === 'number') return value >= limit('minimum', -Infinity) && value <= limit('maximum', Infinity);
  if (typeof value === 'string') {
    const { pattern } = schema as { readonly pattern?: string };
    // Code points, as JSON Schema counts.
    const length = Array.from(value).length;
    return (
      length >= limit('minLength', 0) &&
      length <= limit('maxLength', Infinity) &&
      (pattern === undefined || new RegExp(pattern, 'u').test(value))
    );
  }
  if (Array.isArray(value)) return value.length >= limit('minItems', 0);
  if (typeof value !== 'object' || value === null) return true;
  const keys = Object.keys(value).length;
  return keys >= limit('minProperties', 0) && keys <= limit('maxProperties', Infinity);
}

/** The sentence for a value that the schema does not take. */
export function explainScalar(schema: JsonSchema, value: unknown, path: YamlPath): string {
  const shown = show(value);
  const words = wordsOf(schema);
  const { title, description, $comment: form = description } = schema;
  if (title === 'duration' && isBareNumber(value))
    return `${shown} has no unit; write ${value}s (or ${value}ms, ${value}m, ${value}h)`;
  if (title === 'version' && typeof value === 'number')
    return `the version is a number here, and YAML reads 1.30 as 1.3; write it in quotes: "${twoDigitMinor(value)}"`;
  if (words !== undefined) return explainWord(title, value, shown, words);
  const types = typesOf(schema);
  if (types.includes('string') && (typeof value === 'number' || typeof value === 'boolean'))
    return `${shown} is no text; write it in quotes: "${value}"`;
  const name = path.length === 0 ? 'this' : `\`${String(path.at(-1))}\``;
  return `${name} is ${shown}; write ${typeof form === 'string' ? form : expected(schema, types, value)}`;
}

/** 1.3 was written 1.30: no release before 1.10 is known. */
function twoDigitMinor(value: number): string {
  const text = String(value);
  return /^[0-9]+\.[0-9]$/.test(text) ? `${text}0` : text;
}

function isBareNumber(value: unknown): value is number | string {
  return typeof value === 'number' || (typeof value === 'string' && /^[0-9]+(?:\.[0-9]+)?$/.test(value));
}

/** The words that a schema allows, seen through a choice with a parameter reference. */
function wordsOf(schema: JsonSchema): readonly string[] | undefined {
  if (Object.hasOwn(schema, 'const')) return [String(schema['const'])];
  const words = schema['enum'] as readonly unknown[] | undefined;
  if (words !== undefined) return words.map(String);
  const options = schema['anyOf'] as readonly JsonSchema[] | undefined;
  const withWords = options?.find((option) => Array.isArray(option['enum']));
  return withWords === undefined ? undefined : wordsOf(withWords);
}

function explainWord(title: unknown, value: unknown, shown: string, words: readonly string[]): string {
  if (typeof title === 'string' && typeof value === 'string') return unknownName(title, `${title}s`, value, words);
  const nearest = typeof value === 'string' ? findNearest(value, words) : undefined;
  if (words.length === 1) return `${shown} is not known here; write ${words[0]}`;
  return `${shown} is not known here; ${nearest === undefined ? `write one of ${listNames(words)}` : `did you mean ${nearest}? (${listNames(words)})`}`;
}

function typesOf(schema: JsonSchema): readonly string[] {
  const type = schema['type'];
  return Array.isArray(type) ? (type as readonly string[]) : typeof type === 'string' ? [type] : [];
}

function hasType(value: unknown, type: string): boolean {
  switch (type) {
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'array':
      return Array.isArray(value);
    case 'null':
      return value === null;
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return Number.isFinite(value);
    default:
      return typeof value === type;
  }
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  object: 'a mapping (key: value)',
  array: 'a list (- …)',
  string: 'a text',
  number: 'a number',
  integer: 'a whole number',
  boolean: 'true or false',
  null: 'nothing',
};

function expected(schema: JsonSchema, types: readonly string[], value: unknown): string {
  if (types.length > 0 && !types.some((type) => hasType(value, type)))
    return types.map((type) => TYPE_WORDS[type] ?? type).join(' or ');
  if (Array.isArray(value)) return 'at least one element';
  if (value === '') return 'some text';
  if (typeof value === 'object' && value !== null)
    return Object.keys(value).length === 0 ? 'at least one key' : 'one key only';
  if (typeof value === 'number')
    return `a number from ${JSON.stringify(schema['minimum'] ?? 0)} to ${JSON.stringify(schema['maximum'])}`;
  return typeof schema['pattern'] === 'string' ? `something like ${schema['pattern']}` : 'something shorter';
}

/** A value as a message quotes it. */
function show(value: unknown): string {
  if (Array.isArray(value)) return 'a list';
  if (value === null || value === undefined) return 'empty';
  if (typeof value === 'object') return 'a mapping';
  const text = JSON.stringify(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}
