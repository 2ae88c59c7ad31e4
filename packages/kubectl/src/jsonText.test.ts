import { expect, test } from 'vitest';
import { jsonText } from './jsonText.ts';

test('fields are by name, numbers among them too, four blanks deep', () => {
  expect(jsonText({ b: [], a: { '9': 1, '10': {}, a: [1, 'x'] } }, { minor: 36 })).toBe(
    '{\n    "a": {\n        "10": {},\n        "9": 1,\n        "a": [\n            1,\n            "x"\n        ]\n    },\n    "b": []\n}\n',
  );
});

test('fields of a type stay in their order', () => {
  expect(jsonText({ kind: 'A', apiVersion: 'v1' }, { minor: 36, jsonFields: 'asGiven' })).toBe(
    '{\n    "kind": "A",\n    "apiVersion": "v1"\n}\n',
  );
});

test('characters that mean something in HTML are escaped', () => {
  expect(jsonText('<a&b>\u2028', { minor: 36 })).toBe('"\\u003ca\\u0026b\\u003e\\u2028"\n');
});

test('backspace and form feed have a short escape from 1.30 on', () => {
  expect(jsonText('\b\f\\b', { minor: 30 })).toBe('"\\b\\f\\\\b"\n');
  expect(jsonText('\b\f\\b', { minor: 29 })).toBe('"\\u0008\\u000c\\\\b"\n');
});
