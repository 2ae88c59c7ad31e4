/** Whatever the server has accepted, the cluster lives with it: no exception, no hang, and a status that is right in the end. */
import type { DaemonSet, DaemonSetStatus } from '@everynode/core/api/daemonSet';
import type { ApiObject } from '@everynode/core/api/objects';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mutated, oddValue } from '../testing/anyJson.ts';
import { DAEMON_SET, POD, REVISION } from '../testing/patterns.ts';
import { kubeletName } from './world.ts';
import { agent, createCluster, type TestCluster } from './testCluster.ts';

const FACTOR = Math.max(1, Math.trunc(Number(process.env['EVERYNODE_SOAK'] ?? '1')) || 1);
const TIMEOUT_MS = 120_000 * FACTOR;
const AGENT = 'kube-system/agent';

/** No nodes: one without a kubelet would never let go of its pods. */
const intruder = mutated([DAEMON_SET, DAEMON_SET, POD, REVISION]);
const nodePatch = fc.record({
  labels: fc.dictionary(fc.constantFrom('kubernetes.io/os', 'zone', 'rank', 'virtual'), oddValue, { maxKeys: 2 }),
  taints: fc.oneof(oddValue, fc.array(fc.record({ key: oddValue, effect: oddValue }), { maxLength: 3 })),
});

function settled(ds: DaemonSet = DAEMON_SET): TestCluster {
  const cluster = createCluster(2);
  cluster.ask({ verb: 'create', object: ds });
  cluster.runUntil(60_000);
  return cluster;
}

function intrude(cluster: TestCluster, object: ApiObject): void {
  cluster.ask({ verb: 'create', object });
  cluster.ask({ verb: 'update', object });
  cluster.ask({ verb: 'updateStatus', object });
}

describe('a cluster', () => {
  test(
    'runs on with any objects that the server takes, and deletes what it is told to',
    () => {
      fc.assert(
        fc.property(fc.array(intruder, { minLength: 1, maxLength: 5 }), nodePatch, (objects, { labels, taints }) => {
          const cluster = settled();
          const body = { metadata: { labels }, spec: { taints } };
          cluster.ask({ verb: 'patch', kind: 'Node', key: 'pool-0', patch: { type: 'merge', body } });
          for (const object of objects) intrude(cluster, object);
          cluster.runUntil(300_000);
          for (const { metadata } of cluster.world.store.list('DaemonSet')) {
            const key = `${metadata.namespace ?? ''}/${metadata.name}`;
            cluster.ask({ verb: 'delete', kind: 'DaemonSet', key, propagation: 'Foreground' });
          }
          cluster.runUntil(900_000);
          // Finalizers of somebody else hold things up; nothing else does.
          const left = cluster.world.store.list('DaemonSet').filter(({ metadata }) => {
            const waits = metadata.finalizers?.some((each) => each !== 'foregroundDeletion') ?? false;
            const isHeld = cluster.pods().some((pod) => (pod.metadata.finalizers ?? []).length > 0);
            return !waits && !isHeld;
          });
          expect(left.map(({ metadata }) => metadata)).toEqual([]);
        }),
        { numRuns: 150 * FACTOR, seed: 3 },
      );
    },
    TIMEOUT_MS,
  );

  test(
    'has its numbers right again after somebody else has written them',
    () => {
      const number = fc.integer({ min: 0, max: 1000 });
      // Not observedGeneration: one that is too high is left alone, as upstream does (DS-T3).
      const fields = [
        'desiredNumberScheduled',
        'currentNumberScheduled',
        'numberMisscheduled',
        'numberReady',
        'updatedNumberScheduled',
        'numberAvailable',
        'numberUnavailable',
      ] as const;
      const cluster = settled(agent());
      const numbersOf = (status: DaemonSetStatus | undefined): readonly (number | undefined)[] =>
        fields.map((field) => status?.[field]);
      const before = numbersOf(cluster.daemonSet().status);
      fc.assert(
        fc.property(fc.dictionary(fc.constantFrom(...fields), number), (status) => {
          const patch = { type: 'merge', body: { status } } as const;
          cluster.ask({ verb: 'patch', kind: 'DaemonSet', key: AGENT, subresource: 'status', patch });
          cluster.runUntil(cluster.world.engine.nowMs + 30_000);
          expect(numbersOf(cluster.daemonSet().status)).toEqual(before);
        }),
        { numRuns: 40 * FACTOR, seed: 4 },
      );
    },
    TIMEOUT_MS,
  );
});

