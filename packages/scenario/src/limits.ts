/** How much a user may hand in: beyond these numbers it is a mistake or an attack, and is refused with the number. */

const MEBIBYTE = 1_048_576;
export const SCENARIO_BYTES_MAX: number = 1 * MEBIBYTE;
export const MANIFEST_BYTES_MAX: number = 20 * MEBIBYTE;
/** Nested collections; a real manifest has about 15. Beyond some thousands the YAML library dies of its own recursion. */
export const DEPTH_MAX = 100;
/** References to anchors, counted with what they contain: a file of 400 bytes can stand for a billion values. */
export const ALIASES_MAX = 1_000;
/** Values of one document after its anchors are resolved. */
export const VALUES_MAX = 2_000_000;
export const MATRIX_ROWS_MAX = 10_000;
export const NODES_MAX = 20_000;
/** Control planes have one, three or five members. */
export const REPLICAS_MAX = 9;
/** Steps of a timeline after `every` is unrolled. */
export const STEPS_MAX = 10_000;

/** `200 MiB`, rounded up, for messages. */
export function formatMebibytes(bytes: number): string {
  return `${Math.ceil(bytes / MEBIBYTE)} MiB`;
}
