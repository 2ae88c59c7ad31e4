/**
 * How the API server reads JSON into an object: the first value of a wrong type ends it, `null` and what is zero or
 * empty are the same as nothing, and what is not known is kept. Twin: sigs.k8s.io/json, apimachinery runtime/converter.go; the words are Go's.
 */
import { TEMPLATE_GENERATION_ANNOTATION } from './daemonSet.ts';
import { GO_KINDS } from './goKinds.ts';
import { type Fields, fieldsOf, isGiven } from './goText.ts';
import { type GoStruct, type GoType, zeroOf } from './goType.ts';
import type { ApiObject, Kind } from './objects.ts';
import { isObject } from './patch.ts';
import { NO_QUANTITY, quantityNanos } from './quantityText.ts';

/** Keys, and positions in lists. */
export type ObjectPath = readonly (string | number)[];

export type Decoded =
  | { readonly ok: true; readonly object: ApiObject }
  | { readonly ok: false; readonly error: string; readonly path: ObjectPath };

/**
 * Who reads: `body` of a request, or the result of a strategic merge `patch`. They word errors differently, and the
 * second lets whole numbers overflow.
 */
export type Reader = 'body' | 'patch';

const INT32_LIMIT = 2 ** 31;
/** RFC 3339 as Go reads it, but for the lengths of months. */
const TIME =
  /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])T([01]\d|2[0-3]):[0-5]\d:[0-5]\d([.,]\d+)?(Z|[+-]\d{2}:\d{2})$/;

/**
 * The object without nulls, or what is wrong with it in Go's words. `given` has a kind that we know; what it has in
 * common with `known`, an object that has been read before, is not read again.
 */
export function decodeObject(kind: Kind, given: unknown, reader: Reader = 'body', known?: ApiObject): Decoded {
  const decoder = new Decoder(reader);
  const fields = fieldsOf(given);
  const old = fieldsOf(known);
  const { fields: types, ...type } = GO_KINDS[kind];
  const isNew = (field: string): boolean => old[field] === undefined || fields[field] !== old[field];
  const toRead = Object.fromEntries(Object.entries(types).filter(([field]) => isNew(field)));
  const object = decoder.readStruct({ ...type, fields: toRead }, fields, old);
  const failure = decoder.failure ?? findAnnotationFailure(kind, object);
  if (failure !== undefined) return { ok: false, ...failure };
  const whole = isObject(object['metadata']) ? object : { ...object, metadata: {} };
  return { ok: true, object: whole as unknown as ApiObject };
}

/** The server's 400 for a body that cannot be read. */
export function formatUnreadable(kind: string, apiVersion: string, error: string): string {
  const version = apiVersion.slice(apiVersion.indexOf('/') + 1);
  return `${kind} in version "${version}" cannot be handled as a ${kind}: ${error}`;
}

interface Failure {
  readonly error: string;
  readonly path: ObjectPath;
}

/** The counter of templates is a number in a text. */
function findAnnotationFailure(kind: Kind, object: Fields): Failure | undefined {
  if (kind !== 'DaemonSet') return undefined;
  const text = fieldsOf(fieldsOf(object['metadata'])['annotations'])[TEMPLATE_GENERATION_ANNOTATION];
  if (typeof text !== 'string' || /^[+-]?[0-9]{1,18}$/.test(text)) return undefined;
  const reason = /^[+-]?[0-9]+$/.test(text) ? 'value out of range' : 'invalid syntax';
  const error = `strconv.ParseInt: parsing ${JSON.stringify(text)}: ${reason}`;
  return { error, path: ['metadata', 'annotations', TEMPLATE_GENERATION_ANNOTATION] };
}

/** One object being read: it remembers where it is, so that a complaint can say so, and the complaints that count. */
class Decoder {
  readonly #reader: Reader;
  readonly #trail: (string | number)[] = [];
  /** The struct that the field at the end of the trail belongs to. */
  #owner = '';
  /** Of a value of a wrong type: told when the end is reached. */
  #soft: Failure | undefined;
  /** Of a value that reads itself, such as a quantity: it ends the reading at once, so it wins. */
  #hard: Failure | undefined;

