import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parsePercent, resolveIntOrPercent } from './intOrPercent.ts';

test('a percentage is rounded up: one percent of three nodes is one', () => {
  expect(resolveIntOrPercent('1%', 3)).toBe(1);
  expect(resolveIntOrPercent('50%', 3)).toBe(2);
  expect(resolveIntOrPercent('0%', 3)).toBe(0);
  expect(resolveIntOrPercent('100%', 0)).toBe(0);
});

test('a number stays as it is, even beyond the nodes', () => {
  expect(resolveIntOrPercent(10, 3)).toBe(10);
});

test.each(['10', '1.5%', '-1%', '%', ' 1%', 'ten%'])('%j is neither', (text) => {
  expect(parsePercent(text)).toBeUndefined();
  expect(resolveIntOrPercent(text, 3)).toBeUndefined();
});

test('rounding up never misses a whole node, and never adds one', () => {
  fc.assert(
    fc.property(fc.nat(200), fc.nat(100_000), (percent, total) => {
      const count = resolveIntOrPercent(`${percent}%`, total) ?? -1;
      expect(count * 100).toBeGreaterThanOrEqual(percent * total);
      expect((count - 1) * 100).toBeLessThan(percent * total);
    }),
  );
});
