/** What is wrong with a template, or with the data under it: text as kubectl prints it. */

/** Thrown inside the template languages and caught where they are called. */
export class TemplateError extends Error {
  override readonly name = 'TemplateError';
  /** What upstream hands back beside the error, and a path filter that asks for existence looks at. */
  readonly values: readonly unknown[];

  constructor(message: string, values: readonly unknown[] = []) {
    super(message);
    this.values = values;
  }
}

export type Attempt<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: string; readonly values: readonly unknown[] };

/** The result, or the message of the TemplateError that came instead. */
export function attempt<T>(compute: () => T): Attempt<T> {
  try {
    return { ok: true, value: compute() };
  } catch (error) {
    if (error instanceof TemplateError) return { ok: false, error: error.message, values: error.values };
    throw error;
  }
}
