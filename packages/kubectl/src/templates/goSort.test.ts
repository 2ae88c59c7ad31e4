import fc from 'fast-check';
import { expect, test } from 'vitest';
import { goSort } from './goSort.ts';

interface Item {
  readonly key: number;
  readonly at: number;
}

/** As kubectl compares: what has no key (below 0) is less than everything, itself included. */
function isLess(a: Item, b: Item): boolean {
  return a.key < 0 || (b.key >= 0 && a.key < b.key);
}

function order(count: number, keyOf: (at: number) => number): readonly number[] {
  const items = Array.from({ length: count }, (_, at) => ({ key: keyOf(at), at }));
  return goSort(items, isLess).map(({ at }) => at);
}

/** What `sort.Sort` of Go 1.26 makes of them. */
test.each<readonly [string, number, (at: number) => number, string]>([
  ['a dozen with equals, in place', 12, (at) => at % 3, '0 3 6 9 1 4 7 10 2 5 8 11'],
  ['one more, divided', 13, (at) => at % 3, '6 3 0 9 12 1 4 7 10 2 5 8 11'],
  [
    'many equals',
    40,
    (at) => (at * 7) % 5,
    '20 10 35 30 0 5 25 15 28 3 8 38 33 13 18 23 26 11 1 36 6 21 16 31 34 14 24 39 19 29 9 4 7 12 22 2 32 37 17 27',
  ],
  [
    'falling',
    60,
    (at) => 60 - at,
    '59 58 57 56 55 54 53 52 51 50 49 48 47 46 45 44 43 42 41 40 39 38 37 36 35 34 33 32 31 30 29 28 27 26 25 24 23 22 21 20 19 18 17 16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1 0',
  ],
  [
    'nearly sorted',
    55,
    (at) => (at % 9 === 0 ? 55 - at : at),
    '54 1 2 3 4 5 6 7 8 10 45 11 12 13 14 15 16 17 19 36 20 21 22 23 24 25 26 27 28 29 30 31 32 33 34 35 37 18 38 39 40 41 42 43 44 9 46 47 48 49 50 51 52 53 0',
  ],
  ['some without a key', 24, (at) => (at % 4) - 1, '16 8 0 4 20 12 1 21 5 17 9 13 6 14 10 18 2 22 11 15 7 19 3 23'],
  [
    'mixed',
    64,
    (at) => (at * at * 31) % 17,
    '51 0 34 17 13 55 4 47 38 30 21 49 2 32 36 15 53 19 10 58 27 61 44 41 24 7 3 20 37 14 54 31 48 39 22 5 29 46 63 12 56 40 23 62 6 45 28 57 11 25 59 43 9 42 60 26 8 33 1 50 35 52 18 16',
  ],
])('%s: the order of Go', (_, count, keyOf, expected) => {
  expect(order(count, keyOf).join(' ')).toBe(expected);
});

test('every item is there once, and none stands before a lesser one', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 50 }), { maxLength: 400 }), (keys) => {
      const sorted = order(keys.length, (at) => keys[at] ?? 0);
      expect([...sorted].sort((a, b) => a - b)).toEqual(keys.map((_, at) => at));
      expect(sorted.map((at) => keys[at])).toEqual([...keys].sort((a, b) => a - b));
    }),
  );
});

test('a dozen items at most keep the order of equals', () => {
  fc.assert(
    fc.property(fc.array(fc.nat({ max: 3 }), { maxLength: 12 }), (keys) => {
      const expected = keys.map((_, at) => at).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b);
      expect(order(keys.length, (at) => keys[at] ?? 0)).toEqual(expected);
    }),
  );
});
