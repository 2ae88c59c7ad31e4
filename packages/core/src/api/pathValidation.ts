/** Rules about paths inside volumes, and about the modes of their files. Twin: apis/core/validation validateLocalDescendingPath, ValidateLocalNonReservedPath. Rules: DS-V10. */
import { type FieldError, invalid } from './fieldError.ts';

const MODE_MAX = 0o777;

/** One error is enough, however often the path goes up. */
export function* noBacksteps(path: string, field: string): Iterable<FieldError> {
  if (path.split('/').includes('..')) yield invalid(field, path, "must not contain '..'");
}

/** A path that stays below where it starts. */
export function* validateDescendingPath(path: string, field: string): Iterable<FieldError> {
  if (path.startsWith('/')) yield invalid(field, path, 'must be a relative path');
  yield* noBacksteps(path, field);
}

/** The same, of a file that a kubelet writes: names with two dots are its own. */
export function* validateLocalPath(path: string, field: string): Iterable<FieldError> {
  yield* validateDescendingPath(path, field);
  if (path.startsWith('..') && !path.startsWith('../')) yield invalid(field, path, "must not start with '..'");
}

export function* validateMode(mode: unknown, field: string): Iterable<FieldError> {
  if (typeof mode === 'number' && (mode < 0 || mode > MODE_MAX))
    yield invalid(field, mode, 'must be a number between 0 and 0777 (octal), both inclusive');
}
