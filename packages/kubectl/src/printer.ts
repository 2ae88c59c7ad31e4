/** What an output format is: a template made ready once, then given one object or list after the other. */

/** Text for stdout, and what went wrong after it, if anything, as kubectl prints it behind `error: `. */
export interface Printed {
  readonly text: string;
  readonly error?: string;
}

/** Prints one object, or a `List` with `items`, as JSON data. */
export type Printer = (data: unknown) => Printed;

/** A printer, or why the template is none: text that kubectl prints behind `error: `. */
export type PrinterChoice =
  | { readonly ok: true; readonly print: Printer }
  | { readonly ok: false; readonly error: string };

/** The releases of the client whose words differ (the recordings know two). */
export interface ClientRelease {
  /** Minor of the client's version: 36 for 1.36. */
  readonly minor: number;
}
