/** `-o json`: indented by four, fields in order, with the escapes of Go's encoder. Twin: encoding/json MarshalIndent. */
import { canonicalJson } from '@everynode/core/api/canonicalJson';
import { compareKeys } from '@everynode/core/api/meta';
import { type Fields, isFields } from './readField.ts';

export interface JsonStyle {
  /** Minor of the client's version. */
  readonly minor: number;
  /** Objects without a Go type are maps, which Go writes by key. */
  readonly jsonFields?: 'sorted' | 'asGiven';
}

/** Clients built with Go 1.22 and later write these two in the short form. */
const SHORT_ESCAPES_SINCE_MINOR = 30;

export function jsonText(value: unknown, style: JsonStyle): string {
  return `${asGoEscapes(node(value, '\n', style), style)}\n`;
}

/** In one line, without a blank or a line break. Twin: encoding/json Marshal. */
export function compactJsonText(value: unknown, style: JsonStyle): string {
  return asGoEscapes(canonicalJson(value), style);
}

function asGoEscapes(json: string, { minor }: JsonStyle): string {
  const text = json.replace(/[<>&\u2028\u2029]/g, unicodeEscape);
  return minor >= SHORT_ESCAPES_SINCE_MINOR ? text : longEscapes(text);
}

/** The fields of an object in the order of a style. JavaScript itself would put names that are numbers first. */
export function fieldsOf(value: Fields, { jsonFields = 'sorted' }: JsonStyle): readonly (readonly [string, unknown])[] {
  const names = Object.keys(value).filter((name) => value[name] !== undefined);
  return (jsonFields === 'sorted' ? names.sort(compareKeys) : names).map((name) => [name, value[name]]);
}

function node(value: unknown, newLine: string, style: JsonStyle): string {
  const inner = `${newLine}    `;
  if (Array.isArray(value)) {
    const items = value.map((item) => `${inner}${node(item, inner, style)}`);
    return items.length === 0 ? '[]' : `[${items.join(',')}${newLine}]`;
  }
  if (!isFields(value)) return JSON.stringify(value ?? null);
  const fields = fieldsOf(value, style).map(
    ([name, field]) => `${inner}${JSON.stringify(name)}: ${node(field, inner, style)}`,
  );
  return fields.length === 0 ? '{}' : `{${fields.join(',')}${newLine}}`;
}

function unicodeEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** A backslash that is itself escaped is no beginning of an escape, so escapes are read two characters at a time. */
function longEscapes(json: string): string {
  return json.replace(/\\./g, (escape) => (escape === '\\b' ? '\\u0008' : escape === '\\f' ? '\\u000c' : escape));
}
