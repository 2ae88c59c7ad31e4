import { describe, expect, test } from 'vitest';
import type { ServedObject } from '../server.ts';
import { sortObjects } from './sortObjects.ts';
import { ODD_OBJECTS } from './testing/oddObjects.ts';

function names(path: string, minor = 36, objects: readonly ServedObject[] = ODD_OBJECTS): string {
  const sorted = sortObjects(objects, path, { minor });
  return sorted.ok ? sorted.objects.map(({ metadata }) => metadata.name).join(' ') : sorted.error;
}

/** What the real client made of the five objects a, b, c, d10, d9. */
test.each([
  ['.metadata.name', 'a b c d10 d9'],
  ['{.metadata.name}', 'a b c d10 d9'],
  ['metadata.name', 'a b c d10 d9'],
  ['.num', 'c a d10 d9 b'],
  ['.float', 'd9 d10 b a c'],
  ['.q', 'd9 c b a d10'],
  ['.list[0]', 'd9 d10 c a b'],
  ['.nil', 'd9 d10 b a c'],
  ['.time', 'd9 d10 c b a'],
  ['.metadata.creationTimestamp', 'd9 d10 c b a'],
  ['..n', 'd9 d10 c b a'],
])('by %s: %s', (path, expected) => {
  expect(names(path)).toBe(expected);
});

test.each([
  ['.nope', `couldn't find any field with path "{.nope}" in the list of objects`],
  [
    '{.num',
    `unexpected path string, expected a 'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'`,
  ],
  ['.[', 'unterminated array'],
  ['.num[0]', 'int64 is not array or slice'],
  ['.list[7]', 'array index out of bounds: index 7, length 5'],
  ['.num q', 'unrecognized identifier q'],
  ['.t', 'Field {.t} in *unstructured.Unstructured is an unsortable type: interface, err: unsortable type: bool'],
])('by %s fails: %s', (path, error) => {
  expect(names(path)).toBe(error);
});

test('nothing to sort is sorted', () => {
  expect(sortObjects([], '.nope', { minor: 36 })).toEqual({ ok: true, objects: [] });
});

describe('text', () => {
  const objects = (...texts: readonly string[]): readonly ServedObject[] =>
    texts.map((v) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: v }, v }));

  test('sorts by its characters since 1.31, and by the numbers in it before', () => {
    const nodes = objects('node-10', 'node-9', 'node-010', 'node-1a', 'node-');
    expect(names('.v', 31, nodes)).toBe('node- node-010 node-10 node-1a node-9');
    expect(names('.v', 30, nodes)).toBe('node- node-1a node-9 node-10 node-010');
  });

  test('that is a quantity sorts by amount', () => {
    const amounts = objects('1Gi', '1G', '500m', '0.5k', '1e3', '2', '-1', '1n');
    expect(names('.v', 36, amounts)).toBe('-1 1n 500m 2 0.5k 1e3 1G 1Gi');
  });

  test('that is no quantity is compared with a quantity as text', () => {
    expect(names('.v', 36, objects('b', '10', 'a', '9'))).toBe('9 10 a b');
  });
});
