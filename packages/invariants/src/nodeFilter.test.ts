import { expect, test } from 'vitest';
import { makeNode } from './testing/memoryObjects.ts';
import { compileNodeFilter, filterOfLabels } from './nodeFilter.ts';

const zoneA = makeNode('n1', { labels: { 'topology.kubernetes.io/zone': 'zone-a', 'everynode.dev/pool': 'burst' } });

test('no filter picks every name, even without a Node object', () => {
  expect(compileNodeFilter(undefined)('gone', undefined)).toBe(true);
});

test('all parts of a filter must hold', () => {
  const selector = {
    matchExpressions: [{ key: 'topology.kubernetes.io/zone', operator: 'NotIn', values: ['zone-b'] }],
  };
  expect(compileNodeFilter({ selector })('n1', zoneA)).toBe(true);
  expect(compileNodeFilter({ selector, exclude: ['n1'] })('n1', zoneA)).toBe(false);
  expect(compileNodeFilter({ selector, include: ['n2'] })('n1', zoneA)).toBe(false);
  expect(compileNodeFilter({ selector, include: ['n1'] })('n1', zoneA)).toBe(true);
});

test('a selector picks nothing where there is no Node object', () => {
  expect(compileNodeFilter({ selector: {} })('gone', undefined)).toBe(false);
});

test('the labels of a threshold pick by pool, zone and name', () => {
  expect(compileNodeFilter(filterOfLabels({ pool: 'burst', zone: 'zone-a' }))('n1', zoneA)).toBe(true);
  expect(compileNodeFilter(filterOfLabels({ pool: 'worker' }))('n1', zoneA)).toBe(false);
  expect(compileNodeFilter(filterOfLabels({ node: 'n2' }))('n1', zoneA)).toBe(false);
  expect(compileNodeFilter(filterOfLabels({ daemonSet: 'kube-system/agent' }))('n1', zoneA)).toBe(true);
});
