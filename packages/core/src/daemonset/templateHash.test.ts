import fc from 'fast-check';
import { expect, test } from 'vitest';
import { daemonSet } from '../testing/objects.ts';
import { computeTemplateHash, fnv1a32 } from './templateHash.ts';

test('FNV-1a gives the published sums', () => {
  // The reference vectors of the algorithm's authors.
  expect(['', 'a', 'foobar'].map(fnv1a32)).toEqual([0x811c9dc5, 0xe40c292c, 0xbf9cf968]);
});

test('characters beyond ASCII are hashed by their UTF-8 bytes', () => {
  // The sums of the byte strings c3bc and f09f9880, computed by hand.
  const byBytes = (bytes: readonly number[]): number =>
    bytes.reduce((sum, byte) => Math.imul(sum ^ byte, 0x01000193) >>> 0, 0x811c9dc5);
  expect([fnv1a32('ü'), fnv1a32('€'), fnv1a32('😀')]).toEqual(
    [
      [0xc3, 0xbc],
      [0xe2, 0x82, 0xac],
      [0xf0, 0x9f, 0x98, 0x80],
    ].map(byBytes),
  );
});

test('a hash is one to ten characters that form no words', () => {
  fc.assert(
    fc.property(fc.string(), (image) => {
      expect(computeTemplateHash({ spec: { containers: [{ name: 'c', image }] } })).toMatch(/^[456789bcdf]{1,10}$/);
    }),
  );
});

test('the order of keys does not matter, every value and the collision count do', () => {
  const { template } = daemonSet().spec;
  const turned = { spec: template.spec, ...(template.metadata === undefined ? {} : { metadata: template.metadata }) };
  const hashes = [template, turned].map((given) => computeTemplateHash(given));
  expect(hashes[0]).toBe(hashes[1]);
  const counted = [undefined, 0, 1, 2].map((count) => computeTemplateHash(template, count));
  expect(new Set(counted).size).toBe(4);
});
