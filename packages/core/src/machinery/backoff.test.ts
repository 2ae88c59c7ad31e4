import { expect, test } from 'vitest';
import { Backoff } from './backoff.ts';

test('failures double the delay from one second to fifteen minutes', () => {
  const backoff = new Backoff();
  const delays = Array.from({ length: 12 }, (_, at) => {
    backoff.next('key', at);
    return backoff.get('key');
  });
  expect(delays).toEqual([1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900].map((seconds) => seconds * 1000));
});

test('the delay ends at its very last instant', () => {
  const backoff = new Backoff();
  backoff.next('key', 500);
  expect(backoff.isInBackOffSinceUpdate('key', 1499)).toBe(true);
  expect(backoff.isInBackOffSinceUpdate('key', 1500)).toBe(false);
});

test('thirty minutes without a failure clear the slate', () => {
  const backoff = new Backoff();
  backoff.next('key', 0);
  backoff.next('key', 0);
  backoff.next('key', 1_800_000);
  expect(backoff.get('key')).toBe(4000);
  backoff.next('key', 1_800_000 + 1_800_001);
  expect(backoff.get('key')).toBe(1000);
});

test('the collector drops what has expired and nothing else', () => {
  const backoff = new Backoff();
  backoff.next('old', 0);
  backoff.next('young', 1000);
  backoff.gc(1_800_001);
  expect([backoff.has('old'), backoff.has('young')]).toEqual([false, true]);
  expect(backoff.get('nobody')).toBe(0);
});
