import { findCondition } from '@everynode/core/api/meta';
import type { Pod, PodSpec } from '@everynode/core/api/pod';
import { describe, expect, test } from 'vitest';
import { agent, createCluster, type TestCluster } from '../cluster/testCluster.ts';
import type { PodModel } from '../plan.ts';
import type { Lift } from '../seams/seams.ts';
import { shutdownGroupOf, shutdownGroups } from './kubeletShutdown.ts';

const CRITICAL = { priorityClassName: 'system-node-critical' };
/** As a user may have them. */
const CLASSES = { low: { value: -5 }, high: { value: 1_000_000_000 } };
const SETTINGS = { latencyPercent: 0, shutdownGracePeriod: 30_000, shutdownGracePeriodCriticalPods: 10_000 };
/** Half of V-1: the way of a request. */
const LEG_MS = 4;
/** V-16 without spread, and what the system takes for itself. */
const CLEANUP_MS = 500;
const SYSTEM_MS = 3000;
const AT_MS = 60_000;

function pod(name: string, spec: Partial<PodSpec> = {}): Pod {
  const containers = [{ name: 'c', image: `${name}:v1` }];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default' },
    spec: { nodeName: 'pool-0', containers, ...spec },
  };
}

function stopping(name: string, afterMs: number): PodModel {
  return { select: { image: `${name}:v1` }, imagePull: { fixed: 0 }, termination: { fixed: afterMs } };
}

interface Shutdown {
  readonly cluster: TestCluster;
  readonly lift: Lift;
}

function shutDown(
  pods: readonly Pod[],
  models: readonly PodModel[],
  settings: Readonly<Record<string, number>> = SETTINGS,
): Shutdown {
  const cluster = createCluster(1, { models, settings, priorityClasses: CLASSES });
  cluster.runUntil(1000);
  for (const each of pods) cluster.ask({ verb: 'create', object: each });
  cluster.runUntil(AT_MS);
  const seq = cluster.world.journal.event({ type: 'fault.begin', actor: 'fault/reboot' });
  const lift = cluster.world.engine.withCause(seq, () => cluster.seams('reboot').machine.shutDown('pool-0'));
  return { cluster, lift };
}

function since(cluster: TestCluster, type: string): readonly (readonly [string | undefined, number])[] {
  return cluster
    .events(type)
    .filter(({ atMs }) => atMs >= AT_MS)
    .map(({ object, atMs }) => [object, atMs - AT_MS]);
}

describe('K-50: a node that shuts down', () => {
  test('ends the less important pods first, and the next group once all of it is gone', () => {
    const { cluster } = shutDown(
      [pod('a'), pod('b'), pod('c', CRITICAL)],
      [stopping('a', 2000), stopping('b', 5000), stopping('c', 1000)],
    );
    cluster.runFor(60_000);
    expect(since(cluster, 'kubelet.stopped')).toEqual([
      ['pod/default/a', 2000],
      ['pod/default/b', 5000],
      ['pod/default/c', 5000 + CLEANUP_MS + 1000],
    ]);
    expect(since(cluster, 'machine.poweredOff')).toEqual([['node/pool-0', 6000 + 2 * CLEANUP_MS + SYSTEM_MS]]);
  });

  test.each([
    ['a pod gets no more than its group has', 60_000, {}, 20_000],
    ['nor more than it asks for', 60_000, { terminationGracePeriodSeconds: 7 }, 7000],
    ['a critical one has the rest', 60_000, CRITICAL, 10_000],
    ['one of a negative priority is of the lowest group', 60_000, { priorityClassName: 'low' }, 20_000],
    ['one below the boundary too', 60_000, { priorityClassName: 'high' }, 20_000],
  ])('%s', (_name, terminationMs, spec, expected) => {
    const { cluster } = shutDown([pod('a', spec)], [stopping('a', terminationMs)]);
    cluster.runFor(60_000);
    expect(since(cluster, 'kubelet.stopped')).toEqual([['pod/default/a', expected]]);
  });

  test('its pods are Failed and Terminated, with a disruption', () => {
    const { cluster } = shutDown([pod('a')], [stopping('a', 2000)]);
    cluster.runFor(10_000);
    const { status } = cluster.pods()[0] ?? {};
    const message = 'Pod was terminated in response to imminent node shutdown.';
    expect(status).toMatchObject({ phase: 'Failed', reason: 'Terminated', message });
    expect(findCondition(status?.conditions, 'DisruptionTarget')).toMatchObject({
      status: 'True',
      reason: 'TerminationByKubelet',
      message,
    });
  });

  test('it says at once that it is not ready, and why', () => {
    const { cluster } = shutDown([pod('a')], [stopping('a', 20_000)]);
    cluster.runFor(LEG_MS - 1);
    expect(findCondition(cluster.nodeObject('pool-0')?.status?.conditions, 'Ready')?.status).toBe('True');
    cluster.runFor(1);
    expect(findCondition(cluster.nodeObject('pool-0')?.status?.conditions, 'Ready')).toMatchObject({
      status: 'False',
      reason: 'KubeletNotReady',
      message: 'node is shutting down',
    });
  });

  test('K-51: it takes no pod any more', () => {
    const { cluster } = shutDown([pod('a')], [stopping('a', 20_000)]);
    cluster.runFor(1000);
    cluster.ask({ verb: 'create', object: pod('late') });
    cluster.runFor(2000);
    expect(cluster.pods().find(({ metadata }) => metadata.name === 'late')?.status).toMatchObject({
      phase: 'Failed',
      reason: 'NodeShutdown',
      message: 'Pod was rejected: Pod was rejected as the node is shutting down.',
    });
  });

  test('a pod that stops already is hastened', () => {
    const cluster = createCluster(1, { models: [stopping('a', 600_000)], settings: SETTINGS });
    cluster.runUntil(1000);
    cluster.ask({ verb: 'create', object: pod('a', { terminationGracePeriodSeconds: 300 }) });
    cluster.runUntil(AT_MS - 100);
    cluster.ask({ verb: 'delete', kind: 'Pod', key: 'default/a' });
    cluster.runUntil(AT_MS);
    cluster.world.engine.withCause(0, () => cluster.seams('reboot').machine.shutDown('pool-0'));
    cluster.runFor(60_000);
    expect(since(cluster, 'kubelet.stopped')).toEqual([['pod/default/a', 20_000]]);
  });
});

