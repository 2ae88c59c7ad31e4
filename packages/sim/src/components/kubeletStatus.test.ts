import { findCondition } from '@everynode/core/api/meta';
import { expect, test } from 'vitest';
import { createCluster } from '../cluster/testCluster.ts';

/** Of every seed: how long after the end of a cut of a minute the node is Ready again, in ms. */
function recoveriesMs(kubernetesVersion: string): readonly number[] {
  const took: number[] = [];
  for (let seed = 0; seed < 12; seed += 1) {
    const cluster = createCluster(2, { seed: String(seed), kubernetesVersion });
    const ready = (): string | undefined =>
      findCondition(cluster.nodeObject('pool-1')?.status?.conditions, 'Ready')?.status;
    cluster.runUntil(30_000);
    const seq = cluster.world.journal.event({ type: 'fault.begin', actor: 'fault/cut' });
    const lift = cluster.world.engine.withCause(seq, () => cluster.seams('cut').machine.partition('pool-1'));
    // Until the node is Unknown, which nobody but its kubelet will mend.
    let atMs = 30_000;
    while (ready() !== 'Unknown') cluster.runUntil((atMs += 500));
    const begunMs = atMs;
    cluster.world.engine.withCause(seq, lift);
    while (ready() !== 'True' && atMs < begunMs + 400_000) cluster.runUntil((atMs += 500));
    took.push(atMs - begunMs);
  }
  return took;
}

test('K-2, K-4: a kubelet of instant 0 mends an Unknown of others in its next round after its watch is back', () => {
  // The watch looks for the link with pauses of up to 60 s (I-2) once the cut has lasted a minute; then 10 s at most.
  expect(Math.max(...recoveriesMs('1.34'))).toBeLessThan(71_000);
});

test('K-4: up to 1.33 it asks the server, and mends it in the first round in which that answers', () => {
  // A renewal or its retry finds the link within 17 s (K-1, A-27), and the next round comes within 10 s.
  expect(Math.max(...recoveriesMs('1.33'))).toBeLessThan(27_600);
  expect(Math.max(...recoveriesMs('1.34'))).toBeGreaterThan(27_600);
});
