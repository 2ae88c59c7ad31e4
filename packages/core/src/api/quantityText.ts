/** Quantities as Go spells them after reading one: `1000m` is `1`, `2048Mi` is `2Gi`. Twin: apimachinery api/resource CanonicalizeBytes. */

const PATTERN = /^([+-]?)([0-9]*)(?:\.([0-9]*))?(?:(Ki|Mi|Gi|Ti|Pi|Ei)|([numkMGTPE]?)|[eE]([+-]?[0-9]{1,2}))$/;
/** What the server says of a text that is none. */
export const NO_QUANTITY = `quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'`;
const BINARY = ['', 'Ki', 'Mi', 'Gi', 'Ti', 'Pi', 'Ei'];
const DECIMAL = ['n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'P', 'E'];
/** Where the unit without a suffix stands in `DECIMAL`. */
const ONES = 3;
/** Billionths in one: nothing is finer. */
export const NANO: bigint = 1_000_000_000n;

/** Longer numbers mean nothing; the bound keeps hostile text from costing time. */
const DIGITS_MAX = 200;

interface Parsed {
  readonly isNegative: boolean;
  /** Without the sign, in billionths, rounded up. */
  readonly nanos: bigint;
  readonly isBinary: boolean;
  readonly isExponent: boolean;
}

/** The canonical text; what is no quantity comes back as it is. */
export function canonicalQuantity(quantity: string | number): string {
  const text = String(quantity);
  const parsed = parse(text);
  if (parsed === undefined) return text;
  const digits = formatNanos(parsed.nanos, parsed.isBinary, parsed.isExponent);
  return parsed.isNegative && parsed.nanos !== 0n ? `-${digits}` : digits;
}

/** The exact value in billionths, or undefined where the text is no quantity. */
export function quantityNanos(quantity: string | number): bigint | undefined {
  const parsed = parse(String(quantity));
  return parsed === undefined ? undefined : parsed.isNegative ? -parsed.nanos : parsed.nanos;
}

/**
 * The sum, spelled as the first is: binary, decimal or with an exponent; a zero takes the spelling of the other.
 * Asserts nothing: what is no quantity counts as zero.
 */
export function addQuantities(a: string | number, b: string | number): string {
  const [first, second] = [parse(String(a)), parse(String(b))];
  const like = first === undefined || first.nanos === 0n ? second : first;
  const sum = signed(first) + signed(second);
  const digits = formatNanos(sum < 0n ? -sum : sum, like?.isBinary ?? false, like?.isExponent ?? false);
  return sum < 0n ? `-${digits}` : digits;
}

function signed(parsed: Parsed | undefined): bigint {
  if (parsed === undefined) return 0n;
  return parsed.isNegative ? -parsed.nanos : parsed.nanos;
}

function parse(text: string): Parsed | undefined {
  if (text.length > DIGITS_MAX) return undefined;
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const [, sign, whole = '', fraction = '', binary, decimal = '', exponent] = match;
  if (whole === '' && fraction === '') return undefined;
  const tens = exponent === undefined ? 3 * (DECIMAL.indexOf(decimal) - ONES) : Number(exponent);
  const unit = binary === undefined ? 1n : 1024n ** BigInt(BINARY.indexOf(binary));
  const nanos = scaled(BigInt(whole + fraction) * unit * NANO, tens - fraction.length);
  return { isNegative: sign === '-', nanos, isBinary: binary !== undefined, isExponent: exponent !== undefined };
}

function formatNanos(nanos: bigint, isBinary: boolean, isExponent: boolean): string {
  if (nanos === 0n) return '0';
  // Below 1024 a binary unit says nothing, so the server falls back to decimals.
  if (isBinary && nanos >= 1024n * NANO) return shorten(divideUp(nanos, NANO), 1024n, BINARY, 0);
  if (!isExponent) return shorten(nanos, 1000n, DECIMAL, 0);
  const [digits, power] = strip(nanos, 1000n, Number.MAX_SAFE_INTEGER);
  const tens = 3 * (power - ONES);
  return tens === 0 ? String(digits) : `${digits}e${tens}`;
}

function shorten(value: bigint, base: bigint, suffixes: readonly string[], from: number): string {
  const [digits, power] = strip(value, base, suffixes.length - 1 - from);
  return `${digits}${suffixes[from + power] ?? ''}`;
}

/** Takes out the base as often as it divides the value, up to a number of times. */
function strip(value: bigint, base: bigint, timesMax: number): readonly [bigint, number] {
  let rest = value;
  let times = 0;
  for (; times < timesMax && rest % base === 0n; times += 1) rest /= base;
  return [rest, times];
}

function scaled(value: bigint, tens: number): bigint {
  return tens >= 0 ? value * 10n ** BigInt(tens) : divideUp(value, 10n ** BigInt(-tens));
}

function divideUp(value: bigint, by: bigint): bigint {
  return (value + by - 1n) / by;
}
