/**
 * The one time scale of the house. An instant is a whole number of milliseconds since `EPOCH_TEXT`, the moment at
 * which every run begins; API objects carry the same instant as RFC 3339 text in whole seconds (rule A-6).
 * Own arithmetic instead of `Date`: floors 0–3 may not touch the host's clock, and nothing here depends on a locale.
 */
import { assert } from '../assert.ts';

/** Instant 0 of every run, as the API writes it. */
export const EPOCH_TEXT = '2026-01-01T00:00:00Z';

const EPOCH_DAYS = daysFromCivil(2026, 1, 1);
const DAY_MS = 86_400_000;

/** The same instant in milliseconds since 1970. */
export const EPOCH_UNIX_MS: number = EPOCH_DAYS * DAY_MS;

/** API text for an instant; parts of a second are cut off, towards the past, as the API does (A-6). */
export function formatTime(atMs: number): string {
  assert(Number.isSafeInteger(atMs), () => `time is whole milliseconds, got ${atMs}`);
  const days = Math.floor(atMs / DAY_MS);
  const seconds = Math.floor((atMs - days * DAY_MS) / 1000);
  const { year, month, day } = civilFromDays(days + EPOCH_DAYS);
  const hours = Math.trunc(seconds / 3600);
  const minutes = Math.trunc((seconds % 3600) / 60);
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${pad(hours, 2)}:${pad(minutes, 2)}:${pad(seconds % 60, 2)}Z`;
}

/** API text with microseconds, for Lease `renewTime` and `acquireTime` (A-6). */
export function formatMicroTime(atMs: number): string {
  const millis = ((atMs % 1000) + 1000) % 1000;
  return `${formatTime(atMs).slice(0, -1)}.${pad(millis, 3)}000Z`;
}

/** A span of time as Go prints it: `340ms`, `1.204s`, `1m20s`, `1h0m0s`. `ms` is whole and not negative. */
export function formatGoDuration(ms: number): string {
  if (ms === 0) return '0s';
  if (ms < 1000) return `${ms}ms`;
  const fraction = ms % 1000 === 0 ? '' : `.${pad(ms % 1000, 3)}`.replace(/0+$/, '');
  const seconds = Math.trunc(ms / 1000);
  const minutes = Math.trunc(seconds / 60);
  if (minutes === 0) return `${seconds}${fraction}s`;
  const hours = Math.trunc(minutes / 60);
  return `${hours === 0 ? '' : `${hours}h`}${minutes % 60}m${seconds % 60}${fraction}s`;
}

const PATTERN = /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:\.(\d{1,9}))?(?:[Zz]|([+-])(\d{2}):(\d{2}))$/;

/** The instant of an RFC 3339 text, or undefined where the text is none. Sub-millisecond digits are cut off. */
export function parseTime(text: string | null | undefined): number | undefined {
  if (text === undefined || text === null) return undefined;
  const whole = parseWholeSeconds(text);
  if (whole !== undefined) return whole;
  const match = PATTERN.exec(text);
  if (match === null) return undefined;
  const [, year, month, day, hour, minute, second, fraction, sign, offsetHours, offsetMinutes] = match;
  const days = daysFromCivil(Number(year), Number(month), Number(day)) - EPOCH_DAYS;
  const seconds = Number(hour) * 3600 + Number(minute) * 60 + Number(second);
  const millis = fraction === undefined ? 0 : Number(fraction.padEnd(3, '0').slice(0, 3));
  const offset = sign === undefined ? 0 : (Number(offsetHours) * 60 + Number(offsetMinutes)) * 60_000;
  return days * DAY_MS + seconds * 1000 + millis - (sign === '-' ? -offset : offset);
}

/**
 * The form that the API writes, `2026-01-01T00:00:00Z`, read digit by digit: a status pass parses one of these per node.
 * Undefined for any other form.
 */
function parseWholeSeconds(text: string): number | undefined {
  if (
    text.length !== 20 ||
    text[4] !== '-' ||
    text[7] !== '-' ||
    text[10] !== 'T' ||
    text[13] !== ':' ||
    text[16] !== ':' ||
    text[19] !== 'Z'
  ) {
    return undefined;
  }
  const days = daysFromCivil(digits(text, 0) * 100 + digits(text, 2), digits(text, 5), digits(text, 8)) - EPOCH_DAYS;
  const ms = days * DAY_MS + (digits(text, 11) * 3600 + digits(text, 14) * 60 + digits(text, 17)) * 1000;
  return Number.isNaN(ms) ? undefined : ms;
}

/** The number of two digits; NaN where one is none. */
function digits(text: string, at: number): number {
  const tens = text.charCodeAt(at) - 48;
  const ones = text.charCodeAt(at + 1) - 48;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : NaN;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}

/** Days since 1970-01-01 of a date of the proleptic Gregorian calendar, counted in eras of 400 years. */
function daysFromCivil(year: number, month: number, day: number): number {
  const shifted = month <= 2 ? year - 1 : year;
  const era = Math.floor(shifted / 400);
  const yearOfEra = shifted - era * 400;
  const dayOfYear = Math.trunc((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  const dayOfEra = yearOfEra * 365 + Math.trunc(yearOfEra / 4) - Math.trunc(yearOfEra / 100) + dayOfYear;
  return era * 146_097 + dayOfEra - 719_468;
}

function civilFromDays(days: number): { year: number; month: number; day: number } {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.trunc(
    (dayOfEra - Math.trunc(dayOfEra / 1460) + Math.trunc(dayOfEra / 36_524) - Math.trunc(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.trunc(yearOfEra / 4) - Math.trunc(yearOfEra / 100));
  const shifted = Math.trunc((5 * dayOfYear + 2) / 153);
  const month = shifted + (shifted < 10 ? 3 : -9);
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.trunc((153 * shifted + 2) / 5) + 1,
  };
}
