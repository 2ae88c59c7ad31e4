/** The scheduler among others: room that is promised, pods that pass it by, and how fast it is. */
import type { Pod, PodSpec } from '@everynode/core/api/pod';
import { describe, expect, test } from 'vitest';
import { createCluster, type TestCluster } from '../cluster/testCluster.ts';

function pod(name: string, spec: Partial<PodSpec> & { readonly cpu?: string } = {}): Pod {
  const { cpu, ...rest } = spec;
  const container = { name: 'c', image: 'i:v1', ...(cpu === undefined ? {} : { resources: { requests: { cpu } } }) };
  const metadata = { name, namespace: 'default' };
  return { apiVersion: 'v1', kind: 'Pod', metadata, spec: { containers: [container], ...rest } };
}

function cluster(nodes: number): TestCluster {
  return createCluster(nodes, { settings: { latencyPercent: 0 } });
}

function nodeOf(t: TestCluster, name: string): string | undefined {
  return t.world.store.get('Pod', `default/${name}`)?.spec.nodeName;
}

describe('S-9: room that a nominated pod waits for', () => {
  /** A pod of 2 cpu waits until a filler of 3 has gone from the only node, of 4 cpu; 1 is free meanwhile. */
  function waiting(): TestCluster {
    const t = cluster(1);
    const grace = { terminationGracePeriodSeconds: 600 };
    t.ask({ verb: 'create', object: pod('filler', { nodeName: 'pool-0', cpu: '3', ...grace }) });
    t.runUntil(10_000);
    // So long as the container runs, its room is taken.
    t.ask({
      verb: 'patch',
      kind: 'Pod',
      key: 'default/filler',
      patch: { type: 'merge', body: { metadata: { finalizers: ['example.com/hold'] } } },
    });
    t.ask({ verb: 'create', object: pod('waits', { cpu: '4', priorityClassName: 'system-cluster-critical' }) });
    t.runFor(1000);
    expect(t.events('sched.preempted')).toHaveLength(1);
    return t;
  }

  test.each([
    ['lower', {}, undefined],
    ['equal', { priorityClassName: 'system-cluster-critical' }, undefined],
    ['higher', { priorityClassName: 'system-node-critical' }, 'pool-0'],
  ])('is not given to a pod of %s priority unless it is the higher one', (_what, spec, node) => {
    const t = waiting();
    t.ask({ verb: 'create', object: pod('late', { cpu: '1', ...spec }) });
    t.runFor(500);
    expect(nodeOf(t, 'late')).toBe(node);
  });
});

test('S-11: one cycle after the other, and after a burst of a hundred fifty bindings a second', () => {
  const t = cluster(4);
  t.runUntil(1000);
  const at = new Map<string, number>();
  for (let i = 0; i < 200; i += 1) t.world.server.handle('user', { verb: 'create', object: pod(`p-${i}`) });
  for (let ms = 1001; ms <= 6000; ms += 1) {
    t.world.engine.runUntil(ms);
    for (const { metadata, spec } of t.pods())
      if ((spec.nodeName ?? '') !== '' && !at.has(metadata.name)) at.set(metadata.name, ms);
  }
  const times = [...at.values()].sort((a, b) => a - b);
  expect(times).toHaveLength(200);
  const gaps = times.slice(1).map((ms, i) => ms - (times[i] ?? 0));
  // The median of V-6 between the first, and a token of the client's each 20 ms between the last.
  expect([new Set(gaps.slice(0, 50)), new Set(gaps.slice(-50))]).toEqual([new Set([3]), new Set([20])]);
});

test('S-12: a pod that names its node passes the scheduler by, whatever taints keep others out', () => {
  const t = cluster(1);
  const body = { spec: { taints: [{ key: 'dedicated', effect: 'NoSchedule' }] } };
  t.ask({ verb: 'patch', kind: 'Node', key: 'pool-0', patch: { type: 'merge', body } });
  t.runUntil(5000);
  t.ask({ verb: 'create', object: pod('named', { nodeName: 'pool-0' }) });
  t.ask({ verb: 'create', object: pod('unnamed') });
  t.runUntil(30_000);
  expect(t.world.store.get('Pod', 'default/named')?.status?.phase).toBe('Running');
  expect([nodeOf(t, 'unnamed'), t.events('apiEvent.FailedScheduling').length]).toEqual([undefined, 1]);
});
