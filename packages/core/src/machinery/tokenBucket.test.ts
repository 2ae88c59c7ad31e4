import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TokenBucket } from './tokenBucket.ts';

const limit = { tokens: 20, perMs: 1000, burst: 30 };

test('a burst passes at once, then one token every 50 ms', () => {
  const bucket = new TokenBucket(limit, 0);
  const times = Array.from({ length: 33 }, () => bucket.reserve(0));
  expect(times.slice(28)).toEqual([0, 0, 50, 100, 150]);
});

test('time refills up to the burst and no further', () => {
  const bucket = new TokenBucket(limit, 0);
  for (let at = 0; at < 30; at += 1) bucket.reserve(0);
  expect(bucket.tryTake(49)).toBe(false);
  expect(bucket.tryTake(50)).toBe(true);
  const later = 1_000_000;
  expect(Array.from({ length: 31 }, () => bucket.reserve(later)).at(-1)).toBe(later + 50);
});

test('a clock that was set back neither gives nor takes', () => {
  const bucket = new TokenBucket({ tokens: 1, perMs: 1000, burst: 1 }, 5000);
  expect(bucket.reserve(5000)).toBe(5000);
  expect(bucket.reserve(4000)).toBe(5000);
});

test('thirds of a millisecond are not lost', () => {
  const bucket = new TokenBucket({ tokens: 3, perMs: 100, burst: 1 }, 0);
  expect([0, 1, 2, 3].map(() => bucket.reserve(0))).toEqual([0, 34, 67, 100]);
});

test('no window of a second ever lets more through than the burst and its tokens', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 80 }), { minLength: 1, maxLength: 200 }), (gaps) => {
      const bucket = new TokenBucket(limit, 0);
      let nowMs = 0;
      const granted = gaps.map((gap) => {
        nowMs += gap;
        return bucket.reserve(nowMs);
      });
      for (const startMs of granted) {
        expect(granted.filter((atMs) => atMs >= startMs && atMs < startMs + 1000).length).toBeLessThanOrEqual(50);
      }
    }),
  );
});
