/** The controller manager looks at everything anew twice a day or less: what that repairs, and when. */
import { describe, expect, test } from 'vitest';
import { agent, createCluster, type TestCluster } from '../cluster/testCluster.ts';
import { createHouse, testPod } from '../cluster/testHouse.ts';
import type { ComponentContext } from './component.ts';

const HOUR = 3_600_000;

/** One node with its pod, and a status that is wrong: from 1.33 on such a taint under a running pod wakes nobody (DS-Q6). */
function withStaleStatus(seed: string): TestCluster {
  const cluster = createCluster(1, { seed });
  cluster.ask({ verb: 'create', object: agent() });
  cluster.runUntil(60_000);
  const body = { spec: { taints: [{ key: 'dedicated', value: 'db', effect: 'NoSchedule' }] } };
  cluster.ask({ verb: 'patch', kind: 'Node', key: 'pool-0', patch: { type: 'strategic', body } });
  return cluster;
}

/** What the status says at the end of each of the next hours. */
function desiredByHour(cluster: TestCluster, hours: number): readonly (number | undefined)[] {
  return Array.from({ length: hours }, () => {
    cluster.runUntil(cluster.world.engine.nowMs + HOUR);
    return cluster.daemonSet().status?.desiredNumberScheduled;
  });
}

/** A process that watches pods and tells when it is handed one that has not changed. */
function resyncsOf(options: { readonly cutAtMs?: number }): readonly number[] {
  const house = createHouse();
  house.ask({ verb: 'create', object: testPod('a') });
  const resyncedAtMs: number[] = [];
  house.process('watcher', (ctx) => {
    const updated = (): void => void resyncedAtMs.push(ctx.nowMs());
    ctx.watch('Pod', { updated }, { resyncs: true });
  });
  if (options.cutAtMs !== undefined) {
    house.runFor(options.cutAtMs);
    house.seams('cut').watch.cut({ client: 'watcher' });
    house.runFor(60_000);
    // The relist hands the pod over too.
    resyncedAtMs.length = 0;
  }
  house.runFor(72 * HOUR);
  return resyncedAtMs;
}

describe('resync (DS-Q9, I-7)', () => {
  test('a stale status is repaired by mere time: after 12 to 24 hours, and not before', () => {
    const repairedInHour = ['1', '2', '3', '4'].map((seed) => {
      const desired = desiredByHour(withStaleStatus(seed), 25);
      const hour = desired.indexOf(0);
      expect(new Set(desired.slice(0, hour))).toEqual(new Set([1]));
      expect(new Set(desired.slice(hour))).toEqual(new Set([0]));
      return hour;
    });
    expect(repairedInHour.filter((hour) => hour < 12 || hour > 24)).toEqual([]);
    expect(new Set(repairedInHour).size).toBeGreaterThan(1);
  });

  test('comes again after the same time, and a relist begins that time anew', () => {
    const [first = 0, second = 0] = resyncsOf({});
    expect(first).toBeGreaterThanOrEqual(12 * HOUR);
    expect(second - first).toBeGreaterThanOrEqual(12 * HOUR);
    expect(second - first).toBeLessThanOrEqual(24 * HOUR);
    const [afterCut = 0] = resyncsOf({ cutAtMs: 10 * HOUR });
    expect(afterCut - first).toBe(10 * HOUR);
  });

  test('an order that is drawn is the same with a resync in sight and without', () => {
    const orderOf = (resyncs: boolean): readonly number[] => {
      const order: number[] = [];
      const start = (ctx: ComponentContext): void => {
        ctx.watch('Pod', { synced: () => schedule(ctx) }, { resyncs });
      };
      const schedule = (ctx: ComponentContext): void => {
        for (let i = 0; i < 20; i++) ctx.schedule(1000, () => void order.push(i));
      };
      const house = createHouse({ explore: true });
      house.process('watcher', start);
      house.runFor(10_000);
      return order;
    };
    expect(orderOf(true)).toHaveLength(20);
    expect(orderOf(true)).toEqual(orderOf(false));
  });
});
