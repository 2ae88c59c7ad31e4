/** One complaint about one field, and how the API server words it. Twin: apimachinery util/validation/field. Rules: DS-V26. */

export type FieldErrorKind =
  | 'Required value'
  | 'Invalid value'
  | 'Unsupported value'
  | 'Duplicate value'
  | 'Not found'
  | 'Forbidden'
  | 'Too long'
  | 'Too many';

export interface FieldError {
  /** Path such as `spec.template.spec.containers[0].name`. */
  readonly field: string;
  readonly kind: FieldErrorKind;
  /** What stands there; not printed where the kind needs none. */
  readonly value?: unknown;
  readonly detail: string;
}

export function fieldError(kind: FieldErrorKind, field: string, value: unknown, detail: string): FieldError {
  return { field, kind, value, detail };
}

export function required(field: string, detail = ''): FieldError {
  return fieldError('Required value', field, '', detail);
}

export function invalid(field: string, value: unknown, detail: string): FieldError {
  return fieldError('Invalid value', field, value, detail);
}

export function forbidden(field: string, detail: string): FieldError {
  return fieldError('Forbidden', field, '', detail);
}

export function duplicate(field: string, value: unknown, detail = ''): FieldError {
  return fieldError('Duplicate value', field, value, detail);
}

/** A name that stands for nothing. */
export function unresolved(field: string, name: string, detail = ''): FieldError {
  return fieldError('Not found', field, name, detail);
}

/** `bytesMax`: how long the value may be; the value itself is not shown. */
export function tooLong(field: string, bytesMax: number): FieldError {
  return fieldError('Too long', field, '', `may not be more than ${bytesMax} bytes`);
}

/** `detail` of an unsupported value: the server sorts what it supports only where it has no order of its own. */
export function unsupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  const names = supported.map((name) => JSON.stringify(name)).join(', ');
  return { field, kind: 'Unsupported value', value, detail: `supported values: ${names}` };
}

/** `<path>: <Kind>: <value>: <detail>`, as `kubectl` shows it. */
export function formatFieldError(error: FieldError): string {
  const head = `${error.field}: ${error.kind}`;
  const withValue =
    error.kind === 'Required value' || error.kind === 'Forbidden' || error.kind === 'Too long'
      ? head
      : `${head}: ${formatValue(error.value)}`;
  return error.detail === '' ? withValue : `${withValue}: ${error.detail}`;
}

/** The whole message of a rejected object: several errors stand in brackets, as the server aggregates them. */
export function formatInvalid(kind: string, name: string, errors: readonly FieldError[]): string {
  const texts = [...new Set(errors.map(formatFieldError))];
  const text = texts.length === 1 ? texts[0] : `[${texts.join(', ')}]`;
  return `${kind} "${name}" is invalid: ${text}`;
}

function formatValue(value: unknown): string {
  if (value === undefined || value === null) return 'null';
  if (typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  return JSON.stringify(value);
}
