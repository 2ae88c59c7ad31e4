/** The spelling of quantities. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseScaled } from './quantity.ts';
import { canonicalQuantity } from './quantityText.ts';

test.each([
  ['1000m', '1'],
  ['0.5', '500m'],
  ['1.5Gi', '1536Mi'],
  ['2048Mi', '2Gi'],
  ['1Ki', '1Ki'],
  ['0.5Ki', '512'],
  ['1073741824', '1073741824'],
  ['1000k', '1M'],
  ['1e3', '1e3'],
  ['12e4', '120e3'],
  ['0', '0'],
  ['-250m', '-250m'],
  ['100000000', '100M'],
  ['nonsense', 'nonsense'],
  ['', ''],
])('%s reads %s', (given, canonical) => {
  expect(canonicalQuantity(given)).toBe(canonical);
});

test('a number is a quantity', () => {
  expect(canonicalQuantity(2)).toBe('2');
});

test('the canonical text says the same amount, and stays as it is', () => {
  const suffix = fc.constantFrom('', 'm', 'k', 'M', 'Ki', 'Mi', 'Gi');
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000 }), suffix, (digits, unit) => {
      const canonical = canonicalQuantity(`${digits}${unit}`);
      expect(parseScaled(canonical, 3)).toBe(parseScaled(`${digits}${unit}`, 3));
      expect(canonicalQuantity(canonical)).toBe(canonical);
    }),
  );
});
