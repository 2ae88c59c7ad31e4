/** Texts checked against sigs.k8s.io/yaml 1.6.0. */
import { describe, expect, test } from 'vitest';
import { yamlText } from './yamlText.ts';

describe('a text', () => {
  test.each([
    ['plain', 'plain'],
    ['a:b', 'a:b'],
    ['a#b', 'a#b'],
    ['-a', '-a'],
    ['it’s', 'it’s'],
    ['=', '='],
    ['1.2.3', '1.2.3'],
    ['2026-02-30', '2026-02-30'],
    ['1e400', '1e400'],
    ['089', '"089"'],
    ['', '""'],
    ['true', '"true"'],
    ['y', '"y"'],
    ['Null', '"Null"'],
    ['~', '"~"'],
    ['017', '"017"'],
    ['0x1f', '"0x1f"'],
    ['1_000', '"1_000"'],
    ['1e3', '"1e3"'],
    ['.5', '".5"'],
    ['12:30:45', '"12:30:45"'],
    ['2026-01-01', '"2026-01-01"'],
    ['2026-01-01T00:00:00Z', '"2026-01-01T00:00:00Z"'],
    ['a: b', "'a: b'"],
    ['a #b', "'a #b'"],
    ['- a', "'- a'"],
    ['{a', "'{a'"],
    [' a', "' a'"],
    ["'a", "'''a'"],
    ['---', "'---'"],
    ['a\tb', '"a\\tb"'],
    ['😀', '"\\U0001F600"'],
    ['\x07"\\', '"\\a\\"\\\\"'],
    ['a\nb', '|-\n  a\n  b'],
    ['a\n', '|\n  a'],
    ['a\n\n', '|+\n  a\n'],
    [' a\nb', '|2-\n   a\n  b'],
    ['a\n\nb', '|-\n  a\n\n  b'],
    ['a \nb', '"a \\nb"'],
    ['a\n\tb', '"a\\n\\tb"'],
  ])('%j is written as %j', (text, yaml) => {
    expect(yamlText({ k: text })).toBe(`k: ${yaml}\n`);
  });
});

describe('a long text', () => {
  const words = Array.from({ length: 20 }, (_, at) => `word${at}`).join(' ');

  test('is broken at the first single blank behind column 80', () => {
    expect(yamlText({ message: words })).toMatchInlineSnapshot(`
      "message: word0 word1 word2 word3 word4 word5 word6 word7 word8 word9 word10 word11
        word12 word13 word14 word15 word16 word17 word18 word19
      "
    `);
  });

  test('is broken inside quotes as well, and in lists further to the right', () => {
    expect(yamlText({ list: [`#${words}`, `\t${words}`] })).toMatchInlineSnapshot(`
      "list:
      - '#word0 word1 word2 word3 word4 word5 word6 word7 word8 word9 word10 word11 word12
        word13 word14 word15 word16 word17 word18 word19'
      - "\\tword0 word1 word2 word3 word4 word5 word6 word7 word8 word9 word10 word11 word12
        word13 word14 word15 word16 word17 word18 word19"
      "
    `);
  });

  test('stays in one line where no blank stands alone', () => {
    expect(yamlText({ k: `${'x'.repeat(90)}  y` })).toBe(`k: ${'x'.repeat(90)}  y\n`);
  });
});

test('maps and lists are nested in block style, lists at the column of their key', () => {
  const value = { b: [{ z: 1, x: [] }, [1, [true]]], a: { c: {}, d: null }, e: -0.5, f: 1e21, g: 1234567.5 };
  expect(yamlText(value)).toMatchInlineSnapshot(`
    "a:
      c: {}
      d: null
    b:
    - x: []
      z: 1
    - - 1
      - - true
    e: -0.5
    f: 1e+21
    g: 1.2345675e+06
    "
  `);
});

test('keys are in natural order: what is no letter first, numbers by value', () => {
  const keys = ['x10', 'x2', 'x', 'b', 'B', 'a/b', 'a.b', 'a-b', 'ab', '10', '9', 'x105', 'x110', 'x02'];
  const value = Object.fromEntries(keys.map((key) => [key, 0]));
  const written = yamlText(value)
    .trim()
    .split('\n')
    .map((line) => line.replace(/"?:.*/, '').replace(/^"/, ''));
  expect(written).toEqual(['9', '10', 'B', 'a-b', 'a.b', 'a/b', 'ab', 'b', 'x', 'x2', 'x02', 'x10', 'x105', 'x110']);
});

test('a key that is too long or has several lines stands behind a question mark', () => {
  const long = 'k'.repeat(129);
  expect(yamlText({ [long]: { a: 1 }, 'a\nb': [1] })).toBe(`? |-\n  a\n  b\n: - 1\n? ${long}\n: a: 1\n`);
});
