import type { Pod } from '@everynode/core/api/pod';
import { describe, expect, test } from 'vitest';
import { createCluster, type TestCluster } from '../cluster/testCluster.ts';

const NODE = 'pool-0';
const MINUTE: { readonly fixed: number } = { fixed: 60_000 };

function pod(name: string): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { nodeName: NODE, nodeSelector: { disk: 'ssd' }, containers: [{ name: 'c', image: 'i:v1' }] },
  };
}

function label(cluster: TestCluster, disk: string | null): void {
  const patch = { type: 'merge', body: { metadata: { labels: { disk } } } } as const;
  cluster.ask({ verb: 'patch', kind: 'Node', key: NODE, patch });
}

describe('K-10: a pod that only the labels of its node keep out', () => {
  test('is looked at once more by the Node that the server has', () => {
    const cluster = createCluster(1);
    cluster.runUntil(1000);
    cluster.world.engine.withCause(0, () =>
      cluster.seams('lag').watch.delay({ client: `kubelet/${NODE}`, kind: 'Node' }, MINUTE),
    );
    label(cluster, 'ssd');
    cluster.ask({ verb: 'create', object: pod('a') });
    cluster.runUntil(20_000);
    expect(cluster.pods()[0]?.status?.phase).toBe('Running');
  });

  test('is refused where the server says the same, one read later', () => {
    const cluster = createCluster(1);
    cluster.runUntil(1000);
    cluster.ask({ verb: 'create', object: pod('a') });
    const createdMs = cluster.events('pod.created').at(-1)?.atMs ?? 0;
    cluster.runUntil(20_000);
    const [refused] = cluster.events('kubelet.rejected');
    // V-3 and V-8 until it is judged, V-2 for the second look.
    expect([refused?.data, (refused?.atMs ?? 0) - createdMs]).toEqual([{ reason: 'NodeAffinity' }, 5 + 10 + 4]);
  });

  test('is judged by what the kubelet knows where the server says nothing', () => {
    const cluster = createCluster(1);
    cluster.runUntil(1000);
    const always = { numerator: 1, denominator: 1 };
    cluster.world.engine.withCause(0, () =>
      cluster.seams('fail').api.fail({ client: `kubelet/${NODE}`, verb: 'get' }, 'InternalError', always),
    );
    for (const name of ['a', 'b']) cluster.ask({ verb: 'create', object: pod(name) });
    cluster.runUntil(20_000);
    expect(cluster.pods().map(({ status }) => status?.reason)).toEqual(['NodeAffinity', 'NodeAffinity']);
  });

  test('keeps those behind it waiting meanwhile, and they are admitted then', () => {
    const cluster = createCluster(1);
    cluster.runUntil(1000);
    cluster.ask({ verb: 'create', object: pod('a') });
    cluster.ask({ verb: 'create', object: { ...pod('b'), spec: { ...pod('b').spec, nodeSelector: {} } } });
    cluster.runUntil(20_000);
    expect(cluster.pods().map(({ status }) => status?.phase)).toEqual(['Failed', 'Running']);
  });
});
