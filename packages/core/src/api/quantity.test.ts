import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  formatCpu,
  formatDecimal,
  formatMemory,
  parseCpuMilli,
  parseMemoryBytes,
  parseScaled,
  parseUnits,
} from './quantity.ts';

test.each([
  ['250m', 250],
  ['0.5', 500],
  ['2', 2000],
  [0.25, 250],
  ['1e3', 1_000_000],
  ['100u', 1],
  ['1500n', 1],
  ['-1', -1000],
])('cpu %s is %i millicores', (text, milli) => {
  expect(parseCpuMilli(text)).toBe(milli);
});

test.each([
  ['200Mi', 209_715_200],
  ['1.5Gi', 1_610_612_736],
  ['200M', 200_000_000],
  ['1e3', 1000],
  ['1E', 1e18],
  ['128974848', 128_974_848],
  ['100m', 1],
  [64, 64],
  ['.5Ki', 512],
])('memory %s is %i bytes, unless that is no safe integer', (text, bytes) => {
  expect(parseMemoryBytes(text)).toBe(Number.isSafeInteger(bytes) ? bytes : undefined);
});

test.each(['', '.', 'abc', '1KB', '1 Gi', '0x10', '1e', '--1', '1Gii', 'Gi', '9'.repeat(60), '1e60'])(
  '%j is no quantity',
  (text) => {
    expect(parseScaled(text, 0)).toBeUndefined();
  },
);

test('nothing given is nothing', () => {
  expect(parseUnits(undefined)).toBeUndefined();
  expect(parseUnits('110')).toBe(110);
});

test('what is written canonically reads back the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 50 }), (value) => {
      expect(parseMemoryBytes(formatMemory(value))).toBe(value);
      expect(parseCpuMilli(formatCpu(value))).toBe(value);
      expect(parseUnits(formatDecimal(value))).toBe(value);
    }),
  );
  expect([formatMemory(67_108_864), formatMemory(1000), formatCpu(2000), formatCpu(250)]).toEqual([
    '64Mi',
    '1000',
    '2',
    '250m',
  ]);
});

test.each([
  [0, '0'],
  [1500, '1500'],
  [64_000, '64k'],
  [3_000_000, '3M'],
])('%i things that are no bytes are %s', (amount, text) => {
  expect(formatDecimal(amount)).toBe(text);
});
