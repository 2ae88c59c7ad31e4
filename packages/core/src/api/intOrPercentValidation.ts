/** Rules about numbers that may be percentages. Twin: apps/validation ValidatePositiveIntOrPercent, IsNotMoreThan100Percent. Rules: DS-V18. */
import { type FieldError, invalid } from './fieldError.ts';
import { parsePercent } from './intOrPercent.ts';
import { notNegative } from './numberValidation.ts';

const PERCENT_TEXT =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

export function validateIntOrPercent(path: string, value: unknown): readonly FieldError[] {
  if (typeof value === 'number') return notNegative(path, value);
  if (typeof value !== 'string') return [invalid(path, value, "must be an integer or percentage (e.g '5%%')")];
  return parsePercent(value) === undefined ? [invalid(path, value, PERCENT_TEXT)] : [];
}

export function validateAtMost100(path: string, value: unknown): readonly FieldError[] {
  const percent = typeof value === 'string' ? parsePercent(value) : undefined;
  return percent === undefined || percent <= 100 ? [] : [invalid(path, value, 'must not be greater than 100%')];
}
