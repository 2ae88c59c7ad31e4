/** Virtual time in messages, in the spelling that scenarios are written in. */

const UNITS: readonly (readonly [string, number])[] = [
  ['h', 3_600_000],
  ['m', 60_000],
];

/** `1h2m3.5s`, `45m`, `0s`: a Go duration, exact to the millisecond. */
export function durationText(durationMs: number): string {
  let rest = Math.abs(durationMs);
  let text = '';
  for (const [unit, unitMs] of UNITS) {
    const whole = Math.trunc(rest / unitMs);
    rest -= whole * unitMs;
    if (whole > 0) text += `${whole}${unit}`;
  }
  const seconds = Math.trunc(rest / 1000);
  const fraction = rest === seconds * 1000 ? '' : `.${String(rest % 1000).padStart(3, '0')}`.replace(/0+$/, '');
  if (rest > 0 || text === '') text += `${seconds}${fraction}s`;
  return durationMs < 0 ? `-${text}` : text;
}
