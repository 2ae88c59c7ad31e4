/** Nodes that come and go in a rhythm: exact instants, the end of the fault in the middle of one, and odd numbers. */
import { describe, expect, test } from 'vitest';
import { agent, createCluster, type TestCluster } from '../cluster/testCluster.ts';
import type { Json } from '../plan.ts';
import type { Lift } from '../seams/seams.ts';
import type { FaultDefinition } from './fault.ts';
import { faultRegistry } from './registry.ts';

const DEFAULTS = { link: 'network', down: { fixed: 60_000 }, period: 300_000 };

function begin(params: Readonly<Record<string, Json>> = {}, atMs = 10_000): { cluster: TestCluster; lift: Lift } {
  const cluster = createCluster(2);
  cluster.ask({ verb: 'create', object: agent() });
  cluster.runUntil(atMs);
  const definition = faultRegistry['NodeFlap'] as FaultDefinition;
  const scope = { seams: cluster.seams('flap'), params: { ...DEFAULTS, ...params } as never, nodes: ['pool-0'] };
  const lift = cluster.world.engine.withCause(0, () => definition.begin(scope));
  return { cluster, lift };
}

function instants(cluster: TestCluster, type: string): readonly number[] {
  return cluster.events(`machine.${type}`).map(({ atMs }) => atMs);
}

describe('a flapping node', () => {
  test.each([
    ['network', 'unreachable', 'reachable'],
    ['power', 'poweredOff', 'poweredOn'],
  ])('loses its %s for 60 s every 300 s, from the instant at which the fault begins', (link, away, back) => {
    const { cluster } = begin({ link });
    cluster.runUntil(700_000);
    expect(instants(cluster, away)).toEqual([10_000, 310_000, 610_000]);
    expect(instants(cluster, back)).toEqual([70_000, 370_000, 670_000]);
  });

  test('stops after `count` times', () => {
    const { cluster } = begin({ count: 2 });
    cluster.runUntil(1_500_000);
    expect(instants(cluster, 'unreachable')).toHaveLength(2);
    expect(cluster.world.machines.get('pool-0')?.reachable).toBe(true);
  });

  test('comes back with the end of the fault, for good', () => {
    const { cluster, lift } = begin();
    cluster.runUntil(40_000);
    cluster.world.engine.withCause(0, lift);
    cluster.runUntil(900_000);
    expect([instants(cluster, 'unreachable'), instants(cluster, 'reachable')]).toEqual([[10_000], [40_000]]);
  });

  test('a period that is shorter than the time away leaves a second between two absences; zeros end nothing and hang nowhere', () => {
    const short = begin({ down: { fixed: 30_000 }, period: 10_000 }).cluster;
    short.runUntil(100_000);
    expect(instants(short, 'unreachable')).toEqual([10_000, 41_000, 72_000]);
    const zero = begin({ down: { fixed: 0 }, period: 0 }).cluster;
    zero.runUntil(20_000);
    expect(instants(zero, 'unreachable')).toHaveLength(11);
    const none = begin({ count: 0 }).cluster;
    none.runUntil(20_000);
    expect(instants(none, 'unreachable')).toEqual([]);
  });

  test('an absence of 40 s is within the grace: node-lifecycle never says NotReady; one of 60 s is not (N-8)', () => {
    const unknown = (down: number): number => {
      const { cluster } = begin({ down: { fixed: down }, count: 1 });
      cluster.runUntil(200_000);
      return cluster.events('node.timedOut').length;
    };
    expect([unknown(35_000), unknown(61_000)]).toEqual([0, 1]);
  });

  test('a node that is removed meanwhile takes its rhythm with it', () => {
    const { cluster, lift } = begin();
    cluster.runUntil(30_000);
    cluster.world.engine.withCause(0, () => cluster.world.processes.remove('kubelet/pool-0'));
    cluster.world.engine.withCause(0, () => cluster.world.machines.remove('pool-0'));
    cluster.runUntil(900_000);
    cluster.world.engine.withCause(0, lift);
    expect(instants(cluster, 'unreachable')).toEqual([10_000]);
  });
});
