/** The one assertion of the house: a failed one means a bug of ours, so it stops the run and is never caught. */

/** Thrown by `assert` and `assertNever`; nobody catches it below the CLI, which answers with exit code 3. */
export class AssertionError extends Error {
  override readonly name = 'AssertionError';
}

/**
 * Stops the run when `condition` is false.
 * `message` is a function, so that the happy path builds no string.
 */
export function assert(condition: boolean, message: () => string): asserts condition {
  if (!condition) throw new AssertionError(message());
}

/** Ends an exhaustive switch: the compiler rejects a call that can be reached. */
export function assertNever(value: never): never {
  throw new AssertionError(`unexpected value ${JSON.stringify(value)}`);
}
