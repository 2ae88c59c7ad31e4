/**
 * Decoded JSON as Go sees it. Numbers of the data are int64 where they are whole and float64 where they are not, as
 * kubectl decodes them; a number that a template made says its type itself. Twin: package fmt, reflect kinds.
 */
import { compareKeys } from '@everynode/core/api/meta';
import { formatFloat } from '../goNumber.ts';
import { quote } from './goQuote.ts';
import { isFields } from '../readField.ts';

/** A number that is no part of the data. */
export class TypedNumber {
  readonly type: 'int' | 'uint8' | 'float64';
  readonly value: number;

  constructor(type: TypedNumber['type'], value: number) {
    this.type = type;
    this.value = value;
  }
}

export interface GoNumber {
  readonly type: TypedNumber['type'] | 'int64';
  readonly value: number;
}

/** What Go's reflection tells apart; `invalid` is nil and what is not there. */
export type Kind = 'invalid' | 'bool' | 'int' | 'uint' | 'float' | 'string' | 'list' | 'map';

export function numberOf(value: unknown): GoNumber | undefined {
  if (value instanceof TypedNumber) return value;
  if (typeof value !== 'number') return undefined;
  return { type: Number.isInteger(value) ? 'int64' : 'float64', value };
}

export function kindOf(value: unknown): Kind {
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'string';
  if (Array.isArray(value)) return 'list';
  const number = numberOf(value);
  if (number !== undefined) return NUMBER_KINDS[number.type];
  return isFields(value) ? 'map' : 'invalid';
}

const NUMBER_KINDS: Readonly<Record<GoNumber['type'], Kind>> = {
  int: 'int',
  int64: 'int',
  uint8: 'uint',
  float64: 'float',
};

/** `%T`. */
export function typeName(value: unknown): string {
  switch (kindOf(value)) {
    case 'map':
      return 'map[string]interface {}';
    case 'list':
      return '[]interface {}';
    case 'invalid':
      return '<nil>';
    case 'bool':
      return 'bool';
    case 'string':
      return 'string';
    default:
      return numberOf(value)?.type ?? '';
  }
}

/** `%v`: `[a b]` for lists, `map[k:v]` for maps, text as it is. */
export function formatValue(value: unknown): string {
  if (typeof value === 'string') return value;
  if (Array.isArray(value)) return `[${value.map(formatValue).join(' ')}]`;
  const number = numberOf(value);
  if (number !== undefined) return formatNumber(number);
  if (!isFields(value)) return typeof value === 'boolean' ? String(value) : '<nil>';
  return `map[${sortedKeys(value)
    .map((key) => `${key}:${formatValue(value[key])}`)
    .join(' ')}]`;
}

/** `%#v`: a Go expression for the value. */
export function goSyntax(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  if (Array.isArray(value)) return `[]interface {}{${value.map(innerSyntax).join(', ')}}`;
  if (!isFields(value) || value instanceof TypedNumber) return formatValue(value);
  const entries = sortedKeys(value).map((key) => `${quote(key)}:${innerSyntax(value[key])}`);
  return `map[string]interface {}{${entries.join(', ')}}`;
}

function innerSyntax(value: unknown): string {
  return value === null || value === undefined ? 'interface {}(nil)' : goSyntax(value);
}

function formatNumber({ type, value }: GoNumber): string {
  if (type === 'float64') return formatFloat(value);
  // Beyond 1e21 JavaScript itself would write an exponent.
  return Number.isSafeInteger(value) ? String(value) : String(BigInt(value));
}

/** The names of the fields, in Go's order for maps. */
export function sortedKeys(map: Readonly<Record<string, unknown>>): readonly string[] {
  return Object.keys(map)
    .filter((key) => map[key] !== undefined)
    .sort(compareKeys);
}
