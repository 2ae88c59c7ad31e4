import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeCharacter, quote, unescapeText } from './goQuote.ts';

test.each([
  ['plain', '"plain"'],
  ['a"b\\c\'d', String.raw`"a\"b\\c'd"`],
  ['\x07\b\f\n\r\t\v', String.raw`"\a\b\f\n\r\t\v"`],
  ['\0\x1b\x7f', String.raw`"\x00\x1b\x7f"`],
  ['é世😀', '"é世😀"'],
  ['\u00a0\u200b\u{e0001}', String.raw`"\u00a0\u200b\U000e0001"`],
])('%j is quoted as %s', (text, quoted) => {
  expect(quote(text)).toBe(quoted);
});

test('what is quoted reads as it was', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(unescapeText(quote(text).slice(1, -1), '"')).toBe(text);
    }),
  );
});

test.each([
  [String.raw`\x41\101\u00e9\U0001F600`, 'AAé😀'],
  [String.raw`\'`, undefined],
  [String.raw`\q`, undefined],
  [String.raw`\400`, undefined],
  [String.raw`\ud800`, undefined],
  [String.raw`\x4`, undefined],
  ['a"b', undefined],
  ['\\', undefined],
])('the escapes of %j mean %j', (body, text) => {
  expect(unescapeText(body, '"')).toBe(text);
});

test('a character is described by its number, and shown where it shows', () => {
  expect(describeCharacter('#')).toBe("U+0023 '#'");
  expect(describeCharacter('\t')).toBe('U+0009');
  expect(describeCharacter('😀')).toBe("U+1F600 '😀'");
});
