import { describe, expect, test } from 'vitest';
import { applyPatch, mergePatch, strategicMergePatch } from './patch.ts';

describe('merge patch (RFC 7386)', () => {
  // The table of the RFC's appendix.
  test.each([
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [
      ['a', 'b'],
      ['c', 'd'],
      ['c', 'd'],
    ],
    [{ a: 'b' }, ['c'], ['c']],
    [{ a: 'foo' }, null, null],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ])('%j with %j is %j', (target, patch, result) => {
    expect(mergePatch(target, patch)).toEqual(result);
  });

  test('neither object nor patch is touched', () => {
    const target = Object.freeze({ a: Object.freeze({ b: 1 }) });
    const patch = Object.freeze({ a: Object.freeze({ c: 2 }) });
    expect(mergePatch(target, patch)).toEqual({ a: { b: 1, c: 2 } });
  });
});

describe('strategic merge patch', () => {
  const spec = {
    containers: [
      {
        name: 'a',
        image: 'a:1',
        env: [
          { name: 'X', value: '1' },
          { name: 'Y', value: '2' },
        ],
      },
      { name: 'b', image: 'b:1', ports: [{ containerPort: 80, name: 'web' }] },
    ],
    tolerations: [{ key: 'x' }],
  };

  test('containers merge by name, and what the patch leaves out stays', () => {
    const patch = { containers: [{ name: 'a', image: 'a:2', env: [{ name: 'Y', value: '3' }] }] };
    expect(strategicMergePatch(spec, patch)).toEqual({
      ...spec,
      containers: [
        {
          ...spec.containers[0],
          image: 'a:2',
          env: [
            { name: 'X', value: '1' },
            { name: 'Y', value: '3' },
          ],
        },
        spec.containers[1],
      ],
    });
  });

  test('ports merge by number', () => {
    const patch = {
      containers: [{ name: 'b', ports: [{ containerPort: 80, protocol: 'TCP' }, { containerPort: 81 }] }],
    };
    expect(strategicMergePatch(spec, patch)).toMatchObject({
      containers: [
        { name: 'a' },
        { name: 'b', ports: [{ containerPort: 80, name: 'web', protocol: 'TCP' }, { containerPort: 81 }] },
      ],
    });
  });

  test('lists without a key are replaced whole', () => {
    expect(strategicMergePatch(spec, { tolerations: [{ key: 'y' }] })).toMatchObject({ tolerations: [{ key: 'y' }] });
  });

  test('new elements come last, in the order of the patch', () => {
    const patch = { containers: [{ name: 'd' }, { name: 'b' }, { name: 'c' }] };
    const { containers } = strategicMergePatch(spec, patch) as typeof spec;
    expect(containers.map(({ name }) => name)).toEqual(['a', 'd', 'b', 'c']);
  });

  test('$setElementOrder puts the elements in its own order', () => {
    const patch = {
      '$setElementOrder/containers': [{ name: 'b' }, { name: 'a' }],
      containers: [{ name: 'a', image: 'a:2' }],
    };
    const { containers } = strategicMergePatch(spec, patch) as typeof spec;
    expect(containers.map(({ name }) => name)).toEqual(['b', 'a']);
    expect(JSON.stringify(containers)).not.toContain('$');
  });

  test('$patch: delete removes an element, or a whole map', () => {
    expect(strategicMergePatch(spec, { containers: [{ $patch: 'delete', name: 'a' }] })).toMatchObject({
      containers: [{ name: 'b' }],
    });
    expect(strategicMergePatch({ a: { b: 1 }, c: 2 }, { a: { $patch: 'delete' } })).toEqual({ c: 2 });
  });

  test('$patch: replace replaces a map or a list, and leaves no trace of itself', () => {
    expect(strategicMergePatch({ template: { a: 1, b: 2 } }, { template: { $patch: 'replace', a: 3 } })).toEqual({
      template: { a: 3 },
    });
    expect(strategicMergePatch(spec, { containers: [{ $patch: 'replace' }, { name: 'z' }] })).toMatchObject({
      containers: [{ name: 'z' }],
    });
  });

  test('owner references go by uid and finalizers are a set', () => {
    const metadata = {
      ownerReferences: [
        { uid: 'a', name: 'x' },
        { uid: 'b', name: 'y' },
      ],
      finalizers: ['f'],
    };
    const patch = { ownerReferences: [{ $patch: 'delete', uid: 'a' }], finalizers: ['f', 'g'] };
    expect(strategicMergePatch(metadata, patch)).toEqual({
      ownerReferences: [{ uid: 'b', name: 'y' }],
      finalizers: ['f', 'g'],
    });
    expect(strategicMergePatch(metadata, { '$deleteFromPrimitiveList/finalizers': ['f'] })).toEqual({
      ...metadata,
      finalizers: [],
    });
  });

  test('$retainKeys drops what it does not name', () => {
    const strategy = { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1 } };
    expect(strategicMergePatch(strategy, { $retainKeys: ['type'], type: 'OnDelete' })).toEqual({ type: 'OnDelete' });
  });

  test('null removes a key', () => {
    expect(applyPatch({ a: 1, b: 2 }, { type: 'strategic', body: { a: null } })).toEqual({ b: 2 });
    expect(applyPatch({ a: 1, b: 2 }, { type: 'merge', body: { a: null } })).toEqual({ b: 2 });
  });
});
