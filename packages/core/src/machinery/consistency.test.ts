import { expect, test } from 'vitest';
import { Consistency } from './consistency.ts';

test('a write that the informer has not delivered holds the owner up, and nobody else', () => {
  const consistency = new Consistency();
  consistency.readAt('Pod', 10);
  consistency.wroteAt('a', 'uid', 'Pod', '12');
  expect(consistency.findStale('a')).toBe('Pod');
  expect(consistency.findStale('b')).toBeUndefined();
  consistency.readAt('Pod', 12);
  expect(consistency.findStale('a')).toBeUndefined();
});

test('the highest of several writes counts, and an older read takes nothing back', () => {
  const consistency = new Consistency();
  consistency.wroteAt('a', 'uid', 'Pod', '12');
  consistency.wroteAt('a', 'uid', 'Pod', '9');
  consistency.readAt('Pod', 11);
  consistency.readAt('Pod', 3);
  expect(consistency.findStale('a')).toBe('Pod');
  consistency.readAt('DaemonSet', 99);
  expect(consistency.findStale('a')).toBe('Pod');
});

test('a new owner of the same name waits for the writes of the old one, until it has some of its own', () => {
  const consistency = new Consistency();
  consistency.wroteAt('a', 'old', 'Pod', '12');
  expect(consistency.findStale('a')).toBe('Pod');
  consistency.wroteAt('a', 'new', 'DaemonSet', '5');
  expect(consistency.findStale('a')).toBe('DaemonSet');
  consistency.readAt('DaemonSet', 5);
  expect(consistency.findStale('a')).toBeUndefined();
});

test('a record is forgotten with the object that it was made for, or by name alone', () => {
  const consistency = new Consistency();
  consistency.wroteAt('a', 'old', 'Pod', '12');
  consistency.forget('a', 'new');
  expect(consistency.findStale('a')).toBe('Pod');
  consistency.forget('a', 'old');
  expect(consistency.findStale('a')).toBeUndefined();
  consistency.wroteAt('a', 'old', 'Pod', '12');
  consistency.forget('a');
  expect(consistency.findStale('a')).toBeUndefined();
});

test('versions that are no number never block', () => {
  const consistency = new Consistency();
  consistency.wroteAt('a', 'uid', 'Pod', 'abc');
  consistency.wroteAt('a', 'uid', 'Pod', undefined);
  expect(consistency.findStale('a')).toBeUndefined();
});