describe('the power', () => {
  test('K-52: goes at once where no shutdown period is set', () => {
    const { cluster } = shutDown([pod('a')], [stopping('a', 2000)], { latencyPercent: 0 });
    expect(since(cluster, 'machine.poweredOff')).toEqual([['node/pool-0', 0]]);
    expect(cluster.pods()[0]?.status?.phase).toBe('Running');
  });

  test('goes when all that was promised is over, whatever the kubelet does', () => {
    const cluster = createCluster(1, { models: [stopping('a', 600_000)], settings: SETTINGS });
    cluster.runUntil(AT_MS);
    cluster.world.engine.withCause(0, () => {
      cluster.seams('pause').process.pause('kubelet/pool-0');
      cluster.seams('reboot').machine.shutDown('pool-0');
    });
    cluster.runFor(60_000);
    expect(since(cluster, 'machine.poweredOff')).toEqual([['node/pool-0', 30_000 + SYSTEM_MS]]);
  });

  test('goes soon where the kubelet dies meanwhile', () => {
    const { cluster } = shutDown([pod('a')], [stopping('a', 20_000)]);
    cluster.runFor(1000);
    cluster.world.engine.withCause(0, () => cluster.seams('crash').process.crash('kubelet/pool-0'));
    cluster.runFor(60_000);
    expect(since(cluster, 'machine.poweredOff')).toEqual([['node/pool-0', 1000 + SYSTEM_MS]]);
  });

  test('goes and comes at once where the fault ends before the pods do', () => {
    const { cluster, lift } = shutDown([pod('a')], [stopping('a', 20_000)]);
    cluster.runFor(5000);
    cluster.world.engine.withCause(0, lift);
    cluster.runFor(120_000);
    expect([since(cluster, 'machine.poweredOff'), since(cluster, 'machine.poweredOn')]).toEqual([
      [['node/pool-0', 5000]],
      [['node/pool-0', 5000]],
    ]);
    // Nobody had reported its end: it runs again in place.
    expect(cluster.pods()[0]?.status).toMatchObject({ phase: 'Running', containerStatuses: [{ restartCount: 1 }] });
  });

  test('stays off while another fault holds it', () => {
    const { cluster, lift } = shutDown([pod('a')], [stopping('a', 20_000)]);
    const liftCrash = cluster.world.engine.withCause(0, () => cluster.seams('crash').machine.powerOff('pool-0'));
    cluster.runFor(5000);
    cluster.world.engine.withCause(0, lift);
    cluster.runFor(5000);
    expect(since(cluster, 'machine.poweredOn')).toEqual([]);
    cluster.world.engine.withCause(0, liftCrash);
    expect(since(cluster, 'machine.poweredOn')).toEqual([['node/pool-0', 10_000]]);
  });
});

test('K-51: after the boot the DaemonSet replaces its pods', () => {
  const cluster = createCluster(1, { settings: SETTINGS });
  cluster.ask({ verb: 'create', object: agent() });
  cluster.runUntil(AT_MS);
  const before = cluster.podOn('pool-0')?.metadata.uid;
  const lift = cluster.world.engine.withCause(0, () => cluster.seams('reboot').machine.shutDown('pool-0'));
  cluster.runFor(20_000);
  cluster.world.engine.withCause(0, lift);
  cluster.runFor(120_000);
  expect(cluster.podOn('pool-0')?.metadata.uid).not.toBe(before);
  expect(cluster.daemonSet().status?.numberReady).toBe(1);
});

describe('K-50: groups', () => {
  test.each([
    [0, 0, []],
    [30_000, 10_000, [20_000, 10_000]],
    [30_000, 0, [30_000, 0]],
    [30_500, 10_000, [20_000, 10_000]],
    [10_000, 20_000, []],
  ])('of %d ms, %d for critical pods', (graceMs, criticalMs, expected) => {
    expect(shutdownGroups(graceMs, criticalMs).map(({ periodMs }) => periodMs)).toEqual(expected);
  });

  test.each([
    [-1, 0],
    [0, 0],
    [1_999_999_999, 0],
    [2_000_000_000, 1],
    [2_000_001_000, 1],
  ])('priority %d is of group %d', (priority, expected) => {
    expect(shutdownGroupOf(shutdownGroups(2000, 1000), priority)).toBe(expected);
  });
});
