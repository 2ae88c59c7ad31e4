/** How long ago something was, in the few characters of a table's cell. Twin: apimachinery util/duration HumanDuration. Rules: DS-C7. */
import { parseTime } from '@everynode/core/api/time';
import { readField } from '../readField.ts';
import type { ServedObject } from '../server.ts';

/** How long an object has been there. */
export function ageOf(object: ServedObject, nowMs: number): string {
  return ageSince(readField(object, 'metadata.creationTimestamp'), nowMs);
}

/** The time since an API timestamp; `<unknown>` where there is none. */
export function ageSince(timestamp: unknown, nowMs: number): string {
  const atMs = typeof timestamp === 'string' ? parseTime(timestamp) : undefined;
  return atMs === undefined ? '<unknown>' : formatAge(nowMs - atMs);
}

const MINUTE = 60;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

/** The two largest units that say enough, such as `90s`, `5m30s`, `3h`, `12d`; what is left is cut off. */
export function formatAge(ms: number): string {
  const seconds = Math.trunc(ms / 1000);
  // Clocks of two machines may differ a little, so a moment in the future is now.
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 2 * MINUTE) return `${seconds}s`;
  if (seconds < 10 * MINUTE) return twoUnits(seconds, MINUTE, 'm', 1, 's');
  if (seconds < 3 * HOUR) return oneUnit(seconds, MINUTE, 'm');
  if (seconds < 8 * HOUR) return twoUnits(seconds, HOUR, 'h', MINUTE, 'm');
  if (seconds < 2 * DAY) return oneUnit(seconds, HOUR, 'h');
  if (seconds < 8 * DAY) return twoUnits(seconds, DAY, 'd', HOUR, 'h');
  if (seconds < 2 * YEAR) return oneUnit(seconds, DAY, 'd');
  if (seconds < 8 * YEAR) return twoUnits(seconds, YEAR, 'y', DAY, 'd');
  return oneUnit(seconds, YEAR, 'y');
}

function oneUnit(seconds: number, size: number, unit: string): string {
  return `${Math.trunc(seconds / size)}${unit}`;
}

/** The smaller unit is left out where it is zero. */
function twoUnits(seconds: number, size: number, unit: string, smallSize: number, smallUnit: string): string {
  const small = Math.trunc((seconds % size) / smallSize);
  return `${oneUnit(seconds, size, unit)}${small === 0 ? '' : `${small}${smallUnit}`}`;
}
