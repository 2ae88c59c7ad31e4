/** Durations as Go prints them: `1m30s`, `5m0s`, `1.5s`. */

export function formatSeconds(ms: number): string {
  const hours = Math.trunc(ms / 3_600_000);
  const minutes = Math.trunc((ms % 3_600_000) / 60_000);
  const rest = ms % 60_000;
  const fraction = String(rest % 1000)
    .padStart(3, '0')
    .replace(/0+$/, '');
  const seconds = `${Math.trunc(rest / 1000)}${fraction === '' ? '' : `.${fraction}`}s`;
  if (hours > 0) return `${hours}h${minutes}m${seconds}`;
  return minutes > 0 ? `${minutes}m${seconds}` : seconds;
}
