import type { Pod } from '@everynode/core/api/pod';
import { expect, test } from 'vitest';
import type { PodModel } from '../plan.ts';
import { daemonSetOf, podModelTable } from './podModelTable.ts';

const LABELS: Readonly<Record<string, Readonly<Record<string, string>>>> = { n1: { zone: 'a' }, n2: { zone: 'b' } };

function pod(image: string, overrides: { readonly owner?: string; readonly probe?: boolean } = {}): Pod {
  const { owner, probe = false } = overrides;
  const ownerReferences =
    owner === undefined ? [] : [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: owner, uid: 'u', controller: true }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'kube-system', ownerReferences },
    spec: { containers: [{ name: 'main', image, ...(probe ? { readinessProbe: {} } : {}) }] },
  };
}

const behaviour = (models: readonly PodModel[], aPod: Pod, node = 'n1') =>
  podModelTable(models, (name) => LABELS[name], 0).behaviourOf(aPod, node);

test('without a model a pod without a probe is ready at once, and one with a probe needs its time (K-28, V-21)', () => {
  expect(behaviour([], pod('a'))).toMatchObject({
    startup: { fixed: 0 },
    imagePull: { fixed: 4000 },
    crash: undefined,
    usage: undefined,
    imageSize: 100_000_000,
  });
  expect(behaviour([], pod('a', { probe: true })).startup).toEqual({ fixed: 1000 });
});

test('of two models that select a pod the first wins, field by field', () => {
  const models: readonly PodModel[] = [
    { select: { daemonSet: 'kube-system/agent' }, startup: { fixed: 1 } },
    { select: {}, startup: { fixed: 2 }, termination: { fixed: 3 }, usage: { memory: { constant: 5 } } },
  ];
  expect(behaviour(models, pod('a', { owner: 'agent' }))).toMatchObject({
    startup: { fixed: 1 },
    termination: { fixed: 3 },
    usage: { memory: { constant: 5 } },
  });
  expect(behaviour(models, pod('a'))).toMatchObject({ startup: { fixed: 2 } });
});

test('a model that says how long a start takes speaks of the pull as well, unless it says more (models of the plan)', () => {
  const startup = { fixed: 1 };
  expect(behaviour([{ select: {}, startup }], pod('a')).imagePull).toEqual({ fixed: 0 });
  expect(behaviour([{ select: {}, startup, imagePull: { fixed: 9 } }], pod('a')).imagePull).toEqual({ fixed: 9 });
});

test.each<[string, PodModel['select'], string, boolean]>([
  ['another DaemonSet', { daemonSet: 'kube-system/other' }, 'n1', false],
  ['an image of the pod', { image: 'agent:v2' }, 'n1', true],
  ['another image', { image: 'agent:v1' }, 'n1', false],
  ['a node by label', { nodes: { selector: { matchLabels: { zone: 'a' } } } }, 'n1', true],
  ['a node without the label', { nodes: { selector: { matchLabels: { zone: 'a' } } } }, 'n2', false],
  ['a node by name', { nodes: { include: ['n2'] } }, 'n2', true],
  ['a node that is left out', { nodes: { exclude: ['n1'] } }, 'n1', false],
])('a model that selects %s', (_what, select, node, isSelected) => {
  const found = behaviour([{ select, termination: { fixed: 42 } }], pod('agent:v2', { owner: 'agent' }), node);
  expect('fixed' in found.termination && found.termination.fixed === 42).toBe(isSelected);
});

test('the DaemonSet of a pod is its controller, in its own namespace', () => {
  expect([daemonSetOf(pod('a', { owner: 'agent' })), daemonSetOf(pod('a'))]).toEqual(['kube-system/agent', undefined]);
});
