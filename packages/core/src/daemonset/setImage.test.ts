import { expect, test } from 'vitest';
import { applyPatch } from '../api/patch.ts';
import type { PodSpec } from '../api/pod.ts';
import { planSetImage } from './setImage.ts';

const SPEC: PodSpec = {
  initContainers: [{ name: 'setup', image: 'setup:1' }],
  containers: [
    { name: 'agent', image: 'agent:1' },
    { name: 'side', image: 'side:1' },
  ],
};

test('patches what differs and nothing else, and names the order', () => {
  const { spec, wanted, errors } = planSetImage(SPEC, { agent: 'agent:9', side: 'side:1' });
  expect(spec).toEqual({
    '$setElementOrder/containers': [{ name: 'agent' }, { name: 'side' }],
    containers: [{ image: 'agent:9', name: 'agent' }],
  });
  expect(errors).toEqual([]);
  expect(applyPatch(SPEC, { type: 'strategic', body: spec ?? {} })).toEqual(wanted);
});

test('a star means every container, init containers too', () => {
  const { spec, wanted } = planSetImage(SPEC, { '*': 'one:1' });
  expect(Object.keys(spec ?? {})).toHaveLength(4);
  expect([...(wanted.initContainers ?? []), ...wanted.containers].map(({ image }) => image)).toEqual([
    'one:1',
    'one:1',
    'one:1',
  ]);
});

test('what is there already needs no patch', () => {
  expect(planSetImage(SPEC, { agent: 'agent:1' })).toEqual({ wanted: SPEC, errors: [] });
});

test('an empty image takes the field away', () => {
  expect(planSetImage(SPEC, { agent: '' }).spec?.['containers']).toEqual([{ image: null, name: 'agent' }]);
});

test('a container that is not there is told, and the others change all the same', () => {
  const { spec, errors } = planSetImage(SPEC, { nope: 'x', side: 'side:2' });
  expect(errors).toEqual(['error: unable to find container named "nope"']);
  expect(spec?.['containers']).toEqual([{ image: 'side:2', name: 'side' }]);
});
