import { expect, test } from 'vitest';
import { formatLabelSelector, formatRequirements } from './selectorText.ts';

test('a selector reads as kubectl prints it, by key', () => {
  expect(
    formatLabelSelector({
      matchLabels: { tier: 'x', app: 'a' },
      matchExpressions: [{ key: 'env', operator: 'NotIn', values: ['b', 'a'] }],
    }),
  ).toBe('app=a,env notin (a,b),tier=x');
  expect([formatLabelSelector(undefined), formatLabelSelector({})]).toEqual(['<none>', '<none>']);
});

test('requirements stay in order', () => {
  expect(
    formatRequirements([
      { key: 'b', operator: 'Gt', values: ['1'] },
      { key: 'a', operator: 'DoesNotExist' },
      { key: 'c', operator: 'Exists' },
      { key: 'd', operator: 'Lt', values: ['7'] },
    ]),
  ).toBe('b>1,!a,c,d<7');
});
