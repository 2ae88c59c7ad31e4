/** Go duration text, as Kubernetes users write it, to whole milliseconds and back. */

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const DURATION = /^(?:[0-9]+(?:\.[0-9]+)?(?:ms|s|m|h))+$/;
const PART = /([0-9]+)(?:\.([0-9]+))?(ms|s|m|h)/g;
/** Beyond this no run makes sense, and sums of a few durations stay safe integers: 1,000 years. */
const DURATION_MS_MAX = 31_557_600_000_000;

/** What a message says when it asks for a duration. */
export const DURATION_FORM = 'a duration such as 500ms, 30s, 5m or 1h30m';

/** Milliseconds of `1h30m`, `2.5s` or `0`; undefined where the text is no duration or is finer than a millisecond. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (!DURATION.test(text)) return undefined;
  let sumMs = 0;
  for (const [, whole = '', fraction = '', unit = ''] of text.matchAll(PART)) {
    // Thousandths of the unit, as whole numbers: 0.1 + 0.2 is no way to measure time.
    const scaled = Number(whole + fraction) * (UNITS_MS[unit] ?? 0);
    const partMs = scaled / 10 ** fraction.length;
    if (!Number.isSafeInteger(scaled) || !Number.isInteger(partMs)) return undefined;
    sumMs += partMs;
  }
  return sumMs <= DURATION_MS_MAX ? sumMs : undefined;
}

/** The shortest text that says the same: `1h30m`, `2m0.5s` is written `2m500ms`; 0 is `0s`. */
export function formatDuration(ms: number): string {
  if (ms === 0) return '0s';
  if (ms < 0) return `-${formatDuration(-ms)}`;
  let restMs = ms;
  let text = '';
  for (const unit of ['h', 'm', 's', 'ms']) {
    const unitMs = UNITS_MS[unit] ?? 1;
    const count = Math.trunc(restMs / unitMs);
    if (count > 0) text += `${count}${unit}`;
    restMs -= count * unitMs;
  }
  return text;
}