  constructor(reader: Reader) {
    this.#reader = reader;
  }

  get failure(): Failure | undefined {
    return this.#hard ?? this.#soft;
  }

  /** Copies only where something has to go or to come: almost every object is as it should be. */
  readStruct(type: GoStruct, given: Fields, known?: Fields): Fields {
    let copy: Record<string, unknown> | undefined;
    for (const key of Object.keys(given)) {
      const field = Object.hasOwn(type.fields, key) ? type.fields[key] : undefined;
      if (field === undefined) continue;
      const before = given[key];
      const old = known?.[key];
      if (old !== undefined && before === old) continue;
      this.#owner = type.struct;
      const read = isGiven(before) ? this.#readAt(key, field, before, old) : undefined;
      const value = isEmpty(field, read) && !type.kept.has(key) ? undefined : read;
      if (value === before) continue;
      copy ??= { ...given };
      if (value === undefined) delete copy[key];
      else copy[key] = value;
    }
    for (const [field, zero] of type.always) {
      if (isGiven(given[field])) continue;
      copy ??= { ...given };
      copy[field] = zero;
    }
    return copy ?? given;
  }

  #readAt(step: string | number, type: GoType, given: unknown, known?: unknown): unknown {
    this.#trail.push(step);
    const value = this.#read(type, given, known);
    this.#trail.pop();
    return value;
  }

  #read(type: GoType, given: unknown, known: unknown): unknown {
    if (typeof type === 'string') return this.#readScalar(type, given);
    if ('struct' in type) {
      if (isObject(given)) return this.readStruct(type, given, isObject(known) ? known : undefined);
    } else if ('list' in type) {
      if (Array.isArray(given)) return this.#readList(type.list, given, Array.isArray(known) ? known : []);
    } else if (isObject(given)) return this.#readMap(type.map, given);
    this.#refuse(given, type);
    return given;
  }

  #readList(element: GoType, given: readonly unknown[], known: readonly unknown[]): readonly unknown[] {
    const owner = this.#owner;
    const values = given.map((each, at) => {
      this.#owner = owner;
      if (isObject(each) && each === known[at]) return each;
      return isGiven(each) ? this.#readAt(at, element, each, known[at]) : zeroOf(element);
    });
    return values.every((value, at) => value === given[at]) ? given : values;
  }

  /** Go does not name the key. */
  #readMap(element: string, given: Fields): Fields {
    let copy: Record<string, unknown> | undefined;
    for (const [key, before] of Object.entries(given)) {
      const value = isGiven(before) ? this.#readScalar(element, before) : zeroOf(element);
      if (value === before) continue;
      copy ??= { ...given };
      copy[key] = value;
    }
    return copy ?? given;
  }

  #readScalar(type: string, given: unknown): unknown {
    switch (type) {
      case 'any':
        break;
      case 'bool':
        if (typeof given !== 'boolean') this.#refuse(given, type);
        break;
      case 'int32':
      case 'int64':
        return this.#readWhole(type, given);
      case 'intstr':
        if (typeof given !== 'string' && !isInt32(given)) this.#end(this.#unmarshalError(given, 'int32'));
        break;
      case 'quantity':
        if (!isAmount(given)) this.#end(NO_QUANTITY);
        break;
      case 'time':
        if (typeof given !== 'string') this.#end(this.#unmarshalError(given, 'string'));
        else if (!TIME.test(given)) this.#end(timeError(given));
        break;
      default:
        if (typeof given !== 'string') this.#refuse(given, type);
    }
    return given;
  }

  #readWhole(type: 'int32' | 'int64', given: unknown): unknown {
    if (type === 'int32' ? isInt32(given) : Number.isSafeInteger(given)) return given;
    const isLarge = typeof given === 'number' && Number.isInteger(given);
    if (!isLarge || this.#reader === 'body') this.#refuse(given, type);
    else if (type === 'int32') return Number(BigInt.asIntN(32, BigInt(given)));
    return given;
  }

  #refuse(given: unknown, type: GoType): void {
    if (this.#reader === 'patch') this.#end(convertError(given, type));
    else this.#soft ??= { error: this.#unmarshalError(given, goName(type)), path: [...this.#trail] };
  }

  #end(error: string): void {
    this.#hard ??= { error, path: [...this.#trail] };
  }

  /** In a patch only types that read themselves get this far, and they know nothing of the field. */
  #unmarshalError(given: unknown, type: string): string {
    const fields = this.#trail.filter((step) => typeof step === 'string').join('.');
    const place = this.#reader === 'body' ? `struct field ${this.#owner}.${fields}` : 'value';
    return `json: cannot unmarshal ${jsonType(given, type)} into Go ${place} of type ${type}`;
  }
}

