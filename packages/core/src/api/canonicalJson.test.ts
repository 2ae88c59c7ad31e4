import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson, isDeepEqual } from './canonicalJson.ts';

test('keys come in code unit order, numbers-as-keys included, and absent ones not at all', () => {
  expect(canonicalJson({ b: 1, a: undefined, 10: 'x', 9: [{ z: null, y: 'ü' }] })).toBe(
    '{"10":"x","9":[{"y":"ü","z":null}],"b":1}',
  );
});

test('any JSON reads back as itself', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
    }),
  );
});

test('two values are equal exactly when they are spelled the same', () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 2 }), fc.jsonValue({ maxDepth: 2 }), (a, b) => {
      expect(isDeepEqual(a, b)).toBe(canonicalJson(a) === canonicalJson(b));
      expect(isDeepEqual(a, JSON.parse(JSON.stringify(a)))).toBe(true);
    }),
  );
});

test('an absent key equals an undefined one', () => {
  expect(isDeepEqual({ a: 1, b: undefined }, { a: 1 })).toBe(true);
  expect(isDeepEqual([], {})).toBe(false);
});
