import { expect, test } from 'vitest';
import { findNearest, unknownName } from './nearest.ts';

const FAULTS = ['NodeCrash', 'NodeReboot', 'WatchLag', 'ZoneOutage'];

test.each([
  ['WatchLagg', 'WatchLag'],
  ['watchlag', 'WatchLag'],
  ['ZoneOutge', 'ZoneOutage'],
  ['NodeReboots', 'NodeReboot'],
])('%s means %s', (name, meant) => {
  expect(findNearest(name, FAULTS)).toBe(meant);
});

test.each(['Hurricane', '', 'x'.repeat(100_000)])('a name like none of them means none', (name) => {
  expect(findNearest(name, FAULTS)).toBeUndefined();
});

test('of two names equally near the first by letters is meant, in whatever order they are known', () => {
  expect(findNearest('ab', ['ad', 'ac'])).toBe('ac');
  expect(findNearest('ab', ['ac', 'ad'])).toBe('ac');
});

test('a long list is cut, and says how much is left off', () => {
  const names = Array.from({ length: 30 }, (_, at) => `node-${at}`);
  expect(unknownName('node', 'nodes', 'worker', names)).toMatch(
    /^unknown node "worker"; write one of the known nodes \(nodes: node-0, .*node-23, … 6 more\)$/,
  );
});
