import { expect, test } from 'vitest';
import { findDifference } from './partialObject.ts';

const actual = {
  kind: 'DaemonSet',
  metadata: { name: 'agent', labels: { 'app.kubernetes.io/name': 'agent', tier: 'node' } },
  spec: { containers: [{ name: 'a', image: 'x:1' }, { name: 'b' }], paused: null },
  status: { numberAvailable: 88 },
};

test.each([
  ['a subset of a map', { metadata: { labels: { tier: 'node' } } }],
  ['elements of a list that say less', { spec: { containers: [{ name: 'a' }, {}] } }],
  ['null for a field that is absent', { spec: { nodeName: null } }],
  ['null for a field that is null', { spec: { paused: null } }],
  ['nothing at all', {}],
])('%s matches', (_, demanded) => {
  expect(findDifference(demanded, actual)).toBeUndefined();
});

test.each([
  ['another number', { status: { numberAvailable: 90 } }, 'status.numberAvailable is 88, demanded 90'],
  ['text for a number', { status: { numberAvailable: '88' } }, 'status.numberAvailable is 88, demanded "88"'],
  ['a field that is absent', { status: { numberReady: 1 } }, 'status.numberReady is absent, demanded 1'],
  [
    'a map where there is none',
    { status: { numberAvailable: { a: 1 } } },
    'status.numberAvailable is 88, demanded {"a":1}',
  ],
  ['a list of another length', { spec: { containers: [{}] } }, 'spec.containers has 2 elements, demanded 1'],
  [
    'a list in another order',
    { spec: { containers: [{ name: 'b' }, {}] } },
    'spec.containers[0].name is "a", demanded "b"',
  ],
  [
    'null for a field that is there',
    { status: { numberAvailable: null } },
    'status.numberAvailable is 88, demanded null',
  ],
  [
    'a key with dots',
    { metadata: { labels: { 'app.kubernetes.io/name': 'x' } } },
    'metadata.labels["app.kubernetes.io/name"] is "agent", demanded "x"',
  ],
  ['the first of two, by key', { status: { numberAvailable: 1 }, kind: 'Pod' }, 'kind is "DaemonSet", demanded "Pod"'],
  ['what every object inherits', { metadata: { toString: 'x' } }, 'metadata.toString is absent, demanded "x"'],
])('%s is told by its path', (_, demanded, message) => {
  expect(findDifference(demanded, actual)).toBe(message);
});
