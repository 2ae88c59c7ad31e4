import { expect, test } from 'vitest';
import type { IntOrPercent } from '../api/daemonSet.ts';
import { daemonSet } from '../testing/objects.ts';
import { allowsSurge, updateBudget } from './updateBudget.ts';

const rolling = (maxUnavailable: IntOrPercent, maxSurge: IntOrPercent): ReturnType<typeof daemonSet> =>
  daemonSet({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable, maxSurge } } });

test('both percentages are rounded up and not cut to the nodes', () => {
  expect(updateBudget(rolling('10%', 0), 90)).toEqual({ maxUnavailable: 9, maxSurge: 0 });
  expect(updateBudget(rolling(0, '1%'), 3)).toEqual({ maxUnavailable: 0, maxSurge: 1 });
  expect(updateBudget(rolling(50, 0), 3)).toEqual({ maxUnavailable: 50, maxSurge: 0 });
});

test('a budget of nothing lets one pod go, unless there is no node', () => {
  expect(updateBudget(rolling('0%', 0), 3).maxUnavailable).toBe(1);
  expect(updateBudget(rolling(0, 0), 0).maxUnavailable).toBe(0);
});

test('one percent allows a surge, OnDelete never does', () => {
  expect(allowsSurge(rolling(0, '1%'))).toBe(true);
  expect(allowsSurge(rolling(1, 0))).toBe(false);
  expect(allowsSurge(daemonSet({ updateStrategy: { type: 'OnDelete', rollingUpdate: { maxSurge: 1 } } }))).toBe(false);
  expect(allowsSurge(daemonSet({ updateStrategy: { type: 'RollingUpdate', rollingUpdate: null } }))).toBe(false);
});