describe('clocks that step back', () => {
  test.each([
    'daemonset-controller',
    'node-lifecycle',
    'kube-scheduler',
    'garbage-collector',
    'pod-gc',
    'taint-eviction',
  ])('five minutes, of %s, in the middle of a rollout: it is finished all the same', (component) => {
    const cluster = settled(agent({ minReadySeconds: 10 }));
    const body = { spec: { template: { spec: { containers: [{ name: 'agent', image: 'agent:v2' }] } } } };
    cluster.ask({ verb: 'patch', kind: 'DaemonSet', key: AGENT, patch: { type: 'strategic', body } });
    cluster.runUntil(70_000);
    cluster.world.engine.withCause(0, () => cluster.seams('step').process.skewClock(component, { byMs: -300_000 }));
    cluster.runUntil(1_200_000);
    expect(cluster.daemonSet().status).toMatchObject({ updatedNumberScheduled: 2, numberAvailable: 2 });
  });

  test('five minutes, of a kubelet: its pod is ready in the end, and known as such', () => {
    const cluster = settled(agent());
    cluster.world.engine.withCause(0, () =>
      cluster.seams('step').process.skewClock(kubeletName('pool-0'), { byMs: -300_000 }),
    );
    cluster.ask({ verb: 'delete', kind: 'Pod', key: `kube-system/${cluster.podOn('pool-0')?.metadata.name ?? ''}` });
    cluster.runUntil(600_000);
    expect(cluster.daemonSet().status).toMatchObject({ numberReady: 2, numberAvailable: 2 });
  });
});

describe('much of something', () => {
  test('ten thousand taints on a node are judged, stored and lived with in bounded work', () => {
    const cluster = settled(agent());
    const taints = Array.from({ length: 10_000 }, (_, at) => ({ key: `k${at}`, effect: 'NoSchedule' }));
    const patch = { type: 'merge', body: { spec: { taints } } } as const;
    expect(cluster.ask({ verb: 'patch', kind: 'Node', key: 'pool-0', patch })).toMatchObject({ ok: true });
    // The pod that is there stays; none would be placed. No event of the node tells the status so (DS-Q5).
    const look = { type: 'merge', body: { metadata: { labels: { look: 'again' } } } } as const;
    cluster.runUntil(300_000);
    cluster.ask({ verb: 'patch', kind: 'DaemonSet', key: AGENT, patch: look });
    cluster.runUntil(600_000);
    expect(cluster.daemonSet().status).toMatchObject({ desiredNumberScheduled: 1, numberMisscheduled: 1 });
  });

  test('an affinity of two thousand terms places pods where one of them holds', () => {
    const nodeSelectorTerms = Array.from({ length: 2000 }, (_, at) => ({
      matchFields: [{ key: 'metadata.name', operator: 'In', values: [at === 1999 ? 'pool-1' : `other-${at}`] }],
    }));
    const required = { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } };
    const cluster = settled(agent({}, { affinity: { nodeAffinity: required } }));
    expect(cluster.pods().map(({ spec }) => spec.nodeName)).toEqual(['pool-1']);
  });

  test('ten thousand tolerations, labels of the longest kind, and a number of unavailable pods beyond all nodes', () => {
    const tolerations = Array.from({ length: 10_000 }, (_, at) => ({ key: `k${at}`, operator: 'Exists' }));
    const rolling = { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2_147_483_647 } };
    const cluster = settled(agent({ updateStrategy: rolling }, { tolerations }));
    expect(cluster.daemonSet().status).toMatchObject({ numberAvailable: 2 });
  });
});
