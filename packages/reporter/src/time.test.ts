/** Clocks and durations: floored, readable back, and never at `:60`. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatClock, formatDuration, formatMoment, parseClock } from './time.ts';

const instant = fc.integer({ min: 0, max: 400 * 3_600_000 });

test('an instant reads back from its clock, which never shows 60', () => {
  fc.assert(
    fc.property(instant, (atMs) => {
      const clock = formatClock(atMs);
      expect(parseClock(clock)).toBe(atMs);
      expect(clock).toMatch(/^(?:\d+:)?[0-5]\d:[0-5]\d\.\d{3}$/);
    }),
  );
});

test('an instant reads back from the form that commands take', () => {
  fc.assert(
    fc.property(instant, (atMs) => {
      expect(parseClock(formatMoment(atMs))).toBe(atMs);
    }),
  );
});

test('a duration never shows 60 and never more than it was', () => {
  fc.assert(
    fc.property(instant, (ms) => {
      const text = formatDuration(ms);
      expect(text).not.toMatch(/60[ms]/);
      expect(parseClock(text)).toBeLessThanOrEqual(ms);
    }),
  );
});

test.each<[number, string, string, string]>([
  [0, '00:00.000', '0ms', '0m00.000s'],
  [999, '00:00.999', '999ms', '0m00.999s'],
  [59_999, '00:59.999', '59.999s', '0m59.999s'],
  [341_020, '05:41.020', '5m41s', '5m41.020s'],
  [3_599_999, '59:59.999', '59m59s', '59m59.999s'],
  [3_600_000, '1:00:00.000', '1h', '1h00m00.000s'],
  [37_320_500, '10:22:00.500', '10h22m', '10h22m00.500s'],
])('%i ms is %s, lasts %s, and is %s in a command', (ms, clock, duration, moment) => {
  expect([formatClock(ms), formatDuration(ms), formatMoment(ms)]).toEqual([clock, duration, moment]);
});

test('a moment names the event that it stands behind', () => {
  expect(formatMoment(1_864_250, 48_211)).toBe('31m04.250s@48211');
});

test.each([
  ['5m', 300_000],
  ['90s', 90_000],
  ['1h', 3_600_000],
  ['250ms', 250],
  ['05:41', 341_000],
  [' 1:00:00.5 ', 3_600_500],
  ['', undefined],
  ['soon', undefined],
  ['5', undefined],
  ['1:2:3:4', undefined],
])('"%s" is read as %s ms', (text, atMs) => {
  expect(parseClock(text)).toBe(atMs);
});
