/**
 * `-o yaml`: block style, lists at the column of their key, fields in natural order. An emitter of our own since the
 * output must agree to the byte. Twin: sigs.k8s.io/yaml with goyaml.v2.
 */
import { byteLength } from './templates/utf8.ts';
import { compareNaturally } from './naturalOrder.ts';
import { isFields } from './readField.ts';
import { yamlScalar } from './yamlScalar.ts';

export function yamlText(value: unknown): string {
  return `${node(value, 0, 0)}\n`;
}

const STEP = 2;
/** Bytes of a key that may stand before its colon on one line. */
const SIMPLE_KEY_BYTES_MAX = 128;

/**
 * The text of a value whose first line begins at `column`; what follows on other lines is indented by `indent`, the
 * text of a scalar by one step more than the `indent` of its parent.
 */
function node(value: unknown, indent: number, column: number): string {
  if (isFilledList(value)) return sequence(value, indent);
  if (isFilledMap(value)) return mapping(value, indent);
  if (Array.isArray(value)) return '[]';
  if (isFields(value)) return '{}';
  return yamlScalar(value, { column, indent, isKey: false });
}

function mapping(fields: Readonly<Record<string, unknown>>, indent: number): string {
  return Object.keys(fields)
    .filter((key) => fields[key] !== undefined)
    .sort(compareNaturally)
    .map((key) => field(key, fields[key], indent))
    .join(newLine(indent));
}

function field(key: string, value: unknown, indent: number): string {
  if (/[\n\r]/.test(key) || byteLength(key) > SIMPLE_KEY_BYTES_MAX) {
    const inner = indent + STEP;
    return `? ${node(key, inner, inner)}${newLine(indent)}: ${node(value, inner, inner)}`;
  }
  const start = `${yamlScalar(key, { column: indent, indent, isKey: true })}:`;
  if (isFilledList(value)) return `${start}${newLine(indent)}${sequence(value, indent)}`;
  if (isFilledMap(value)) return `${start}${newLine(indent + STEP)}${mapping(value, indent + STEP)}`;
  return `${start} ${node(value, indent + STEP, indent + Array.from(start).length + 1)}`;
}

function sequence(items: readonly unknown[], indent: number): string {
  return items.map((item) => `- ${node(item, indent + STEP, indent + STEP)}`).join(newLine(indent));
}

function newLine(indent: number): string {
  return `\n${' '.repeat(indent)}`;
}

function isFilledList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value) && value.length > 0;
}

function isFilledMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return isFields(value) && Object.keys(value).length > 0;
}
