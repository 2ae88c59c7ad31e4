import { expect, test } from 'vitest';
import { inTurn } from './inTurn.ts';

test('steps that answer at once run in order, and a hundred thousand of them do not fill the stack', () => {
  const items = Array.from({ length: 100_000 }, (_, i) => i);
  let sum = 0;
  let ended = 0;
  inTurn(
    items,
    (item, next) => ((sum += item), next()),
    () => (ended += 1),
  );
  expect([sum, ended]).toEqual([4_999_950_000, 1]);
});

test('a step that answers later holds up the next one', () => {
  const seen: string[] = [];
  const waiting: (() => void)[] = [];
  inTurn(
    ['a', 'b', 'c'],
    (item, next) => {
      seen.push(item);
      if (item === 'b') next();
      else waiting.push(next);
    },
    () => seen.push('done'),
  );
  expect(seen).toEqual(['a']);
  waiting[0]?.();
  expect(seen).toEqual(['a', 'b', 'c']);
  waiting[1]?.();
  expect(seen).toEqual(['a', 'b', 'c', 'done']);
});

test('nothing to do is done at once', () => {
  let ended = 0;
  inTurn(
    [],
    () => undefined,
    () => (ended += 1),
  );
  expect(ended).toBe(1);
});
