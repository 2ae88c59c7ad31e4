import { expect, test } from 'vitest';
import { alignTabs, TABLE_STYLE } from './tabWriter.ts';

test('columns are as wide as their widest cell and three blanks, at least six, and the last has none behind it', () => {
  expect(alignTabs(['NAME\tX\tAGE', 'fluentd-x\t1\t2d', 'é漢😀\t\t'], TABLE_STYLE)).toEqual([
    'NAME        X     AGE',
    'fluentd-x   1     2d',
    'é漢😀               ',
  ]);
});

test('a line without a tab ends the columns, and those behind it are no narrower', () => {
  expect(alignTabs(['long-cell\tx', 'alone', 'a\ty', 'a\tb\tz'], TABLE_STYLE)).toEqual([
    'long-cell   x',
    'alone',
    'a           y',
    'a           b     z',
  ]);
});
