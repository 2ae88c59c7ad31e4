import { compareKeys } from '@everynode/core/api/meta';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { GroupIndex } from './groupIndex.ts';
import { SortedIndex } from './sortedIndex.ts';

const key = fc.constantFrom('a', 'b', 'B', 'c/1', 'c/10', 'c/2', 'd', 'é', 'z');
const step = fc.oneof(
  fc.record({ do: fc.constant('set' as const), key, value: fc.nat(9) }),
  fc.record({ do: fc.constant('delete' as const), key }),
  fc.record({ do: fc.constant('list' as const) }),
);

describe('SortedIndex', () => {
  test('any interleaving of set, delete and list lists what a sorted map lists, and old pictures stay', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
        const index = new SortedIndex<number>();
        const oracle = new Map<string, number>();
        const pictures: (readonly [readonly number[], readonly number[]])[] = [];
        for (const each of steps) {
          if (each.do === 'set') {
            index.set(each.key, each.value);
            oracle.set(each.key, each.value);
          } else if (each.do === 'delete') {
            expect(index.delete(each.key)).toBe(oracle.delete(each.key));
          } else {
            const expected = [...oracle].sort(([a], [b]) => compareKeys(a, b)).map(([, value]) => value);
            expect(index.list()).toEqual(expected);
            pictures.push([index.list(), expected]);
          }
          expect(index.size).toBe(oracle.size);
        }
        for (const [picture, expected] of pictures) expect(picture).toEqual(expected);
      }),
    );
  });

  test('a list is the same array until something changes', () => {
    const index = new SortedIndex<number>();
    index.set('a', 1);
    const list = index.list();
    expect(index.list()).toBe(list);
    index.set('a', 2);
    expect(index.list()).toEqual([2]);
    expect(list).toEqual([1]);
  });
});

test('an object that changes its group leaves the old one', () => {
  const index = new GroupIndex<{ readonly node: string | undefined; readonly name: string }>((each) => each.node);
  const pending = { node: undefined, name: 'p' };
  const bound = { node: 'n1', name: 'p' };
  index.change('p', undefined, pending);
  expect(index.list('n1')).toEqual([]);
  index.change('p', pending, bound);
  expect(index.list('n1')).toEqual([bound]);
  const moved = { node: 'n2', name: 'p' };
  index.change('p', bound, moved);
  expect([index.list('n1'), index.list('n2')]).toEqual([[], [moved]]);
  index.change('p', moved, undefined);
  expect(index.list('n2')).toEqual([]);
});
