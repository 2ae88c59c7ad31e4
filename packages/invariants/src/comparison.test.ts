import fc from 'fast-check';
import { expect, test } from 'vitest';
import { badness, boundsText, isWithin } from './comparison.ts';

const bound = fc.option(fc.integer({ min: 0, max: 20 }), { nil: undefined });
const bounds = fc
  .record({ eq: bound, gt: bound, gte: bound, lt: bound, lte: bound })
  .map(
    (all) =>
      Object.fromEntries(Object.entries(all).filter(([, value]) => value !== undefined)) as Record<string, number>,
  );

test.each([
  [{ eq: 3 }, 3, true],
  [{ eq: 3 }, 2, false],
  [{ gt: 3 }, 3, false],
  [{ gt: 3 }, 4, true],
  [{ gte: 3 }, 3, true],
  [{ gte: 3 }, 2, false],
  [{ lt: 3 }, 3, false],
  [{ lt: 3 }, 2, true],
  [{ lte: 3 }, 3, true],
  [{ lte: 3 }, 4, false],
  [{ gt: 1, lt: 3 }, 2, true],
  [{ gt: 1, lt: 3 }, 3, false],
  [{}, 7, true],
])('bounds %j let %i pass: %s', (given, value, passes) => {
  expect(isWithin(value, given)).toBe(passes);
});

test('the text of bounds names them in one order, whatever the order in the plan', () => {
  expect(boundsText({ lte: 4, gt: 1 })).toBe('> 1 and ≤ 4');
  expect(boundsText({ gte: 51 })).toBe('≥ 51');
  expect(boundsText({})).toBe('anything');
});

test('a value is bad exactly when it does not pass', () => {
  fc.assert(
    fc.property(bounds, fc.integer({ min: 0, max: 30 }), (given, value) => {
      const missed = badness(value, given);
      if (missed === undefined) expect(given).toEqual({});
      else expect(missed > 0).toBe(!isWithin(value, given));
    }),
  );
});
