import { expect, test } from 'vitest';
import { Expectations } from './expectations.ts';

test('nothing on record is as good as satisfied', () => {
  const expectations = new Expectations();
  expectations.creationObserved('a');
  expect(expectations.satisfied('a', 0)).toBe(true);
  expect(expectations.get('a')).toBeUndefined();
});

test('one unseen creation or deletion shuts the gate', () => {
  const expectations = new Expectations();
  expectations.set('a', 2, 1, 0);
  expectations.creationObserved('a');
  expectations.deletionObserved('a');
  expect(expectations.satisfied('a', 0)).toBe(false);
  expectations.creationObserved('a');
  expect(expectations.satisfied('a', 0)).toBe(true);
});

test('deletions seen beyond those asked for do not make up for creations', () => {
  const expectations = new Expectations();
  expectations.set('a', 1, 1, 0);
  for (let at = 0; at < 5; at += 1) expectations.deletionObserved('a');
  expect(expectations.get('a')).toEqual({ adds: 1, dels: -4, sinceMs: 0 });
  expect(expectations.satisfied('a', 0)).toBe(false);
});

test('the gate opens after more than five minutes, and only then', () => {
  const expectations = new Expectations();
  expectations.set('a', 1, 0, 1000);
  expect(expectations.satisfied('a', 301_000)).toBe(false);
  expect(expectations.satisfied('a', 301_001)).toBe(true);
});

test('a new pass overwrites what the last one left, and forgetting removes it', () => {
  const expectations = new Expectations();
  expectations.set('a', 7, 7, 0);
  expectations.set('a', 0, 0, 5);
  expect(expectations.satisfied('a', 5)).toBe(true);
  expectations.set('a', 1, 0, 5);
  expectations.forget('a');
  expect(expectations.satisfied('a', 5)).toBe(true);
});
