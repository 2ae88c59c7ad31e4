import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AssertionError } from '../assert.ts';
import { BitSet } from './bitSet.ts';

test('whatever comes and goes, it holds what a set of numbers holds, in ascending order', () => {
  const change = fc.record({ value: fc.nat(99), isAdded: fc.boolean() });
  fc.assert(
    fc.property(fc.array(change, { maxLength: 200 }), fc.nat(120), (changes, limit) => {
      const bits = new BitSet(100);
      const model = new Set<number>();
      for (const { value, isAdded } of changes) {
        if (isAdded) bits.add(value);
        else bits.delete(value);
        if (isAdded) model.add(value);
        else model.delete(value);
      }
      const sorted = [...model].sort((a, b) => a - b);
      expect(bits.size).toBe(model.size);
      expect(bits.first()).toEqual(sorted);
      expect(bits.first(limit)).toEqual(sorted.slice(0, limit));
      for (const { value } of changes) expect(bits.has(value)).toBe(model.has(value));
    }),
  );
});

test('a number beyond its limit is refused', () => {
  expect(() => new BitSet(32).add(32)).toThrow(AssertionError);
});
