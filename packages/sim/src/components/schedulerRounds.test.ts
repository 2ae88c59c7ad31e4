/** When pods that were refused get another try, and what happens while victims go. */
import type { Node } from '@everynode/core/api/node';
import type { Pod, PodSpec } from '@everynode/core/api/pod';
import { describe, expect, test } from 'vitest';
import { createCluster, type TestCluster } from '../cluster/testCluster.ts';
import { backoffRoundMs, leftoverRoundMs } from './schedulerBackoff.ts';
import { type ClusterEvent, mayHelp } from './schedulerHints.ts';

const RULES = { tolerationCompare: true, taintsUnnamed: true };

function node(taints: readonly string[] = [], labels: Readonly<Record<string, string>> = {}, cpu = '4'): Node {
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: 'n', labels },
    spec: { taints: taints.map((key) => ({ key, effect: 'NoSchedule' as const })) },
    status: { allocatable: { cpu, memory: '8Gi', pods: '3' } },
  };
}

function pod(name: string, spec: Partial<PodSpec> & { readonly cpu?: string } = {}): Pod {
  const { cpu, ...rest } = spec;
  const container = { name: 'c', image: 'i:v1', ...(cpu === undefined ? {} : { resources: { requests: { cpu } } }) };
  const metadata = { name, namespace: 'default' };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [container], ...rest } };
}

test.each([
  [1000, 250, 1250],
  [1250, 250, 1250],
  [1251, 250, 2250],
  [1999, undefined, 1000],
  [2000, undefined, 2000],
])('S-6: a backoff that ends at %i ms, rounds since %s: it leaves in the round at %i ms', (dueMs, startMs, atMs) => {
  expect(backoffRoundMs(dueMs, startMs)).toBe(atMs);
});

test.each([
  [0, 0, 330_000],
  [29_999, 0, 330_000],
  [30_000, 0, 360_000],
  [30_250, 250, 360_250],
])('S-6: refused at %i ms, rounds since %i ms: looked at again at %i ms', (refusedAtMs, startMs, atMs) => {
  expect(leftoverRoundMs(refusedAtMs, startMs)).toBe(atMs);
});

describe('S-6: a hint', () => {
  const changed = (before: Node | undefined, after: Node): ClusterEvent => ({ node: 'n', before, after });
  const ported = pod('a', { containers: [{ name: 'c', image: 'i', ports: [{ containerPort: 80, hostPort: 80 }] }] });

  test.each([
    ['the last taint goes', 'TaintToleration', pod('a'), changed(node(['x']), node()), true],
    ['one of two taints goes', 'TaintToleration', pod('a'), changed(node(['x', 'y']), node(['y'])), false],
    ['a taint comes', 'TaintToleration', pod('a'), changed(node(['x']), node(['x', 'y'])), false],
    ['a node without taints comes', 'TaintToleration', pod('a'), changed(undefined, node()), true],
    [
      'the wanted label comes',
      'NodeAffinity',
      pod('a', { nodeSelector: { a: 'b' } }),
      changed(node(), node([], { a: 'b' })),
      true,
    ],
    [
      'another label comes',
      'NodeAffinity',
      pod('a', { nodeSelector: { a: 'b' } }),
      changed(node(), node([], { c: 'd' })),
      false,
    ],
    ['there is more cpu', 'NodeResourcesFit', pod('a', { cpu: '1' }), changed(node(), node([], {}, '5')), true],
    [
      'there is more cpu, and still too little',
      'NodeResourcesFit',
      pod('a', { cpu: '9' }),
      changed(node(), node([], {}, '5')),
      false,
    ],
    ['there is less cpu', 'NodeResourcesFit', pod('a', { cpu: '1' }), changed(node(), node([], {}, '3')), false],
    ['a pod leaves', 'NodeResourcesFit', pod('a', { cpu: '1' }), { node: 'n', left: pod('b') }, true],
    ['the pod with the port leaves', 'NodePorts', ported, { node: 'n', left: ported }, true],
    ['a pod without ports leaves', 'NodePorts', ported, { node: 'n', left: pod('b') }, false],
  ] as const)('%s: %s', (_what, filter, subject, event, helps) => {
    expect(mayHelp(filter, subject, event, RULES)).toBe(helps);
  });
});

/** One node that a filler of 3 cpu fills; a pod of 2 cpu is refused there at about 10 s. */
function fullCluster(kubernetesVersion: string, spec: Partial<PodSpec> = {}): TestCluster {
  const t = createCluster(1, { kubernetesVersion, settings: { latencyPercent: 0 } });
  t.ask({ verb: 'create', object: pod('filler', { nodeName: 'pool-0', cpu: '3', terminationGracePeriodSeconds: 30 }) });
  t.runUntil(10_000);
  t.ask({ verb: 'create', object: pod('waits', { cpu: '2', ...spec }) });
  t.runUntil(10_100);
  return t;
}

