import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { EPOCH_TEXT, formatGoDuration, formatMicroTime, formatTime, parseTime } from './time.ts';

/** The host's own calendar is the oracle. */
const EPOCH_UNIX_MS = Date.parse(EPOCH_TEXT);
/** Years 1 to 9999. */
const instants = fc.integer({
  min: Date.parse('0001-01-01T00:00:00Z') - EPOCH_UNIX_MS,
  max: Date.parse('9999-12-31T23:59:59Z') - EPOCH_UNIX_MS,
});

test('the start of a run is instant 0', () => {
  expect(formatTime(0)).toBe(EPOCH_TEXT);
  expect(parseTime(EPOCH_TEXT)).toBe(0);
});

test('an instant is written as the host’s calendar writes it, without parts of a second (A-6)', () => {
  fc.assert(
    fc.property(instants, (atMs) => {
      const seconds = Math.floor(atMs / 1000) * 1000;
      expect(formatTime(atMs)).toBe(new Date(seconds + EPOCH_UNIX_MS).toISOString().replace('.000Z', 'Z'));
      expect(parseTime(formatTime(atMs))).toBe(seconds);
    }),
  );
});

test('microseconds keep the milliseconds, before the start too', () => {
  expect(formatMicroTime(1)).toBe('2026-01-01T00:00:00.001000Z');
  expect(formatMicroTime(-1)).toBe('2025-12-31T23:59:59.999000Z');
  expect(parseTime(formatMicroTime(-1))).toBe(-1);
});

test.each([
  ['2026-01-01T01:00:00+01:00', 0],
  ['2025-12-31T23:00:00-01:00', 0],
  ['2026-01-01T00:00:00.5Z', 500],
  ['2026-01-01t00:00:01z', 1000],
])('%s is instant %i', (text, atMs) => {
  expect(parseTime(text)).toBe(atMs);
});

test.each([undefined, null, '', 'now', '2026-01-01', '2026-01-01 00:00:00Z', '2026-0x-01T00:00:00Z'])(
  '%j is no time',
  (text) => {
    expect(parseTime(text)).toBeUndefined();
  },
);

describe('formatGoDuration', () => {
  it.each([
    [0, '0s'],
    [340, '340ms'],
    [1000, '1s'],
    [1204, '1.204s'],
    [1200, '1.2s'],
    [80_000, '1m20s'],
    [300_000, '5m0s'],
    [3_600_000, '1h0m0s'],
    [3_661_050, '1h1m1.05s'],
  ])('%i ms is %s', (ms, text) => {
    expect(formatGoDuration(ms)).toBe(text);
  });
});
