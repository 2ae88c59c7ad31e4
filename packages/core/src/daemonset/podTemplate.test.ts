import { describe, expect, test } from 'vitest';
import { daemonSet, pod } from '../testing/objects.ts';
import { daemonTolerations, isPodUpdated, newDaemonPod, targetNodeName, templateGeneration } from './podTemplate.ts';

describe('the new pod', () => {
  const ds = daemonSet({}, { annotations: { 'deprecated.daemonset.template.generation': '4' } });
  const created = newDaemonPod(ds, 'node-7', 'abc');

  test('is meant for one node and left to the scheduler', () => {
    expect(targetNodeName(created)).toBe('node-7');
    expect(created.spec.nodeName).toBeUndefined();
  });

  test('carries hash, generation, owner and a name to come', () => {
    expect(created.metadata).toMatchObject({
      name: '',
      generateName: 'agent-',
      namespace: 'kube-system',
      labels: { app: 'agent', 'controller-revision-hash': 'abc', 'pod-template-generation': '4' },
      ownerReferences: [
        { kind: 'DaemonSet', name: 'agent', uid: 'uid-agent', controller: true, blockOwnerDeletion: true },
      ],
    });
  });

  test('leaves the template as it was', () => {
    expect(ds.spec.template.spec).toEqual({ containers: [{ name: 'agent', image: 'agent:1' }] });
  });

  test('takes over annotations and finalizers, but no other metadata of the template', () => {
    const metadata = { labels: { app: 'agent' }, annotations: { a: 'b' }, finalizers: ['f'], name: 'ignored' };
    const { metadata: got } = newDaemonPod(daemonSet({ template: { ...ds.spec.template, metadata } }), 'n', '');
    expect(got).toMatchObject({ name: '', annotations: { a: 'b' }, finalizers: ['f'] });
    expect(got.labels).toEqual({ app: 'agent' });
  });

  test('of a DaemonSet with a very long name keeps that name', () => {
    const name = 'a'.repeat(253);
    expect(newDaemonPod(daemonSet({}, { name }), 'n', 'h').metadata.generateName).toBe(name);
  });
});

describe('automatic tolerations', () => {
  test('come behind the own ones, in upstream order', () => {
    const keys = daemonTolerations({ containers: [], tolerations: [{ key: 'own' }] }).map(({ key }) => key);
    expect(keys).toEqual([
      'own',
      'node.kubernetes.io/not-ready',
      'node.kubernetes.io/unreachable',
      'node.kubernetes.io/disk-pressure',
      'node.kubernetes.io/memory-pressure',
      'node.kubernetes.io/pid-pressure',
      'node.kubernetes.io/unschedulable',
    ]);
    expect(daemonTolerations({ containers: [], hostNetwork: true }).at(-1)?.key).toBe(
      'node.kubernetes.io/network-unavailable',
    );
  });

  test('overwrite an identical one in place, its seconds too', () => {
    const own = { key: 'node.kubernetes.io/not-ready', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 30 };
    const [first, ...others] = daemonTolerations({ containers: [], tolerations: [own] });
    expect(first).toEqual({ key: own.key, operator: 'Exists', effect: 'NoExecute' });
    expect(others).toHaveLength(5);
  });

  test('stand beside one that differs', () => {
    const own = { key: 'node.kubernetes.io/not-ready', operator: 'Exists', tolerationSeconds: 30 };
    expect(daemonTolerations({ containers: [], tolerations: [own] })).toHaveLength(7);
  });
});

test('the node of a bound pod is the one it runs on, whatever its affinity says', () => {
  const created = newDaemonPod(daemonSet(), 'node-7', 'abc');
  expect(targetNodeName({ ...created, spec: { ...created.spec, nodeName: 'node-8' } })).toBe('node-8');
  expect(targetNodeName(pod('p'))).toBeUndefined();
});

test('a pod is updated by its hash alone, an empty hash updates nobody', () => {
  expect(isPodUpdated(pod('p', { hash: 'abc' }), 'abc')).toBe(true);
  expect(isPodUpdated(pod('p', { hash: 'abc' }), 'abd')).toBe(false);
  expect(isPodUpdated(pod('p', { hash: '' }), '')).toBe(false);
});

test.each([
  ['4', 4],
  ['x', undefined],
  ['', undefined],
])('template generation %j reads as %s', (text, generation) => {
  expect(templateGeneration(daemonSet({}, { annotations: { 'deprecated.daemonset.template.generation': text } }))).toBe(
    generation,
  );
});
