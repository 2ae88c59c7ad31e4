import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { applyJsonPatch } from './jsonPatch.ts';
import type { Json6902Operation } from './scenario.ts';

/** Cases of RFC 6902, appendix A. */
describe('the cases of the RFC', () => {
  test.each<[string, unknown, Json6902Operation[], unknown]>([
    ['A.1 adding a member', { foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { foo: 'bar', baz: 'qux' }],
    [
      'A.2 adding an element',
      { foo: ['bar', 'baz'] },
      [{ op: 'add', path: '/foo/1', value: 'qux' }],
      { foo: ['bar', 'qux', 'baz'] },
    ],
    ['A.3 removing a member', { baz: 'qux', foo: 'bar' }, [{ op: 'remove', path: '/baz' }], { foo: 'bar' }],
    [
      'A.4 removing an element',
      { foo: ['bar', 'qux', 'baz'] },
      [{ op: 'remove', path: '/foo/1' }],
      { foo: ['bar', 'baz'] },
    ],
    [
      'A.5 replacing a value',
      { baz: 'qux', foo: 'bar' },
      [{ op: 'replace', path: '/baz', value: 'boo' }],
      { baz: 'boo', foo: 'bar' },
    ],
    [
      'A.6 moving a value',
      { foo: { bar: 'baz', waldo: 'fred' }, qux: {} },
      [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
      { foo: { bar: 'baz' }, qux: { thud: 'fred' } },
    ],
    [
      'A.7 moving an element',
      { foo: ['all', 'grass', 'cows', 'eat'] },
      [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
      { foo: ['all', 'cows', 'eat', 'grass'] },
    ],
    ['A.8 testing a value', { baz: 'qux' }, [{ op: 'test', path: '/baz', value: 'qux' }], { baz: 'qux' }],
    [
      'A.10 adding a nested member',
      { foo: 'bar' },
      [{ op: 'add', path: '/child', value: { grandchild: {} } }],
      { foo: 'bar', child: { grandchild: {} } },
    ],
    ['A.14 escapes', { '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: 10 }], { '/': 9, '~1': 10 }],
    [
      'A.16 adding an array',
      { foo: ['bar'] },
      [{ op: 'add', path: '/foo/-', value: ['abc'] }],
      { foo: ['bar', ['abc']] },
    ],
    ['the whole document', { foo: 1 }, [{ op: 'replace', path: '', value: { bar: 2 } }], { bar: 2 }],
    ['copying', { a: { b: 1 } }, [{ op: 'copy', from: '/a', path: '/c' }], { a: { b: 1 }, c: { b: 1 } }],
  ])('%s', (_name, value, operations, expected) => {
    expect(applyJsonPatch(value, operations)).toEqual({ ok: true, value: expected });
  });

  test.each<[string, unknown, Json6902Operation[], RegExp]>([
    [
      'A.9 a test that fails',
      { baz: 'qux' },
      [{ op: 'test', path: '/baz', value: 'bar' }],
      /the test of \/baz fails; it is "qux"/,
    ],
    [
      'A.12 a parent that is not there',
      { foo: 'bar' },
      [{ op: 'add', path: '/baz/bat', value: 1 }],
      /\/baz is not there; add it first/,
    ],
    ['removing what is not there', {}, [{ op: 'remove', path: '/a' }], /\/a is not there/],
    ['an index beyond the end', { a: [1] }, [{ op: 'add', path: '/a/3', value: 1 }], /is not there/],
    ['an index with a leading zero', { a: [1, 2] }, [{ op: 'remove', path: '/a/01' }], /is not there/],
    ['no pointer', {}, [{ op: 'add', path: 'a', value: 1 }], /"a" is no JSON pointer; write it as \/spec/],
    ['moving into itself', { a: {} }, [{ op: 'move', from: '/a', path: '/a/b' }], /cannot move into itself/],
    ['moving from nowhere', { a: {} }, [{ op: 'move', path: '/b' }], /op move needs a JSON pointer; write `from: /],
    ['an inherited name', {}, [{ op: 'test', path: '/constructor', value: 1 }], /the test of \/constructor fails/],
  ])('%s is refused', (_name, value, operations, problem) => {
    expect(applyJsonPatch(value, operations)).toEqual({ ok: false, at: 0, problem: expect.stringMatching(problem) });
  });
});

test('what is added can be removed again, and the value that was given is never touched', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.string(), fc.jsonValue(), (object, key, value) => {
      fc.pre(!Object.hasOwn(object, key));
      const before = JSON.stringify(object);
      const path = `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      const result = applyJsonPatch(object, [
        { op: 'add', path, value },
        { op: 'remove', path },
      ]);
      expect(result).toEqual({ ok: true, value: object });
      expect(JSON.stringify(object)).toBe(before);
    }),
  );
});
