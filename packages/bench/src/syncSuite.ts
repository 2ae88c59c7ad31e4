/** One whole sync that finds nothing to do: claim, history, manage, rolling update, clean-up and status over all nodes. Rule: DS-B4. */
import { keyOf } from '@everynode/core/api/meta';
import { MemoryCluster } from '@everynode/core/conformance/memoryCluster';
import { DEFAULT_VERSION, profileOf } from '@everynode/core/profile';
import { benchDaemonSet, benchNodes } from './clusterFixture.ts';
import type { BenchCase, Suite } from './suite.ts';

export function syncSuite(): Suite {
  return {
    name: 'sync',
    summary: 'one full no-op sync, every node holding a ready pod',
    cases: [1_000, 5_000].map(caseFor),
  };
}

function caseFor(count: number): BenchCase {
  const profile = profileOf(DEFAULT_VERSION);
  if (profile === undefined) throw new Error(`no profile for ${DEFAULT_VERSION}`);
  const cluster = new MemoryCluster({ profile, nowMs: 0 });
  const ds = benchDaemonSet(count, { exclusions: false });
  const key = keyOf(ds);
  cluster.put(ds);
  for (const node of benchNodes(count)) cluster.put(node);
  settle(cluster, key, count);
  const run = (): void => {
    cluster.sync(key);
    const written = cluster.takeRequests().length;
    cluster.takePasses();
    if (written > 0) throw new Error(`a sync at rest wrote ${written} times`);
  };
  return { name: `no-op sync, ${count} nodes`, units: count, unit: 'node', run };
}

/** Syncs until every node has its pod, binds each and makes it ready, and lets the status be written. */
function settle(cluster: MemoryCluster, key: string, count: number): void {
  for (let round = 0; cluster.list('Pod').length < count; round += 1) {
    if (round > count) throw new Error('the fixture does not settle');
    cluster.sync(key);
  }
  for (const pod of cluster.list('Pod')) {
    const target =
      pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms[0];
    const nodeName = target?.matchFields?.[0]?.values?.[0] ?? '';
    const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: '2025-12-31T00:00:00Z' }];
    cluster.put({ ...pod, spec: { ...pod.spec, nodeName }, status: { phase: 'Running', conditions } });
  }
  cluster.sync(key);
  cluster.sync(key);
  cluster.takeRequests();
}
