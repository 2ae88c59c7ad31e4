/** What the server says of names, owners and finalizers, and of nodes. */
import { describe, expect, test } from 'vitest';
import { node } from '../testing/objects.ts';
import { formatFieldError } from './fieldError.ts';
import type { ObjectMeta } from './meta.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './metaValidation.ts';
import type { Taint } from './node.ts';
import { validateNode, validateNodeUpdate } from './nodeValidation.ts';

const META: ObjectMeta = { name: 'a', namespace: 'default', uid: 'u', resourceVersion: '1' };
const OWNER = { apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: 'u1', controller: true };

const problems = (metadata: object): readonly string[] =>
  validateObjectMeta({ ...META, ...metadata }).map(formatFieldError);

describe('of a new object', () => {
  test.each<[object, readonly string[]]>([
    [{}, []],
    [{ name: '' }, ['metadata.name: Required value: name or generateName is required']],
    [{ name: '', generateName: 'a-' }, []],
    [{ namespace: 'a.b' }, ['metadata.namespace: Invalid value: "a.b": must not contain dots']],
    [{ namespace: undefined }, ['metadata.namespace: Required value']],
    [
      { ownerReferences: [{ apiVersion: 'a/b/c', kind: '', name: 'n', uid: 'u' }] },
      [
        'metadata.ownerReferences[0].apiVersion: Invalid value: "a/b/c": must be <group>/<version> or <version>',
        'metadata.ownerReferences[0].kind: Required value: must not be empty',
      ],
    ],
    [
      { ownerReferences: [OWNER, { ...OWNER, name: 'other', uid: 'u2' }] },
      [
        expect.stringMatching(
          /^metadata\.ownerReferences: Invalid value: \[.*\]: Only one reference can have Controller set to true\. Found "true" in references for DaemonSet\/agent and DaemonSet\/other$/,
        ),
      ],
    ],
    [
      { finalizers: ['mine', 'orphan', 'foregroundDeletion'] },
      [
        'metadata.finalizers: Invalid value: ["mine","orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set',
        'metadata.finalizers[0]: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
      ],
    ],
    [
      { annotations: { a: 'x'.repeat(262_144) } },
      ['metadata.annotations: Too long: may not be more than 262144 bytes'],
    ],
  ])('%#', (metadata, texts) => {
    expect(problems(metadata)).toEqual(texts);
  });
});

test('an object that is being deleted takes no new finalizers, and may lose those it has', () => {
  const before = { ...META, deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: ['a/b'] };
  const after = (finalizers: readonly string[]): readonly string[] =>
    validateObjectMetaUpdate({ ...before, finalizers }, before).map(formatFieldError);
  expect(after([])).toEqual([]);
  expect(after(['a/b', 'c/d'])).toEqual([
    'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"c/d"}',
  ]);
});

describe('of a node', () => {
  const tainted = (taints: readonly object[]): readonly string[] =>
    validateNode(node('n', { taints: taints as readonly Taint[] })).map(formatFieldError);

  test('a taint needs a key and an effect, and a pair of them is there once', () => {
    expect(tainted([{ key: 'a b', effect: 'Never' }])).toEqual([
      expect.stringContaining('metadata.taints[0].key: Invalid value: "a b": name part must consist of'),
      'metadata.taints[0].effect: Unsupported value: "Never": supported values: "NoSchedule", "PreferNoSchedule", "NoExecute"',
    ]);
    const twice = { key: 'a', effect: 'NoSchedule' };
    expect(tainted([twice, { ...twice, value: 'x' }, { ...twice, effect: 'NoExecute' }])).toEqual([
      'metadata.taints[1]: Duplicate value: {"Key":"a","Value":"x","Effect":"NoSchedule","TimeAdded":null}: taints must be unique by key and effect pair',
    ]);
  });

  test('its name may not come with a namespace, its provider id may not change', () => {
    const named = { ...node('n'), metadata: { ...META, name: 'n' } };
    expect(validateNode(named).map(formatFieldError)).toEqual([
      'metadata.namespace: Forbidden: not allowed on this type',
    ]);
    const before = { ...node('n'), metadata: { name: 'n', resourceVersion: '1' }, spec: { providerID: 'aws://1' } };
    expect(validateNodeUpdate({ ...before, spec: {} }, before).map(formatFieldError)).toEqual([
      'spec.providerID: Forbidden: node updates may not change providerID except from "" to valid',
    ]);
  });
});
