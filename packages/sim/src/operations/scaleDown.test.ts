/** A cluster autoscaler that removes a node: taints with their instants, what is evicted, and when the machine goes. */
import type { DaemonSet } from '@everynode/core/api/daemonSet';
import { describe, expect, test } from 'vitest';
import { agent, createCluster, type TestCluster } from '../cluster/testCluster.ts';
import { testPod } from '../cluster/testHouse.ts';
import { outsideClient } from '../cluster/world.ts';
import type { OperationDefinition } from './operation.ts';
import { scaleDown } from './scaleDown.ts';

interface Scene {
  readonly cluster: TestCluster;
  readonly said: readonly string[];
  readonly removed: readonly (readonly [string, number])[];
}

function begin(params: Readonly<Record<string, unknown>> = {}, options: { pods?: number; ds?: DaemonSet } = {}): Scene {
  const { pods = 0, ds = agent() } = options;
  const cluster = createCluster(2);
  cluster.ask({ verb: 'create', object: ds });
  for (let n = 0; n < pods; n += 1) {
    const name = `web-${n}`;
    const metadata = { name, namespace: 'default', labels: { app: 'web' } };
    cluster.ask({ verb: 'create', object: { ...testPod(name), metadata } });
    cluster.ask({ verb: 'bind', key: `default/${name}`, nodeName: 'pool-1' });
  }
  cluster.runUntil(100_000);
  const user = outsideClient(cluster.world, 'user');
  const { engine } = cluster.world;
  const said: string[] = [];
  const removed: (readonly [string, number])[] = [];
  const definition = scaleDown as OperationDefinition;
  const defaults = { unneededFor: 600_000, evictDaemonSets: true, evictDaemonSetsOfEmptyNodes: false };
  engine.withCause(0, () =>
    definition.perform({
      params: { nodes: { include: ['pool-1'] }, ...defaults, ...params },
      minor: 36,
      nowMs: () => engine.nowMs,
      schedule: (delayMs, run) => void engine.schedule(delayMs, 'user', run),
      send: (request, done) => user.send(request, done),
      say: (message) => void said.push(message),
      draw: () => 0,
      addNode: () => undefined,
      removeNode: (name) => void removed.push([name, engine.nowMs]),
      replaceNode: () => undefined,
    }),
  );
  return { cluster, said, removed };
}

function taintsOf(cluster: TestCluster): readonly string[] {
  return (cluster.nodeObject('pool-1')?.spec?.taints ?? []).map(
    ({ key, value, effect }) => `${key}=${value}:${effect}`,
  );
}

const SOFT = 'DeletionCandidateOfClusterAutoscaler=1767225700:PreferNoSchedule';
const HARD = 'ToBeDeletedByClusterAutoscaler=1767226300:NoSchedule';

describe('X-6: scale-down', () => {
  test('a soft taint at once, the hard one after ten minutes and not a moment earlier, then the machine', () => {
    const { cluster, removed } = begin();
    cluster.runUntil(100_100);
    expect(taintsOf(cluster)).toEqual([SOFT]);
    cluster.runUntil(699_999);
    expect(taintsOf(cluster)).toEqual([SOFT]);
    cluster.runUntil(700_100);
    expect(taintsOf(cluster)).toEqual([SOFT, HARD]);
    expect(removed).toMatchObject([['pool-1', expect.any(Number)]]);
  });

  test('the node is sunset for daemon pods: the one that runs stays on an empty node, the desired number falls by one', () => {
    const { cluster } = begin();
    const uid = cluster.podOn('pool-1')?.metadata.uid;
    cluster.runUntil(760_000);
    expect(cluster.podOn('pool-1')?.metadata).toMatchObject({ uid });
    expect(cluster.podOn('pool-1')?.metadata.deletionTimestamp).toBeUndefined();
    cluster.ask({ verb: 'delete', kind: 'Pod', key: `kube-system/${cluster.podOn('pool-1')?.metadata.name ?? ''}` });
    cluster.runUntil(900_000);
    expect(cluster.podOn('pool-1')).toBeUndefined();
    expect(cluster.daemonSet().status).toMatchObject({ desiredNumberScheduled: 1 });
  });

  test.each([
    ['a node with other pods: its daemon pods go too', { pods: 1 }, {}, true],
    ['unless they are told to stay', { pods: 1 }, { evictDaemonSets: false }, false],
    ['an empty node: only on demand', {}, { evictDaemonSetsOfEmptyNodes: true }, true],
    ['an annotation of the pod decides before all flags', { pods: 1, ds: withAnnotation('false') }, {}, false],
    ['both ways', { ds: withAnnotation('true') }, {}, true],
  ])('%s', (_what, options, params, isEvicted) => {
    const { cluster } = begin(params, options);
    cluster.runUntil(705_000);
    const evicted = cluster
      .events('pod.deleting')
      .filter(({ object = '' }) => object.startsWith('pod/kube-system/agent'));
    expect(evicted.length > 0).toBe(isEvicted);
  });

  test('the machine waits until the evicted pods are gone', () => {
    const { cluster, removed } = begin({}, { pods: 2 });
    cluster.runUntil(800_000);
    const goneAtMs = Math.max(
      ...cluster
        .events('pod.removed')
        .filter(({ object = '' }) => object.includes('web'))
        .map(({ atMs }) => atMs),
    );
    expect(removed[0]?.[1]).toBeGreaterThan(goneAtMs);
    expect((removed[0]?.[1] ?? 0) - goneAtMs).toBeLessThan(5100);
  });

  test('a budget that refuses for two minutes keeps the node, and its hard taint goes', () => {
    const { cluster, said, removed } = begin({}, { pods: 1 });
    const selector = { matchLabels: { app: 'web' } };
    const metadata = { name: 'web', namespace: 'default' };
    cluster.ask({
      verb: 'create',
      object: { apiVersion: 'policy/v1', kind: 'PodDisruptionBudget', metadata, spec: { minAvailable: 1, selector } },
    });
    const status = {
      disruptionsAllowed: 0,
      currentHealthy: 1,
      desiredHealthy: 1,
      expectedPods: 1,
      observedGeneration: 1,
    };
    cluster.ask({
      verb: 'updateStatus',
      object: {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata,
        spec: { minAvailable: 1, selector },
        status,
      },
    });
    cluster.runUntil(900_000);
    expect(removed).toEqual([]);
    expect(said).toEqual(['failed to drain node pool-1: pods not evicted in 2m0s: default/web-0']);
    expect(taintsOf(cluster)).toEqual([SOFT]);
  });
});

function withAnnotation(value: string): DaemonSet {
  const ds = agent();
  const { template } = ds.spec;
  const annotations = { 'cluster-autoscaler.kubernetes.io/enable-ds-eviction': value };
  return { ...ds, spec: { ...ds.spec, template: { ...template, metadata: { ...template.metadata, annotations } } } };
}
