import { findCondition } from '@everynode/core/api/meta';
import type { Pod, PodSpec } from '@everynode/core/api/pod';
import { describe, expect, test } from 'vitest';
import type { HouseOptions } from '../cluster/testHouse.ts';
import { createCluster, type TestCluster } from '../cluster/testCluster.ts';
import type { PodModel } from '../plan.ts';

function run(
  options: HouseOptions,
  untilMs: number,
  spec: Partial<PodSpec> = {},
  model: Partial<PodModel> = {},
): TestCluster {
  const models = [{ select: {}, imagePull: { fixed: 1000 }, termination: { fixed: 2000 }, ...model }];
  const cluster = createCluster(1, { models, durationMs: 3_600_000, ...options });
  cluster.runUntil(1000);
  const object: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', namespace: 'default' },
    spec: { nodeName: 'pool-0', containers: [{ name: 'c', image: 'i:v1' }], ...spec },
  };
  cluster.ask({ verb: 'create', object });
  cluster.runUntil(untilMs);
  return cluster;
}

/** From each crash to the next start, in whole seconds; the first comes within one. */
function pausesOf(cluster: TestCluster): readonly number[] {
  const exits = cluster.events('kubelet.containerExited').map(({ atMs }) => atMs);
  const starts = cluster.events('machine.containerStarted').map(({ atMs }) => atMs);
  return starts.slice(2).map((atMs, i) => Math.trunc((atMs - (exits[i + 1] ?? 0)) / 1000));
}

describe('K-22: pauses between restarts', () => {
  const crash = { after: { fixed: 3000 }, exitCode: 1 };
  const REDUCED = { featureGates: { ReduceDefaultCrashLoopBackOffDecay: true } };

  test.each<[string, HouseOptions, readonly number[]]>([
    ['as ever', {}, [10, 20, 40, 80, 160]],
    ['with a cap of the node', { settings: { latencyPercent: 0, crashLoopBackOffMax: 30_000 } }, [10, 20, 30, 30, 30]],
    ['with a cap below the first one', { settings: { latencyPercent: 0, crashLoopBackOffMax: 2000 } }, [2, 2, 2, 2, 2]],
    ['with the gate: from a second up to a minute', REDUCED, [1, 2, 4, 8, 16, 32, 60, 60]],
    [
      'with both, the cap of the node holds',
      { ...REDUCED, settings: { latencyPercent: 0, crashLoopBackOffMax: 5000 } },
      [1, 2, 4, 5, 5],
    ],
  ])('%s', (_name, options, expected) => {
    expect(pausesOf(run(options, 600_000, {}, { crash })).slice(0, expected.length)).toEqual(expected);
  });

  test('the slate is clear 600 s after the last restart, whatever the cap', () => {
    const settings = { latencyPercent: 0, crashLoopBackOffMax: 30_000 };
    const pauses = (livesMs: number): readonly number[] =>
      pausesOf(run({ settings }, 2_600_000, {}, { crash: { after: { fixed: livesMs }, exitCode: 1 } })).slice(0, 2);
    // The pause counts with the life before it: 570 s and 10 s are not enough.
    expect(pauses(570_000)).toEqual([10, 20]);
    // Noticed within a second, and started at once.
    expect(pauses(610_000)).toEqual([1, 1]);
  });
});

describe('K-32: the last status of a pod that was deleted', () => {
  function phases(kubernetesVersion: string): readonly unknown[] {
    const cluster = run({ kubernetesVersion }, 20_000);
    cluster.ask({ verb: 'delete', kind: 'Pod', key: 'default/a' });
    cluster.runUntil(60_000);
    expect(cluster.pods()).toEqual([]);
    return cluster
      .events('pod.updated')
      .flatMap(({ patch }) => (patch ?? []).filter(([path]) => path === 'phase').map(([, phase]) => phase))
      .filter((phase) => phase !== null);
  }

  test('is terminal from 1.27 on, and not before', () => {
    expect([phases('1.26'), phases('1.27')]).toEqual([['Running'], ['Running', 'Succeeded']]);
  });
});

describe('K-29: conditions', () => {
  const hasCondition = (options: HouseOptions): boolean =>
    findCondition(run(options, 20_000).pods()[0]?.status?.conditions, 'PodReadyToStartContainers') !== undefined;

  test('PodReadyToStartContainers is there from 1.29 on, and with its gate in 1.28', () => {
    const gate = { featureGates: { PodReadyToStartContainersCondition: true } };
    expect(hasCondition({ kubernetesVersion: '1.28' })).toBe(false);
    expect(hasCondition({ kubernetesVersion: '1.28', ...gate })).toBe(true);
    expect(hasCondition({ kubernetesVersion: '1.29' })).toBe(true);
  });
});

describe('K-36: readiness over a restart of the kubelet', () => {
  const readinessProbe = { exec: { command: ['ask'] }, periodSeconds: 10 };
  const spec = { containers: [{ name: 'c', image: 'i:v1', readinessProbe }] };

  function readyAfterRestart(options: HouseOptions, model: Partial<PodModel>): readonly (readonly [number, unknown])[] {
    const cluster = run(options, 120_000, spec, { startup: { fixed: 0 }, ...model });
    cluster.world.engine.withCause(0, () => cluster.seams('restart').process.crash('kubelet/pool-0')());
    cluster.runUntil(240_000);
    return cluster
      .events('pod.updated')
      .filter(({ atMs }) => atMs > 120_000)
      .flatMap(({ atMs, patch }) =>
        (patch ?? []).filter(([path]) => path === 'ready').map(([, value]) => [atMs - 120_000, value] as const),
      );
  }

  test('is kept from 1.35 on, unless the gate brings the old way back', () => {
    const revert = { featureGates: { ChangeContainerStatusOnKubeletRestart: true } };
    expect(readyAfterRestart({ kubernetesVersion: '1.35' }, {})).toEqual([]);
    for (const options of [{ kubernetesVersion: '1.34' }, { kubernetesVersion: '1.35', ...revert }])
      expect(readyAfterRestart(options, {}).map(([, ready]) => ready)).toEqual([false, true]);
  });

  test('is lost to three failures in a row, not to the restart', () => {
    const probes = { readiness: { failsAfter: { fixed: 110_000 }, times: 1 } };
    const [[lostMs, ready] = [0, true], ...rest] = readyAfterRestart({}, { probes });
    expect([ready, rest]).toEqual([false, []]);
    // V-17: the kubelet is back after 4 s; its worker begins within a period, and probes three times.
    expect(lostMs).toBeGreaterThanOrEqual(4000 + 20_000);
    expect(lostMs).toBeLessThan(4000 + 31_000);
  });
});