/** The converter of patches names neither the field nor the value. */
function convertError(given: unknown, type: GoType): string {
  const kind = kindOf(given);
  if (typeof type !== 'string') {
    if ('struct' in type) return `cannot restore struct from: ${kind}`;
    return `cannot restore ${'list' in type ? 'slice' : 'map'} from ${kind}`;
  }
  const isText = type !== 'bool' && type !== 'int32' && type !== 'int64';
  // Go converts numbers to text, by taking them for characters; so the converter has to say no.
  const isConvertible = type === 'bool' ? false : kind === 'int64' || (kind === 'float64' && !isText);
  if (isConvertible) return `cannot convert ${kind} to ${type}`;
  return `unrecognized type: ${isText ? 'string' : type}`;
}

function isInt32(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= -INT32_LIMIT && (value as number) < INT32_LIMIT;
}

function isAmount(value: unknown): boolean {
  if (typeof value !== 'string' && typeof value !== 'number') return false;
  return quantityNanos(typeof value === 'string' ? value.trim() : value) !== undefined;
}

/** Whether Go writes nothing for the value, unless it is that of a pointer. Structs and what reads itself are written. */
function isEmpty(type: GoType, value: unknown): boolean {
  if (typeof type === 'string') return value === '' || value === false || (value === 0 && type.startsWith('int'));
  if ('list' in type) return Array.isArray(value) && value.length === 0;
  return 'map' in type && isObject(value) && Object.keys(value).length === 0;
}

/** `number 1.5` where the number does not fit the type, `number` where the type is another one. */
function jsonType(value: unknown, type: string): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value !== 'number') return typeof value;
  return type === 'int32' || type === 'int64' ? `number ${value}` : 'number';
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'slice';
  if (isObject(value)) return 'map';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value !== 'number') return typeof value;
  return Number.isInteger(value) ? 'int64' : 'float64';
}

function goName(type: GoType): string {
  if (typeof type === 'string') return type;
  if ('struct' in type) return `v1.${type.struct}`;
  return 'list' in type ? `[]${goName(type.list)}` : type.type;
}

/** Go names the first part of the layout that is not there. */
function timeError(text: string): string {
  const layout = '2006-01-02T15:04:05Z07:00';
  const parts: readonly (readonly [RegExp, string])[] = [
    [/^\d{4}/, '2006'],
    [/^-/, '-'],
    [/^(0[1-9]|1[0-2])/, '01'],
    [/^-/, '-'],
    [/^\d{2}/, '02'],
    [/^T/, 'T'],
    [/^([01]\d|2[0-3])/, '15'],
    [/^:/, ':'],
    [/^[0-5]\d/, '04'],
    [/^:/, ':'],
    [/^[0-5]\d(\.\d+)?/, '05'],
    [/^(Z|[+-]\d{2}:\d{2})$/, 'Z07:00'],
  ];
  let rest = text;
  for (const [pattern, part] of parts) {
    const match = pattern.exec(rest);
    if (match === null)
      return `parsing time ${JSON.stringify(text)} as "${layout}": cannot parse ${JSON.stringify(rest)} as "${part}"`;
    rest = rest.slice(match[0].length);
  }
  return `parsing time ${JSON.stringify(text)}: day out of range`;
}
