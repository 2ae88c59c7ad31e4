import type { Pod } from '@everynode/core/api/pod';
import { expect, test } from 'vitest';
import { createCluster, type TestCluster } from '../cluster/testCluster.ts';

const ALWAYS = { numerator: 1, denominator: 1 };

function pod(name: string, cpu: string): Pod {
  const containers = [{ name: 'c', image: 'i:v1', resources: { requests: { cpu } } }];
  return { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace: 'default' }, spec: { containers } };
}

/** One node of one cpu; the scheduler's first bind is carried out, and its answer lost. */
function withLostAnswer(): TestCluster {
  const cluster = createCluster(1, { pools: [{ name: 'pool', count: 1, capacity: { cpu: '1' } }] });
  const seq = cluster.world.journal.event({ type: 'fault.begin', actor: 'fault/lost' });
  cluster.world.engine.withCause(seq, () =>
    cluster.seams('lost').api.loseResponse({ client: 'kube-scheduler', verb: 'bind', count: 1 }, ALWAYS),
  );
  cluster.ask({ verb: 'create', object: pod('a', '800m') });
  return cluster;
}

test('S-10: a pod that the watch shows on its node is bound, though the answer to its bind is lost: no second try', () => {
  const cluster = withLostAnswer();
  cluster.runUntil(300_000);
  expect(cluster.events('apiEvent.FailedScheduling')).toHaveLength(1);
  expect(cluster.pods().map(({ spec, status }) => [spec.nodeName, status?.phase])).toEqual([['pool-0', 'Running']]);
});

test('S-10: the room of a pod whose bind went unanswered is not given away a second time', () => {
  const cluster = withLostAnswer();
  // After the bind has timed out for the scheduler.
  cluster.runUntil(62_000);
  cluster.ask({ verb: 'create', object: pod('b', '800m') });
  cluster.runUntil(200_000);
  expect(cluster.events('kubelet.rejected')).toEqual([]);
  expect(cluster.pods().map(({ spec }) => spec.nodeName ?? '')).toEqual(['pool-0', '']);
});
