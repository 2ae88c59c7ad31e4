import { expect, test } from 'vitest';
import { parseImagePairs } from './imagePairs.ts';

test('resources come first, then images; the last of a container counts', () => {
  expect(parseImagePairs(['ds', 'x', 'a=i:1', 'b=r:5000/i@sha256:0=', 'a=i:2'])).toEqual({
    ok: true,
    resources: ['ds', 'x'],
    images: { a: 'i:2', b: 'r:5000/i@sha256:0=' },
  });
  expect(parseImagePairs(['ds/x'])).toEqual({ ok: true, resources: ['ds/x'], images: {} });
  expect(parseImagePairs(['=x'])).toEqual({ ok: true, resources: ['=x'], images: {} });
});

test.each([
  [['ds/x', 'a=1', 'ds/y'], 'all resources must be specified before image changes: ds/y'],
  [['ds/x', 'a-', 'b=1', 'c-'], 'invalid image format: a-, c-'],
])('%j is refused: %s', (args, error) => {
  expect(parseImagePairs(args)).toEqual({ ok: false, error });
});
