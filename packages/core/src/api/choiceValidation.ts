/** A field that takes one of a few texts. Twin: field.NotSupported in apis/core/validation. Rules: DS-V10. */
import { type FieldError, required, unsupported } from './fieldError.ts';
import { isGiven, textOf } from './goText.ts';

/** An absent value has been defaulted where there is a default; an empty text is refused as missing. */
export function* oneOf(value: unknown, supported: readonly string[], path: string): Iterable<FieldError> {
  if (value === '') yield required(path);
  else yield* oneOfIfGiven(value, supported, path);
}

/** An empty text is refused as any other that is not supported. */
export function* oneOfIfGiven(value: unknown, supported: readonly string[], path: string): Iterable<FieldError> {
  if (isGiven(value) && !supported.includes(textOf(value))) yield unsupported(path, value, supported);
}
