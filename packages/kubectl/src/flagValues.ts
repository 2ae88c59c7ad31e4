/** Values of flags as Go reads them, and what it says of one that is none. */

export type FlagValue<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: string };

const TRUE_WORDS = ['1', 't', 'T', 'TRUE', 'true', 'True'];
const FALSE_WORDS = ['0', 'f', 'F', 'FALSE', 'false', 'False'];

/** Twin: strconv.ParseBool. */
export function parseBool(text: string): FlagValue<boolean> {
  if (TRUE_WORDS.includes(text)) return { ok: true, value: true };
  if (FALSE_WORDS.includes(text)) return { ok: true, value: false };
  return { ok: false, error: `strconv.ParseBool: parsing ${JSON.stringify(text)}: invalid syntax` };
}

const INTEGER = /^([+-]?)(0[xX][0-9a-fA-F]+|0[oO][0-7]+|0[bB][01]+|0[0-7]*|[1-9][0-9]*)$/;
const INT64_MAX = 2n ** 63n - 1n;

/** A 64 bit integer in the notations of Go: `12`, `-1`, `0x1f`, `0o17`, `017`. Twin: strconv.ParseInt with base 0. */
export function parseInteger(text: string): FlagValue<number> {
  const failed = (why: string): FlagValue<number> => ({
    ok: false,
    error: `strconv.ParseInt: parsing ${JSON.stringify(text)}: ${why}`,
  });
  const match = INTEGER.exec(text);
  if (match === null) return failed('invalid syntax');
  const [, sign, digits = ''] = match;
  const magnitude = BigInt(/^0[0-7]+$/.test(digits) ? `0o${digits.slice(1)}` : digits);
  if (magnitude > (sign === '-' ? INT64_MAX + 1n : INT64_MAX)) return failed('value out of range');
  return { ok: true, value: Number(sign === '-' ? -magnitude : magnitude) };
}

/** Nanoseconds of Go's units; both signs for micro are in use. */
const UNIT_NANOS: Readonly<Record<string, bigint>> = {
  ns: 1n,
  us: 1000n,
  µs: 1000n,
  μs: 1000n,
  ms: 1_000_000n,
  s: 1_000_000_000n,
  m: 60_000_000_000n,
  h: 3_600_000_000_000n,
};
const PART = /^(\d*)(?:\.(\d*))?([^\d.]*)/;

/** Whole milliseconds of `1m30s`, `0`, `1.5h`; parts of one are cut off. Twin: time.ParseDuration. */
export function parseDurationMs(text: string): FlagValue<number> {
  const invalid: FlagValue<number> = { ok: false, error: `time: invalid duration ${JSON.stringify(text)}` };
  const isNegative = text.startsWith('-');
  let rest = /^[+-]/.test(text) ? text.slice(1) : text;
  if (rest === '0') return { ok: true, value: 0 };
  if (rest === '') return invalid;
  let nanos = 0n;
  while (rest !== '') {
    const [all, whole = '', fraction = '', unit = ''] = PART.exec(rest) ?? [''];
    if (whole === '' && fraction === '') return invalid;
    if (unit === '') return { ok: false, error: `time: missing unit in duration ${JSON.stringify(text)}` };
    const size = Object.hasOwn(UNIT_NANOS, unit) ? UNIT_NANOS[unit] : undefined;
    if (size === undefined) {
      return { ok: false, error: `time: unknown unit ${JSON.stringify(unit)} in duration ${JSON.stringify(text)}` };
    }
    nanos += (BigInt(whole + fraction) * size) / 10n ** BigInt(fraction.length);
    rest = rest.slice(all.length);
  }
  if (nanos > INT64_MAX) return invalid;
  const ms = Number(nanos / 1_000_000n);
  return { ok: true, value: isNegative ? -ms : ms };
}
