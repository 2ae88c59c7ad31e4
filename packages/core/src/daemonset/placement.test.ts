import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Taint } from '../api/node.ts';
import type { PodSpec } from '../api/pod.ts';
import { daemonSet, node } from '../testing/objects.ts';
import { compilePlacement, type PlacementOutcome } from './placement.ts';

function place(
  spec: Partial<PodSpec>,
  taints: readonly Taint[] = [],
  labels: Record<string, string> = {},
): PlacementOutcome {
  const template = { spec: { containers: [], ...spec } };
  return compilePlacement(daemonSet({ template }), true)(node('n-1', { labels, taints }));
}

const taint = (key: string, effect: Taint['effect']): Taint => ({ key, effect });

// The table of §1 of the controller's spec.
test.each<[string, readonly Taint[], PlacementOutcome]>([
  ['an untolerated NoExecute taint', [taint('a', 'NoExecute')], 'none'],
  ['an untolerated NoSchedule taint', [taint('a', 'NoSchedule')], 'sunset'],
  ['both of them, in any order', [taint('a', 'NoSchedule'), taint('b', 'NoExecute')], 'none'],
  ['a PreferNoSchedule taint', [taint('a', 'PreferNoSchedule')], 'run'],
  ['being cordoned', [taint('node.kubernetes.io/unschedulable', 'NoSchedule')], 'run'],
  [
    'pressure',
    ['disk', 'memory', 'pid'].map((what) => taint(`node.kubernetes.io/${what}-pressure`, 'NoSchedule')),
    'run',
  ],
  [
    'being unreachable',
    [taint('node.kubernetes.io/unreachable', 'NoExecute'), taint('node.kubernetes.io/unreachable', 'NoSchedule')],
    'sunset',
  ],
  ['no network', [taint('node.kubernetes.io/network-unavailable', 'NoSchedule')], 'sunset'],
])('%s: %j means %s', (_what, taints, outcome) => {
  expect(place({}, taints)).toBe(outcome);
});

test('pods in the network of the host do without the one of the pods', () => {
  expect(place({ hostNetwork: true }, [taint('node.kubernetes.io/network-unavailable', 'NoSchedule')])).toBe('run');
});

test('tolerationSeconds do not matter here: tolerated is tolerated', () => {
  expect(
    place({ tolerations: [{ key: 'a', operator: 'Exists', tolerationSeconds: 30 }] }, [taint('a', 'NoExecute')]),
  ).toBe('run');
});

test('labels, affinity and a fixed name rule a node out whatever its taints', () => {
  expect(place({ nodeName: 'n-2' })).toBe('none');
  expect(place({ nodeSelector: { a: 'b' } })).toBe('none');
  const nodeSelectorTerms = [{ matchExpressions: [{ key: 'a', operator: 'DoesNotExist' }] }];
  const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } };
  expect(place({ affinity })).toBe('run');
  expect(place({ affinity }, [], { a: '' })).toBe('none');
});

test('tolerating everything makes every tainted node one of ours', () => {
  const taints = fc.array(
    fc.record({
      key: fc.constantFrom('a', 'b', 'node.kubernetes.io/not-ready'),
      effect: fc.constantFrom('NoSchedule' as const, 'NoExecute' as const),
    }),
  );
  fc.assert(
    fc.property(taints, (given) => {
      expect(place({ tolerations: [{ operator: 'Exists' }] }, given)).toBe('run');
      const plain = place({}, given);
      expect(plain === 'none').toBe(given.some(({ key, effect }) => effect === 'NoExecute' && key.length === 1));
    }),
  );
});

test('a template is compiled once per answer of the version switch', () => {
  const ds = daemonSet();
  expect(compilePlacement(ds, true)).toBe(compilePlacement(ds, true));
  expect(compilePlacement(ds, true)).not.toBe(compilePlacement(ds, false));
});