function triesOf(t: TestCluster): readonly number[] {
  return t.events('apiEvent.FailedScheduling').map(({ atMs }) => atMs);
}

function boundAtMs(t: TestCluster): number | undefined {
  return t
    .events('pod.updated')
    .find(({ object, patch }) => object === 'pod/default/waits' && patch?.some(([path]) => path === 'scheduled'))?.atMs;
}

describe('S-6: with nothing else to do', () => {
  test.each([
    ['1.33', 'at once', 300],
    ['1.32', 'in the round of the scheduler’s seconds after its backoff', 1000],
  ])('from %s on a pod is tried %s', (version, _how, withinMs) => {
    const t = fullCluster(version);
    const [triedAtMs = 0] = triesOf(t);
    t.ask({ verb: 'delete', kind: 'Pod', key: 'default/filler', gracePeriodSeconds: 0 });
    const deletedAtMs = t.world.engine.nowMs;
    t.runUntil(20_000);
    const bound = boundAtMs(t) ?? 0;
    if (version === '1.33') expect(bound - deletedAtMs).toBeLessThan(withinMs);
    else expect([bound >= triedAtMs + withinMs, bound < triedAtMs + 2 * withinMs + 100]).toEqual([true, true]);
  });

  test('a pod that nothing helps is tried again in the first round of 30 s after five minutes', () => {
    const t = fullCluster('1.36');
    const [first = 0] = triesOf(t);
    t.runUntil(329_999);
    expect(triesOf(t)).toEqual([first]);
    t.runUntil(331_000);
    expect(triesOf(t)).toHaveLength(2);
    expect(triesOf(t)[1]).toBe(leftoverRoundMs(first, 0) + 3);
  });

  test.each([
    ['1.31', 2],
    ['1.32', 1],
  ])(
    'in %s a taint that comes to another node makes %i tries of a pod that a taint keeps out',
    (kubernetesVersion, tries) => {
      const t = createCluster(2, { kubernetesVersion, settings: { latencyPercent: 0 } });
      const taint = (name: string, key: string): void => {
        const body = { spec: { taints: [{ key, effect: 'NoSchedule' }] } };
        t.ask({ verb: 'patch', kind: 'Node', key: name, patch: { type: 'merge', body } });
      };
      taint('pool-0', 'x');
      taint('pool-1', 'x');
      t.runUntil(5000);
      t.ask({ verb: 'create', object: pod('waits') });
      t.runUntil(10_000);
      taint('pool-1', 'y');
      t.runUntil(20_000);
      expect(triesOf(t)).toHaveLength(tries);
    },
  );
});

describe('S-8: preemption', () => {
  const important = { priorityClassName: 'system-node-critical' };

  test.each([
    ['1.34', 'pool-0'],
    ['1.35', undefined],
  ])('in %s a pod that waits says where, and once bound it says %s', (version, after) => {
    const t = fullCluster(version, important);
    const nominated = (): string | undefined => t.world.store.get('Pod', 'default/waits')?.status?.nominatedNodeName;
    expect([nominated(), boundAtMs(t)]).toEqual(['pool-0', undefined]);
    t.runUntil(60_000);
    expect([nominated(), boundAtMs(t) !== undefined]).toEqual([after, true]);
  });

  test.each([
    ['1.32', true],
    ['1.33', false],
  ])('in %s the next pod has to wait until the victims are deleted: %s', (version, waits) => {
    const t = createCluster(2, { kubernetesVersion: version, settings: { latencyPercent: 0 } });
    const pinned = (name: string, to: string, spec: Partial<PodSpec> & { readonly cpu?: string }): Pod => {
      const term = { matchFields: [{ key: 'metadata.name', operator: 'In', values: [to] }] };
      const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [term] } };
      return pod(name, { ...spec, affinity: { nodeAffinity: required } });
    };
    t.ask({ verb: 'create', object: pod('filler', { nodeName: 'pool-0', cpu: '3' }) });
    t.runUntil(10_000);
    const lift = t.seams('slow').api.delay({ client: 'kube-scheduler', kind: 'Pod', verb: 'delete' }, { fixed: 5000 });
    t.ask({ verb: 'create', object: pinned('waits', 'pool-0', { cpu: '2', ...important }) });
    t.ask({ verb: 'create', object: pinned('next', 'pool-1', {}) });
    t.runUntil(14_000);
    expect((t.world.store.get('Pod', 'default/next')?.spec.nodeName ?? '') === '').toBe(waits);
    t.runUntil(20_000);
    expect(t.world.store.get('Pod', 'default/next')?.spec.nodeName).toBe('pool-1');
    lift();
  });
});
