/** What becomes of daemon pods that have finished, and what makes the controller forget its patience with them. */
import type { Pod } from '@everynode/core/api/pod';
import { describe, expect, test } from 'vitest';
import { agent, createCluster, type TestCluster } from '../cluster/testCluster.ts';

/** Two nodes; from 60 s on every daemon pod of pool-1 fails as soon as its kubelet sees it. */
function withFullDisk(): TestCluster {
  const cluster = createCluster(2);
  cluster.ask({ verb: 'create', object: agent() });
  cluster.runUntil(60_000);
  cluster.seams('press').machine.press('pool-1', 'disk', { evict: true });
  return cluster;
}

/** Instants at which daemon pods were created for a node within a span of time. */
function creations(cluster: TestCluster, node: string, fromMs: number, untilMs: number): readonly number[] {
  return cluster
    .events('pod.created')
    .filter((event) => event.node === node && event.atMs >= fromMs && event.atMs < untilMs)
    .map(({ atMs }) => atMs);
}

describe('the pause before a failed pod is deleted', () => {
  // The ninth deletion of the loop comes about 256 s after it began, and the tenth 256 s later.
  const PAUSED_AT_MS = 400_000;

  test('lasts', () => {
    const cluster = withFullDisk();
    cluster.runUntil(PAUSED_AT_MS + 60_000);
    expect(creations(cluster, 'pool-1', PAUSED_AT_MS, PAUSED_AT_MS + 60_000)).toEqual([]);
  });

  test('is forgotten by a controller that restarts: the pod goes at once, and the pauses begin again with one second', () => {
    const cluster = withFullDisk();
    cluster.runUntil(PAUSED_AT_MS);
    const lift = cluster.world.engine.withCause(0, () => cluster.seams('down').process.crash('daemonset-controller'));
    cluster.world.engine.withCause(0, lift);
    cluster.runUntil(PAUSED_AT_MS + 60_000);
    const atMs = creations(cluster, 'pool-1', PAUSED_AT_MS, PAUSED_AT_MS + 60_000);
    const [first = 0] = atMs;
    expect(first - PAUSED_AT_MS).toBeLessThan(5000);
    expect(atMs.map((each) => Math.trunc((each - first) / 1000))).toEqual([0, 1, 3, 7, 15, 31]);
  });

  test('is passed by whoever deletes the failed pod by hand, once: its successor fails and waits again', () => {
    const cluster = withFullDisk();
    cluster.runUntil(PAUSED_AT_MS);
    cluster.ask({ verb: 'delete', kind: 'Pod', key: `kube-system/${cluster.podOn('pool-1')?.metadata.name}` });
    cluster.runUntil(PAUSED_AT_MS + 60_000);
    const [first = 0, ...others] = creations(cluster, 'pool-1', PAUSED_AT_MS, PAUSED_AT_MS + 60_000);
    expect(first - PAUSED_AT_MS).toBeLessThan(1000);
    expect([others, cluster.podOn('pool-1')?.status?.phase]).toEqual([[], 'Failed']);
  });
});

describe('DS-X27: a pod that succeeds is replaced without any pause', () => {
  /** Somebody ends every daemon pod as soon as it is there, as a shutdown of the machine may. */
  function createdInTenSeconds(phase: 'Succeeded' | 'Failed'): number {
    const cluster = createCluster(1);
    cluster.runUntil(1000);
    cluster.process('shutdown', (ctx) => {
      const added = (pod: Pod): void => ctx.send({ verb: 'updateStatus', object: { ...pod, status: { phase } } });
      ctx.watch('Pod', { added });
    });
    cluster.ask({ verb: 'create', object: agent() });
    cluster.runUntil(11_000);
    return creations(cluster, 'pool-0', 0, 11_000).length;
  }

  test('over and over, as fast as requests go; one that fails waits 1, 2 and 4 seconds', () => {
    expect(createdInTenSeconds('Failed')).toBe(5);
    expect(createdInTenSeconds('Succeeded')).toBeGreaterThan(50);
  });
});
