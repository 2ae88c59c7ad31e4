import fc from 'fast-check';
import { expect, test } from 'vitest';
import { byteLength, fromBytes, toBytes } from './utf8.ts';

test('text has the bytes of the platform’s encoder, and comes back from them', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(toBytes(text)).toEqual([...new TextEncoder().encode(text)]);
      expect(byteLength(text)).toBe(toBytes(text).length);
      expect(fromBytes(toBytes(text))).toBe(text);
    }),
  );
});

test.each([
  ['a byte that begins nothing', [0x61, 0xff, 0x62], 'a\uFFFDb'],
  ['a sequence cut short', [0xe4, 0xb8], '\uFFFD\uFFFD'],
  ['an overlong form', [0xc0, 0x80], '\uFFFD\uFFFD'],
  ['half of a surrogate pair', [0xed, 0xa0, 0x80], '\uFFFD\uFFFD\uFFFD'],
])('%s is replaced byte by byte', (_, bytes, text) => {
  expect(fromBytes(bytes)).toBe(text);
});
