/** What `kubectl rollout status` makes of a node that has dropped out of the desired number. Rules: DS-K2, DS-R7. */
import type { Pod } from '@everynode/core/api/pod';
import { rolloutStatus } from '@everynode/core/daemonset/rollout';
import { expect, test } from 'vitest';
import { agent, createCluster } from '../cluster/testCluster.ts';

const imageOf = (pod: Pod | undefined): string | undefined => pod?.spec.containers[0]?.image;

test('a rollout counts as finished although a node that is not ready still has its old pod', () => {
  const cluster = createCluster(3);
  cluster.ask({ verb: 'create', object: agent({ updateStrategy: { rollingUpdate: { maxUnavailable: 2 } } }) });
  cluster.runUntil(60_000);
  cluster.seams('outage').machine.cutLink('pool-0');
  cluster.runUntil(180_000);
  const body = { spec: { template: { spec: { containers: [{ name: 'agent', image: 'agent:v2' }] } } } };
  cluster.ask({ verb: 'patch', kind: 'DaemonSet', key: 'kube-system/agent', patch: { type: 'strategic', body } });
  cluster.runUntil(400_000);
  expect(['pool-0', 'pool-1', 'pool-2'].map((name) => imageOf(cluster.podOn(name)))).toEqual([
    'agent:v1',
    'agent:v2',
    'agent:v2',
  ]);
  const message = 'daemon set "agent" successfully rolled out\n';
  expect(rolloutStatus(cluster.daemonSet())).toEqual({ ok: true, message, done: true });
});
