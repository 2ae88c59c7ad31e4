/** The functions that a Go template of kubectl may call. Twin: text/template funcs.go, cli-runtime printers template.go. */
import { decodeBase64 } from './base64.ts';
import { compareEqual, compareLess } from './goCompare.ts';
import { print, printf, println } from './goPrint.ts';
import { escapeHtml, escapeJavaScript, escapeQuery } from './goEscapes.ts';
import { formatValue, kindOf, numberOf, TypedNumber, typeName } from './goValue.ts';
import type { Fields } from '../readField.ts';
import { TemplateError } from './templateError.ts';
import { byteLength, fromBytes, toBytes } from './utf8.ts';

/** What a function gets beside its arguments. */
export interface CallContext {
  /** Whether errors of comparisons name the types. */
  readonly namesTypes: boolean;
  /** The first argument as it stands in the template. */
  readonly firstText: string;
  /** Which arguments are elements of the data, held in an interface. */
  readonly areElements: readonly boolean[];
}

export interface GoFunction {
  readonly parameters: number;
  /** Any number of further arguments. */
  readonly isVariadic?: boolean;
  /** The first argument has to be text. */
  readonly takesText?: boolean;
  /** The result is an element, which Go holds in an interface. */
  readonly isElement?: boolean;
  /** What is nil or not there comes as undefined; throws TemplateError. */
  readonly call: (args: readonly unknown[], context: CallContext) => unknown;
}

/** Go's `true` of an `if`: anything but false, 0, nil and what is empty. */
export function isTrue(value: unknown): boolean {
  switch (kindOf(value)) {
    case 'invalid':
      return false;
    case 'bool':
      return value === true;
    case 'list':
      return (value as readonly unknown[]).length > 0;
    case 'map':
      return Object.keys(value as Fields).length > 0;
    case 'string':
      return value !== '';
    default:
      return numberOf(value)?.value !== 0;
  }
}

/** `and` and `or` stand here for their parameters: they take what decides and leave the rest unevaluated. */
export const GO_FUNCTIONS: ReadonlyMap<string, GoFunction> = new Map<string, GoFunction>([
  ['and', { parameters: 1, isVariadic: true, call: (args) => args.at(-1) }],
  ['or', { parameters: 1, isVariadic: true, call: (args) => args.at(-1) }],
  ['not', { parameters: 1, call: ([value]) => !isTrue(value) }],
  ['len', { parameters: 1, call: ([value]) => new TypedNumber('int', length(value)) }],
  ['index', { parameters: 1, isVariadic: true, isElement: true, call: ([item, ...at]) => index(item, at) }],
  ['slice', { parameters: 1, isVariadic: true, call: slice }],
  ['call', { parameters: 1, isVariadic: true, call: callValue }],
  ['print', { parameters: 0, isVariadic: true, call: print }],
  [
    'printf',
    { parameters: 1, isVariadic: true, takesText: true, call: ([format, ...args]) => printf(String(format), args) },
  ],
  ['println', { parameters: 0, isVariadic: true, call: println }],
  ['html', { parameters: 0, isVariadic: true, call: (args) => escapeHtml(textOf(args)) }],
  ['js', { parameters: 0, isVariadic: true, call: (args) => escapeJavaScript(textOf(args)) }],
  ['urlquery', { parameters: 0, isVariadic: true, call: (args) => escapeQuery(textOf(args)) }],
  [
    'eq',
    {
      parameters: 1,
      isVariadic: true,
      call: ([first, ...others], { namesTypes }) => equalsAny(first, others, namesTypes),
    },
  ],
  ['ne', { parameters: 2, call: ([a, b], { namesTypes }) => !equalsAny(a, [b], namesTypes) }],
  ['lt', { parameters: 2, call: ([a, b], { namesTypes }) => compareLess(a, b, namesTypes) }],
  ['le', { parameters: 2, call: ([a, b], { namesTypes }) => isAtMost(a, b, namesTypes) }],
  ['gt', { parameters: 2, call: ([a, b], { namesTypes }) => !isAtMost(a, b, namesTypes) }],
  ['ge', { parameters: 2, call: ([a, b], { namesTypes }) => !compareLess(a, b, namesTypes) }],
  ['exists', { parameters: 1, isVariadic: true, call: ([item, ...at]) => exists(item, at) }],
  ['base64decode', { parameters: 1, takesText: true, call: ([text]) => decodeBase64(String(text)) }],
]);

function isAtMost(a: unknown, b: unknown, namesTypes: boolean): boolean {
  return compareLess(a, b, namesTypes) || equalsAny(a, [b], namesTypes);
}

function equalsAny(first: unknown, others: readonly unknown[], namesTypes: boolean): boolean {
  if (others.length === 0) throw new TemplateError('missing argument for comparison');
  return others.some((other) => equals(first, other, namesTypes));
}

/** Nothing equals nothing, and nothing else; lists and maps cannot be compared. */
function equals(a: unknown, b: unknown, namesTypes: boolean): boolean {
  const [left, right] = [kindOf(a), kindOf(b)];
  if (left === 'invalid' || right === 'invalid') return left === right;
  const isCompound = (kind: string): boolean => kind === 'list' || kind === 'map';
  if (!isCompound(left) || !isCompound(right)) return compareEqual(a, b, namesTypes);
  if (left === right) throw new TemplateError(`non-comparable type ${printf('%s', [b])}: ${typeName(b)}`);
  const first = `${printf('%s', [a])}: ${typeName(a)}`;
  throw new TemplateError(`non-comparable types ${first}, ${typeName(b)}: ${formatValue(b)}`);
}

