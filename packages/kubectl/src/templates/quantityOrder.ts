/** Quantities against each other. Twin: apimachinery api/resource ParseQuantity, Cmp. */

/** The amount in billionths, the finest there is, rounded away from zero; undefined where the text is no quantity. */
export function parseNanos(text: string): bigint | undefined {
  // A unit alone is 0 of it, as upstream reads it.
  const match = text === '' ? null : PATTERN.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', binary, decimal = '', exponent] = match;
  const tens = exponent === undefined ? (TENS[decimal] ?? 0) : Number(exponent);
  const unit = binary === undefined ? 1n : 1024n ** BigInt(BINARY.indexOf(binary) + 1);
  const places = NANO_PLACES + tens - fraction.length;
  const value = BigInt(`0${whole}${fraction}`) * unit;
  const nanos = places >= 0 ? value * 10n ** BigInt(places) : divideUp(value, 10n ** BigInt(-places));
  return sign === '-' ? -nanos : nanos;
}

/** Three digits of an exponent and more say nothing about a cluster, but could keep a computer busy. */
const PATTERN = /^([+-]?)([0-9]*)(?:\.([0-9]*))?(?:([KMGTPE]i)|([numkMGTPE]?)|[eE]([+-]?[0-9]{1,2}))$/;
const BINARY = ['Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const TENS: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
const NANO_PLACES = 9;

function divideUp(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by;
}
