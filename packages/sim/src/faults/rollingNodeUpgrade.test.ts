/** A rolling upgrade of nodes: order, budget of nodes, what a reboot keeps and a replacement does not, and its end halfway. */
import type { Node } from '@everynode/core/api/node';
import { describe, expect, test } from 'vitest';
import { agent, createCluster, type TestCluster } from '../cluster/testCluster.ts';
import type { Json } from '../plan.ts';
import type { Lift } from '../seams/seams.ts';
import type { FaultDefinition } from './fault.ts';
import { faultRegistry } from './registry.ts';

const DEFAULTS = { how: 'reboot', away: { fixed: 60_000 }, maxUnavailable: 1, force: true, drainTimeout: 0, pause: 0 };
const NODES = ['pool-0', 'pool-1', 'pool-2'];

function begin(params: Readonly<Record<string, Json>> = {}): {
  cluster: TestCluster;
  lift: Lift;
  before: readonly Node[];
} {
  const cluster = createCluster(3);
  cluster.ask({ verb: 'create', object: agent() });
  cluster.runUntil(60_000);
  const before = NODES.map((name) => cluster.nodeObject(name) as Node);
  const definition = faultRegistry['RollingNodeUpgrade'] as FaultDefinition;
  const scope = { seams: cluster.seams('upgrade'), params: { ...DEFAULTS, ...params } as never, nodes: NODES };
  const lift = cluster.world.engine.withCause(0, () => definition.begin(scope));
  return { cluster, lift, before };
}

/** From when to when each machine was away. */
function absences(
  cluster: TestCluster,
  [away, back]: readonly [string, string],
): readonly (readonly [string, number, number])[] {
  const ends = cluster.events(`machine.${back}`).filter(({ atMs }) => atMs > 0);
  return cluster.events(`machine.${away}`).map(({ node = '', atMs }) => {
    const end = ends.find((each) => each.node === node && each.atMs > atMs);
    return [node, atMs, end?.atMs ?? Infinity];
  });
}

function said(cluster: TestCluster): readonly unknown[] {
  return cluster.events('step.said').map(({ data }) => data?.['message']);
}

const POWER = ['poweredOff', 'poweredOn'] as const;

describe('one node after the other', () => {
  test('each is cordoned and drained, is away for a minute, and the next one waits until it is Ready', () => {
    const { cluster } = begin();
    cluster.runUntil(500_000);
    const times = absences(cluster, POWER);
    expect(times.map(([node]) => node)).toEqual(NODES);
    for (const [i, [, fromMs, toMs]] of times.entries()) {
      expect(toMs - fromMs).toBe(60_000);
      const [, nextMs = Infinity] = times[i + 1] ?? [];
      expect(nextMs).toBeGreaterThan(toMs);
    }
    expect(said(cluster).slice(0, 4)).toEqual([
      'node/pool-0 cordoned',
      expect.stringMatching(/^WARNING: ignoring DaemonSet-managed Pods: kube-system\/agent-/),
      'node/pool-0 drained',
      'node/pool-0 upgraded',
    ]);
    expect(said(cluster).at(-1)).toBe('all nodes upgraded');
    for (const name of NODES) expect(cluster.nodeObject(name)?.spec?.unschedulable).toBeUndefined();
    expect(cluster.daemonSet().status).toMatchObject({ numberAvailable: 3 });
  });

  test.each([
    [0, 1],
    [2, 2],
    [5, 3],
  ])('maxUnavailable %i takes %i at a time', (maxUnavailable, atATime) => {
    const { cluster } = begin({ maxUnavailable });
    cluster.runUntil(600_000);
    const times = absences(cluster, POWER);
    expect(times).toHaveLength(3);
    const atOnce = times.map(([, fromMs]) => times.filter(([, from, to]) => from <= fromMs && fromMs < to).length);
    expect(Math.max(...atOnce)).toBe(atATime);
  });

  test('a reboot keeps Node and pods, whose containers start again; a replacement keeps neither', () => {
    const uids = ({ cluster, before }: ReturnType<typeof begin>): readonly boolean[] =>
      NODES.map((name, i) => cluster.nodeObject(name)?.metadata.uid === before[i]?.metadata.uid);
    const reboot = begin();
    const pods = reboot.cluster.pods().map(({ metadata }) => metadata.uid);
    reboot.cluster.runUntil(600_000);
    expect(uids(reboot)).toEqual([true, true, true]);
    expect(reboot.cluster.pods().map(({ metadata }) => metadata.uid)).toEqual(pods);
    const replaced = begin({ how: 'replace' });
    replaced.cluster.runUntil(900_000);
    expect(uids(replaced)).toEqual([false, false, false]);
    expect(replaced.cluster.events('machine.removed').map(({ node }) => node)).toEqual(NODES);
    expect(replaced.cluster.daemonSet().status).toMatchObject({ desiredNumberScheduled: 3, numberAvailable: 3 });
  });

  test('its end halfway gives back what is away, uncordons it, and touches no further node', () => {
    for (const how of ['reboot', 'replace']) {
      const { cluster, lift } = begin({ how });
      cluster.runUntil(90_000);
      cluster.world.engine.withCause(0, lift);
      cluster.runUntil(600_000);
      const away = [...cluster.events('machine.poweredOff'), ...cluster.events('machine.removed')];
      expect(away.map(({ node }) => node)).toEqual(['pool-0']);
      for (const name of NODES) expect(cluster.nodeObject(name)?.spec?.unschedulable).toBeUndefined();
      expect(cluster.daemonSet().status).toMatchObject({ numberAvailable: 3 });
    }
  });

  test('each machine that it takes is a bite', () => {
    const { cluster } = begin();
    cluster.runUntil(600_000);
    expect(cluster.world.bites.of('upgrade')).toBe(3);
  });
});
