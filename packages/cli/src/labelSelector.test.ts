import { expect, test } from 'vitest';
import { matchesSelector } from './labelSelector.ts';
import { UsageError } from './usageError.ts';

const LABELS = { tier: 'regression', area: 'rollout', 'everynode.dev/slow': '' };

test.each([
  ['tier=regression', true],
  ['tier==regression', true],
  ['tier=tour', false],
  ['tier!=tour', true],
  ['pack!=tour', true],
  ['tier=regression,area=eviction', false],
  [' tier = regression , area = rollout ', true],
  ['area in (rollout, eviction)', true],
  ['area notin (rollout,eviction)', false],
  ['area', true],
  ['pack', false],
  ['!pack', true],
  ['everynode.dev/slow=', true],
])('%s: %s', (selector, matches) => {
  expect(matchesSelector(selector, LABELS)).toBe(matches);
});

test.each(['', ',', 'tier=a b', 'tier=(a)', 'area in rollout', 'tier=regression,'])('%j is no selector', (selector) => {
  expect(() => matchesSelector(selector, LABELS)).toThrow(UsageError);
});
