import { describe, expect, test } from 'vitest';
import type { Taint } from '../api/node.ts';
import { findUntolerated, matchingTolerations, minTolerationSeconds, nextTimer, stayOf, tolerates } from './taints.ts';

const taint = (key: string, effect: Taint['effect'] = 'NoExecute', value?: string): Taint => ({
  key,
  effect,
  ...(value === undefined ? {} : { value }),
});

describe('a toleration', () => {
  test('without key and effect tolerates everything', () => {
    expect(tolerates({ operator: 'Exists' }, taint('a', 'NoSchedule'))).toBe(true);
  });

  test('means Equal where it names no operator', () => {
    expect(tolerates({ key: 'a', value: 'x' }, taint('a', 'NoSchedule', 'x'))).toBe(true);
    expect(tolerates({ key: 'a' }, taint('a', 'NoSchedule', 'x'))).toBe(false);
    expect(tolerates({ key: 'a' }, taint('a'))).toBe(true);
  });

  test('of another effect, key or unknown operator does not match', () => {
    expect(tolerates({ key: 'a', operator: 'Exists', effect: 'NoSchedule' }, taint('a'))).toBe(false);
    expect(tolerates({ key: 'b', operator: 'Exists' }, taint('a'))).toBe(false);
    expect(tolerates({ key: 'a', operator: 'Contains' }, taint('a'))).toBe(false);
  });

  test('compares numbers only where the release knows how', () => {
    const toleration = { key: 'sla', operator: 'Gt', value: '750' };
    expect(tolerates(toleration, taint('sla', 'NoSchedule', '950'))).toBe(true);
    expect(tolerates(toleration, taint('sla', 'NoSchedule', '950'), false)).toBe(false);
  });
});

test('the first taint of the given effects that nobody tolerates is found', () => {
  const taints = [taint('soft', 'PreferNoSchedule'), taint('a', 'NoSchedule'), taint('b')];
  expect(findUntolerated(taints, [{ key: 'a', operator: 'Exists' }], ['NoSchedule', 'NoExecute'])?.key).toBe('b');
  expect(findUntolerated(taints, undefined, [])).toBeUndefined();
  expect(findUntolerated(undefined, undefined, ['NoExecute'])).toBeUndefined();
});

describe('the stay beside NoExecute taints', () => {
  const limited = { key: 'a', operator: 'Exists', tolerationSeconds: 30 };
  const unlimited = { key: 'b', operator: 'Exists' };

  test('is as long as the shortest toleration in use', () => {
    expect(stayOf([limited, unlimited], [taint('a'), taint('b')])).toEqual({ kind: 'limited', stayMs: 30_000 });
    expect(stayOf([unlimited], [taint('b')])).toEqual({ kind: 'unlimited' });
    expect(stayOf([], [taint('a', 'NoSchedule')])).toEqual({ kind: 'unlimited' });
  });

  test('ends at once with one taint that nobody tolerates', () => {
    expect(stayOf([limited], [taint('a'), taint('b')])).toEqual({ kind: 'evictNow' });
    expect(matchingTolerations([taint('b')], [limited])).toBeUndefined();
  });

  test('counts the first match alone, and no less than nothing', () => {
    const first = { key: 'a', operator: 'Exists', tolerationSeconds: -5 };
    expect(stayOf([first, limited], [taint('a')])).toEqual({ kind: 'limited', stayMs: 0 });
    expect(minTolerationSeconds([{}, { tolerationSeconds: 7 }])).toBe(7);
  });
});

test.each([
  [-1, { kind: 'limited', stayMs: 0 }],
  [0, { kind: 'limited', stayMs: 0 }],
  [9_223_372_036, { kind: 'limited', stayMs: 9_223_372_036_000 }],
  // Go's nanoseconds run over: to a negative number, which stands for no limit, or to 146 years.
  [10_000_000_000, { kind: 'unlimited' }],
  [2 ** 53, { kind: 'limited', stayMs: 4_611_686_018_427 }],
])('T-3: a toleration of %i seconds is as long as it is upstream', (tolerationSeconds, stay) => {
  expect(stayOf([{ key: 'a', operator: 'Exists', tolerationSeconds }], [taint('a')])).toEqual(stay);
});

describe('the timer of an eviction', () => {
  const running = { createdAtMs: 0, firesAtMs: 1000 };

  test('is kept when the stay grows later, so that nobody stays for ever by asking again', () => {
    expect(nextTimer({ kind: 'limited', stayMs: 100_000 }, running, 10, false)).toEqual({ change: 'keep' });
  });

  test('is replaced where the release does so and its end differs, counted from the same start', () => {
    const next = nextTimer({ kind: 'limited', stayMs: 500 }, running, 10, true);
    expect(next).toEqual({ change: 'start', cancel: true, timer: { createdAtMs: 0, firesAtMs: 500 } });
    expect(nextTimer({ kind: 'limited', stayMs: 1000 }, running, 10, true)).toEqual({ change: 'keep' });
  });

  test('ends with the taint, or with the pod', () => {
    expect(nextTimer({ kind: 'unlimited' }, running, 10, false)).toEqual({ change: 'cancel' });
    expect(nextTimer({ kind: 'unlimited' }, undefined, 10, false)).toEqual({ change: 'keep' });
    expect(nextTimer({ kind: 'evictNow' }, running, 10, false)).toEqual({ change: 'evictNow', cancel: true });
  });
});

describe('T-3: a stay of more than 292 years', () => {
  const stay = (tolerationSeconds: number) =>
    stayOf([{ key: 'a', operator: 'Exists', tolerationSeconds }], [taint('a')]);

  test.each([
    [9_223_372_036, { kind: 'limited', stayMs: 9_223_372_036_000 }],
    [9_223_372_037, { kind: 'unlimited' }],
    [18_446_744_074, { kind: 'limited', stayMs: 290 }],
    [Number.MAX_SAFE_INTEGER, { kind: 'limited', stayMs: 4_611_686_017_427 }],
    [-1, { kind: 'limited', stayMs: 0 }],
  ])('%i s in nanoseconds of 64 bits', (seconds, expected) => {
    expect(stay(seconds)).toEqual(expected);
  });
});