function length(value: unknown): number {
  switch (kindOf(value)) {
    case 'string':
      return byteLength(value as string);
    case 'list':
      return (value as readonly unknown[]).length;
    case 'map':
      return Object.keys(value as Fields).length;
    case 'invalid':
      throw new TemplateError(value === null ? 'len of nil pointer' : NO_TYPE);
    default:
      throw new TemplateError(`len of type ${typeName(value)}`);
  }
}

/** What Go's reflection says about a value that is not there. */
const NO_TYPE = 'reflect: call of reflect.Value.Type on zero Value';

function index(item: unknown, indexes: readonly unknown[]): unknown {
  if (kindOf(item) === 'invalid') throw new TemplateError('index of untyped nil');
  let current = item;
  for (const at of indexes) current = indexOnce(current, at);
  return current;
}

function indexOnce(item: unknown, at: unknown): unknown {
  switch (kindOf(item)) {
    case 'invalid':
      throw new TemplateError('index of nil pointer');
    case 'list':
      return elementAt(item as readonly unknown[], at, 'slice');
    case 'string': {
      const bytes = toBytes(item as string).map((byte) => new TypedNumber('uint8', byte));
      return elementAt(bytes, at, 'string');
    }
    case 'map':
      return fieldOf(item as Fields, keyOf(at));
    default:
      throw new TemplateError(`can't index item of type ${typeName(item)}`);
  }
}

/** What a map lacks is its zero value, nil. */
function fieldOf(map: Fields, key: string): unknown {
  return Object.hasOwn(map, key) ? (map[key] ?? null) : null;
}

function elementAt(list: readonly unknown[], at: unknown, type: 'slice' | 'string'): unknown {
  const position = positionOf(at, list.length);
  // One behind the last passes upstream's own check and fails in Go's.
  if (position === list.length) throw new TemplateError(`reflect: ${type} index out of range`);
  return list[position];
}

function positionOf(at: unknown, max: number): number {
  const kind = kindOf(at);
  if (kind === 'invalid') throw new TemplateError('cannot index slice/array with nil');
  const position = kind === 'int' || kind === 'uint' ? numberOf(at)?.value : undefined;
  if (position === undefined) throw new TemplateError(`cannot index slice/array with type ${typeName(at)}`);
  if (position < 0 || position > max) throw new TemplateError(`index out of range: ${position}`);
  return position;
}

function keyOf(at: unknown): string {
  if (kindOf(at) === 'invalid') throw new TemplateError('value is nil; should be of type string');
  if (typeof at !== 'string') throw new TemplateError(`value has type ${typeName(at)}; should be string`);
  return at;
}

/** Upstream does not look into the interface that holds an index, so one from the data is refused. */
function slice([item, ...indexes]: readonly unknown[], { areElements }: CallContext): unknown {
  const kind = kindOf(item);
  if (kind === 'invalid') throw new TemplateError('slice of untyped nil');
  if (indexes.length > 3) throw new TemplateError(`too many slice indexes: ${indexes.length}`);
  if (kind === 'string' && indexes.length === 3) throw new TemplateError('cannot 3-index slice a string');
  if (kind !== 'string' && kind !== 'list') throw new TemplateError(`can't slice item of type ${typeName(item)}`);
  const elements = kind === 'string' ? toBytes(item as string) : (item as readonly unknown[]);
  const positions = indexes.map((at, place) => {
    if (areElements[place + 1] === true) throw new TemplateError('cannot index slice/array with type interface {}');
    return positionOf(at, elements.length);
  });
  const [from = 0, to = elements.length, capacity = elements.length] = positions;
  if (from > to) throw new TemplateError(`invalid slice index: ${from} > ${to}`);
  if (to > capacity) throw new TemplateError(`invalid slice index: ${to} > ${capacity}`);
  const part = elements.slice(from, to);
  return kind === 'string' ? fromBytes(part as readonly number[]) : part;
}

/** Data holds no functions. */
function callValue([value]: readonly unknown[], { firstText }: CallContext): never {
  if (kindOf(value) === 'invalid') throw new TemplateError('call of nil');
  throw new TemplateError(`non-function ${firstText} of type ${typeName(value)}`);
}

/** Whether `index` would find something there. Without an index everything exists, as upstream has it. */
function exists(item: unknown, indexes: readonly unknown[]): boolean {
  if (indexes.length === 0) return true;
  let current = item;
  for (const at of indexes) {
    const kind = kindOf(current);
    const isKey = kind === 'map' && typeof at === 'string';
    const isPosition = ['list', 'string'].includes(kind) && ['int', 'uint'].includes(kindOf(at));
    if (!isKey && !isPosition) return false;
    const position = numberOf(at)?.value ?? 0;
    if (isPosition && (position < 0 || position >= length(current))) return false;
    current = indexOnce(current, at);
  }
  return kindOf(current) !== 'invalid';
}

/** One text as it is; anything else as `print` shows it, nil as what is missing. */
function textOf(args: readonly unknown[]): string {
  return print(args.map((arg) => (kindOf(arg) === 'invalid' ? '<no value>' : arg)));
}
