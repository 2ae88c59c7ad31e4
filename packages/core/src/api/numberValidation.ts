/** Rules about numbers, with the server's sentences. Twin: apimachinery util/validation, api/validation. Rules: DS-V10, DS-V13…DS-V15, DS-V23. */
import { type FieldError, invalid } from './fieldError.ts';

const PORT_MAX = 65_535;
/** Users, groups and deadlines. */
export const INT32_MAX = 2_147_483_647;

export function notNegative(path: string, value: unknown): readonly FieldError[] {
  const isFine = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  return isFine ? [] : [invalid(path, value, 'must be greater than or equal to 0')];
}

export function inRange(path: string, value: number, min: number, max: number): readonly FieldError[] {
  const isFine = Number.isSafeInteger(value) && value >= min && value <= max;
  return isFine ? [] : [invalid(path, value, `must be between ${min} and ${max}, inclusive`)];
}

export function validatePortNumber(path: string, port: number): readonly FieldError[] {
  return inRange(path, port, 1, PORT_MAX);
}
