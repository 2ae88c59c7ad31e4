import { findCondition } from '@everynode/core/api/meta';
import { expect, test } from 'vitest';
import { createCluster } from '../cluster/testCluster.ts';

/** Of every seed: how long after the end of a cut of a minute the node is Ready again, in ms. */
function recoveriesMs(): readonly number[] {
  const took: number[] = [];
  for (let seed = 0; seed < 12; seed += 1) {
    const cluster = createCluster(2, { seed: String(seed) });
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
  expect(Math.max(...recoveriesMs())).toBeLessThan(71_000);
});
