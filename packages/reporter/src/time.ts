/** How the report writes instants, durations and moments; always floored, so that no clock ever reads `:60`. */

const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;

/** `05:41.020`, from one hour on `1:05:41.020`. */
export function formatClock(atMs: number): string {
  const whole = Math.max(0, Math.trunc(atMs));
  const rest = `${pad(Math.trunc(whole / MINUTE_MS) % 60, 2)}:${pad(Math.trunc(whole / 1000) % 60, 2)}.${pad(whole % 1000, 3)}`;
  return whole < HOUR_MS ? rest : `${Math.trunc(whole / HOUR_MS)}:${rest}`;
}

/** As short as it stays exact enough to read: `850ms`, `3.250s`, `24m04s`, `1h02m`. Parts below the last are cut off. */
export function formatDuration(ms: number): string {
  const whole = Math.max(0, Math.trunc(ms));
  const [hours, minutes, seconds] = [
    Math.trunc(whole / HOUR_MS),
    Math.trunc(whole / MINUTE_MS) % 60,
    Math.trunc(whole / 1000) % 60,
  ];
  if (whole >= HOUR_MS) return minutes === 0 ? `${hours}h` : `${hours}h${pad(minutes, 2)}m`;
  if (whole >= MINUTE_MS) return seconds === 0 ? `${minutes}m` : `${minutes}m${pad(seconds, 2)}s`;
  if (whole < 1000) return `${whole}ms`;
  return whole % 1000 === 0 ? `${seconds}s` : `${seconds}.${pad(whole % 1000, 3)}s`;
}

/** The form that commands take: `31m04.250s@48211`. */
export function formatMoment(atMs: number, seq?: number): string {
  const whole = Math.max(0, Math.trunc(atMs));
  const [hours, minutes] = [Math.trunc(whole / HOUR_MS), Math.trunc(whole / MINUTE_MS) % 60];
  const seconds = `${pad(Math.trunc(whole / 1000) % 60, 2)}.${pad(whole % 1000, 3)}s`;
  const clock = hours > 0 ? `${hours}h${pad(minutes, 2)}m${seconds}` : `${minutes}m${seconds}`;
  return seq === undefined ? clock : `${clock}@${seq}`;
}

/** An instant as people type it: `05:41.020`, `1:05:41`, `5m41.020s`, `90s`, `341020ms`; undefined: none of these. */
export function parseClock(text: string): number | undefined {
  const colons = /^(?:(\d{1,5}):)?(\d{1,5}):(\d{1,2})(?:\.(\d{1,3}))?$/.exec(text.trim());
  if (colons !== null) {
    const [, hours, minutes, seconds, millis] = colons;
    return Number(hours ?? 0) * HOUR_MS + Number(minutes) * MINUTE_MS + Number(seconds) * 1000 + fraction(millis);
  }
  const units = /^(?:(\d{1,5})h)?(?:(\d{1,7})m)?(?:(\d{1,9})(?:\.(\d{1,3}))?s)?(?:(\d{1,12})ms)?$/.exec(text.trim());
  if (units === null || text.trim() === '') return undefined;
  const [, hours, minutes, seconds, millis, ms] = units;
  return (
    Number(hours ?? 0) * HOUR_MS +
    Number(minutes ?? 0) * MINUTE_MS +
    Number(seconds ?? 0) * 1000 +
    fraction(millis) +
    Number(ms ?? 0)
  );
}

function fraction(digits: string | undefined): number {
  return digits === undefined ? 0 : Number(digits.padEnd(3, '0'));
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, '0');
}
