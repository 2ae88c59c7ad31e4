/** Texts checked against sigs.k8s.io/yaml/kyaml 1.6.0. */
import { expect, test } from 'vitest';
import { kyamlText } from './kyamlText.ts';

test('everything is in brackets, texts are quoted, and lists of maps share lines', () => {
  const value = {
    kind: 'Pod',
    spec: { containers: [{ name: 'a', args: ['x', 'y'] }, { name: 'b' }], empty: {}, none: [], o: null },
    '10': 1,
    'k8s.io/name': 'no',
    no: true,
  };
  expect(kyamlText(value, { minor: 36 })).toMatchInlineSnapshot(`
    "---
    {
      "10": 1,
      k8s.io/name: "no",
      kind: "Pod",
      "no": true,
      spec: {
        containers: [{
          args: [
            "x",
            "y",
          ],
          name: "a",
        }, {
          name: "b",
        }],
        empty: {},
        none: [],
        o: null,
      },
    }
    "
  `);
});

test('a text of several lines is folded, and leading blanks are kept', () => {
  expect(kyamlText({ a: 'one\n  two\n' }, { minor: 36 })).toBe(
    '---\n{\n  a: "\\\n     one\\n\\\n    \\  two\\n\\\n    ",\n}\n',
  );
});

test('what cannot be shown is escaped, but a tab only in a key', () => {
  expect(kyamlText({ 'a\tb': 'c\t\x07"é😀' }, { minor: 36 })).toBe('---\n{\n  "a\\tb": "c\t\\a\\"é😀",\n}\n');
});
