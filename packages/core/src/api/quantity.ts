/**
 * Kubernetes quantities as whole numbers: cpu in millicores, memory in bytes, anything else in units.
 * Parts are rounded up, as the server does when it asks a quantity for a whole value. Twin: apimachinery api/resource.
 */

/** 10^n of the decimal suffixes; `m`, `u` and `n` are negative. */
const DECIMAL: Readonly<Record<string, number>> = { n: -9, u: -6, m: -3, '': 0, k: 3, M: 6, G: 9, T: 12, P: 15, E: 18 };
/** 2^n of the binary suffixes. */
const BINARY: Readonly<Record<string, number>> = { Ki: 10, Mi: 20, Gi: 30, Ti: 40, Pi: 50, Ei: 60 };
const PATTERN = /^([+-]?)([0-9]*)(?:\.([0-9]*))?(?:([a-zA-Z]{0,2})|[eE]([+-]?[0-9]+))$/;
/** Beyond this many places no quantity means anything; it keeps hostile text from building endless numbers. */
const PLACES_MAX = 40;

/** Millicores of `250m`, `0.5`, `2` or a number; undefined where the text is no quantity. */
export function parseCpuMilli(quantity: string | number | undefined): number | undefined {
  return parseScaled(quantity, 3);
}

/** Bytes of `200Mi`, `1e3`, `128974848` or a number. */
export function parseMemoryBytes(quantity: string | number | undefined): number | undefined {
  return parseScaled(quantity, 0);
}

/** Whole units of any other resource, such as `pods: 110`. */
export function parseUnits(quantity: string | number | undefined): number | undefined {
  return parseScaled(quantity, 0);
}

/** The quantity times 10^places, rounded up; undefined where it is none or leaves the safe integers. */
export function parseScaled(quantity: string | number | undefined, places: number): number | undefined {
  if (quantity === undefined || quantity === null) return undefined;
  const match = PATTERN.exec(String(quantity));
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', suffix = '', exponent] = match;
  if (whole === '' && fraction === '') return undefined;
  if (whole.length + fraction.length > PLACES_MAX) return undefined;
  const scale = scaleOf(suffix, exponent);
  if (scale === undefined) return undefined;
  const power = scale.tens + places - fraction.length;
  if (Math.abs(power) > PLACES_MAX) return undefined;
  let value = BigInt(whole + fraction) * 2n ** BigInt(scale.twos);
  if (power >= 0) value *= 10n ** BigInt(power);
  else value = divideUp(value, 10n ** BigInt(-power), sign === '-');
  const number = Number(sign === '-' ? -value : value);
  return Number.isSafeInteger(number) ? number : undefined;
}

/** Canonical text of bytes, in the largest binary unit that keeps it whole, such as `64Mi`. */
export function formatMemory(bytes: number): string {
  const units = ['Ei', 'Pi', 'Ti', 'Gi', 'Mi', 'Ki'];
  for (const unit of units) {
    const size = 2 ** (BINARY[unit] ?? 0);
    if (bytes >= size && bytes % size === 0) return `${Math.trunc(bytes / size)}${unit}`;
  }
  return String(bytes);
}

/** Canonical text of a number that is no number of bytes, such as `64k` or `1500`. */
export function formatDecimal(amount: number): string {
  const units = ['', 'k', 'M', 'G', 'T', 'P', 'E'];
  let [rest, thousands] = [amount, 0];
  while (rest > 0 && rest % 1000 === 0) {
    rest = Math.trunc(rest / 1000);
    thousands += 1;
  }
  return `${rest}${units[thousands] ?? ''}`;
}

/** Canonical text of millicores: `2`, `250m`. */
export function formatCpu(milli: number): string {
  return milli % 1000 === 0 ? String(Math.trunc(milli / 1000)) : `${milli}m`;
}

function scaleOf(
  suffix: string,
  exponent: string | undefined,
): { readonly tens: number; readonly twos: number } | undefined {
  if (exponent !== undefined) return { tens: Number(exponent), twos: 0 };
  // `E` alone is exa; followed by digits the pattern has read it as an exponent.
  const tens = Object.hasOwn(DECIMAL, suffix) ? DECIMAL[suffix] : undefined;
  if (tens !== undefined) return { tens, twos: 0 };
  const twos = Object.hasOwn(BINARY, suffix) ? BINARY[suffix] : undefined;
  return twos === undefined ? undefined : { tens: 0, twos };
}

/** Rounds away from nothing lost: up for amounts, towards zero for negative ones. */
function divideUp(value: bigint, by: bigint, isNegative: boolean): bigint {
  return isNegative ? value / by : (value + by - 1n) / by;
}
