import type { Container, Pod, PodSpec } from '@everynode/core/api/pod';
import { describe, expect, test } from 'vitest';
import { createCluster, type TestCluster } from '../cluster/testCluster.ts';
import type { PodModel } from '../plan.ts';

const FOR_EVER = { failsAfter: { fixed: 60_000 }, times: 1 };
const FOR_A_MINUTE = { ...FOR_EVER, recoversAfter: { fixed: 60_000 } };

function pod(fields: Partial<Container>, spec: Partial<PodSpec> = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', namespace: 'default' },
    spec: { containers: [{ name: 'c', image: 'i:v1', ...fields }], nodeName: 'pool-0', ...spec },
  };
}

interface Watched {
  readonly cluster: TestCluster;
  /** Of each start of a container, in ms. */
  readonly starts: readonly number[];
  /** Of each end. */
  readonly ends: readonly number[];
  /** Changes of `ready` as the API shows them. */
  readonly ready: readonly (readonly [number, unknown])[];
  messages(reason: string): readonly (readonly [number, unknown])[];
}

function watch(subject: Pod, model: Partial<PodModel>, untilMs: number, level: 'default' | 'full' = 'full'): Watched {
  const models = [{ select: {}, imagePull: { fixed: 1000 }, startup: { fixed: 0 }, ...model }];
  const cluster = createCluster(1, { models, durationMs: 7_200_000, level });
  cluster.runUntil(1000);
  cluster.ask({ verb: 'create', object: subject });
  cluster.runUntil(untilMs);
  return {
    cluster,
    starts: cluster.events('machine.containerStarted').map(({ atMs }) => atMs),
    ends: cluster.events('machine.containerGone').map(({ atMs }) => atMs),
    ready: cluster
      .events('pod.updated')
      .flatMap(({ atMs, patch }) =>
        (patch ?? []).filter(([path]) => path === 'ready').map(([, value]) => [atMs, value] as const),
      ),
    messages: (reason) =>
      cluster.events(`apiEvent.${reason}`).map(({ atMs, data }) => [atMs, data?.['message']] as const),
  };
}

const every5s = { httpGet: { path: '/healthz', port: 8080 }, periodSeconds: 5 };
/** V-14 and half of V-1: from a change in the kubelet to the API. */
const TOLD_MS = 20 + 4;

describe('K-25: readiness over time', () => {
  test('it falls at the third probe that fails and rises at the first that does not', () => {
    const { ready, starts } = watch(pod({ readinessProbe: every5s }), { probes: { readiness: FOR_A_MINUTE } }, 300_000);
    const [started = 0] = starts;
    // Ticks come every 5 s from the admission on, 1.75 s before the container runs.
    const begunMs = started - 1750;
    expect(ready.slice(-3).map(([atMs, value]) => [atMs - begunMs - TOLD_MS, value])).toEqual([
      [5000, true],
      [75_000, false],
      [125_000, true],
    ]);
    expect(starts).toHaveLength(1);
  });

  test('K-26: each failure is told where everything is told, and nowhere else', () => {
    const model = { probes: { readiness: FOR_A_MINUTE } };
    const full = watch(pod({ readinessProbe: every5s }), model, 300_000);
    const plain = watch(pod({ readinessProbe: every5s }), model, 300_000, 'default');
    const failures = full.messages('Unhealthy');
    expect(failures).toHaveLength(12);
    expect(new Set(failures.map(([, message]) => message))).toEqual(
      new Set(['Readiness probe failed: HTTP probe failed with statuscode: 503']),
    );
    expect([plain.messages('Unhealthy'), plain.ready]).toEqual([[], full.ready]);
  });

  test('idle probes are no events', () => {
    const probes = { readinessProbe: every5s, livenessProbe: every5s };
    const eventsOf = (untilMs: number): number =>
      watch(pod(probes), { probes: { all: { failsAfter: { fixed: 7_000_000 }, times: 1 } } }, untilMs, 'default')
        .cluster.world.engine.events;
    const without = (untilMs: number): number => watch(pod({}), {}, untilMs, 'default').cluster.world.engine.events;
    expect(eventsOf(3_600_000) - eventsOf(60_000)).toBe(without(3_600_000) - without(60_000));
  });
});

describe('K-26: a liveness probe that fails ends the container', () => {
  const livenessProbe = every5s;

  test('at the third failure in a row, and it starts anew in the same pod', () => {
    const { starts, ends, messages, cluster } = watch(
      pod({ livenessProbe }),
      { probes: { liveness: FOR_EVER }, termination: { fixed: 2000 } },
      100_000,
    );
    const [started = 0, again = 0] = starts;
    const begunMs = started - 1750;
    const [killed] = messages('Killing');
    expect(killed).toEqual([begunMs + 75_000, 'Container c failed liveness probe, will be restarted']);
    expect(ends).toEqual([begunMs + 77_000]);
    expect(again).toBe(begunMs + 77_000 + 5 + 200);
    expect(cluster.pods()[0]?.status?.containerStatuses?.[0]).toMatchObject({
      restartCount: 1,
      lastState: { terminated: { exitCode: 0 } },
    });
  });

  test('a grace of the probe goes before that of the pod', () => {
    const { ends, messages } = watch(
      pod({ livenessProbe: { ...livenessProbe, terminationGracePeriodSeconds: 3 } }),
      { probes: { liveness: FOR_EVER }, termination: { fixed: 100_000 } },
      100_000,
    );
    expect(ends).toEqual([(messages('Killing')[0]?.[0] ?? 0) + 3000]);
  });

  test('K-22: pauses come only once the backoff is longer than what the container lived', () => {
    const { starts, ends } = watch(
      pod({ livenessProbe }),
      { probes: { liveness: { failsAfter: { fixed: 0 }, times: 1 } }, termination: { fixed: 0 } },
      600_000,
    );
    const pauses = ends.map((atMs, i) => (starts[i + 1] ?? 0) - atMs).slice(0, 6);
    // It lives for 15 s at most: 10 s of backoff pass unseen, 20 s and more do not.
    expect(pauses).toEqual([205, 205, 205, 20_205, 40_205, 80_205]);
  });

  test('K-21: not where the pod restarts nothing', () => {
    const { starts, cluster } = watch(
      pod({ livenessProbe }, { restartPolicy: 'Never' }),
      { probes: { liveness: FOR_EVER }, termination: { fixed: 100_000 } },
      200_000,
    );
    expect([starts.length, cluster.pods()[0]?.status?.phase]).toEqual([1, 'Failed']);
  });

  test('K-27: not while the pod terminates', () => {
    const subject = pod({ livenessProbe }, { terminationGracePeriodSeconds: 120 });
    const { cluster } = watch(subject, { probes: { liveness: FOR_EVER }, termination: { fixed: 100_000 } }, 50_000);
    cluster.ask({ verb: 'delete', kind: 'Pod', key: 'default/a' });
    cluster.runUntil(200_000);
    expect(cluster.events('apiEvent.Killing').map(({ data }) => data?.['message'])).toEqual(['Stopping container c']);
    expect(cluster.events('kubelet.stopped')).toMatchObject([{ data: { why: 'deleted', tookMs: 100_000 } }]);
  });

  test('K-27: readiness goes on meanwhile', () => {
    const subject = pod({ readinessProbe: every5s }, { terminationGracePeriodSeconds: 120 });
    const { cluster } = watch(subject, { probes: { all: FOR_EVER }, termination: { fixed: 100_000 } }, 50_000);
    cluster.ask({ verb: 'delete', kind: 'Pod', key: 'default/a' });
    cluster.runUntil(100_000);
    expect(cluster.pods()[0]?.status?.containerStatuses?.[0]).toMatchObject({ ready: false, state: { running: {} } });
  });

  test('a slow start without a startup probe never ends', () => {
    const { starts } = watch(pod({ livenessProbe }), { startup: { fixed: 30_000 } }, 300_000);
    expect(starts.length).toBeGreaterThan(4);
  });
});

describe('K-24, K-26: startup probes', () => {
  const startupProbe = { ...every5s, failureThreshold: 4 };

  test('liveness is not asked for before they pass, and readiness is at once', () => {
    const probes = { startupProbe, readinessProbe: { ...every5s, periodSeconds: 60 }, livenessProbe: every5s };
    const { starts, ready } = watch(pod(probes), { startup: { fixed: 17_000 } }, 60_000);
    const begunMs = (starts[0] ?? 0) - 1750;
    expect([starts.length, ready.at(-1)]).toEqual([1, [begunMs + 20_000 + TOLD_MS, true]]);
  });

  test('a container that is not there at the fourth probe is ended', () => {
    const { messages, starts } = watch(pod({ startupProbe }), { startup: { fixed: 18_251 } }, 30_000);
    expect(messages('Killing')).toEqual([
      [(starts[0] ?? 0) - 1750 + 20_000, 'Container c failed startup probe, will be restarted'],
    ]);
    expect(watch(pod({ startupProbe }), { startup: { fixed: 18_250 } }, 30_000).messages('Killing')).toEqual([]);
  });

  test('the pod says when it counts as started', () => {
    const { cluster, starts } = watch(pod({ startupProbe }), { startup: { fixed: 17_000 } }, 15_000);
    expect(cluster.pods()[0]?.status?.containerStatuses?.[0]).toMatchObject({ started: false, ready: false });
    cluster.runUntil((starts[0] ?? 0) + 19_000);
    expect(cluster.pods()[0]?.status?.containerStatuses?.[0]).toMatchObject({ started: true, ready: true });
  });
});

test('K-36, K-38: a kubelet that starts anew finds the application as it is', () => {
  const { cluster } = watch(pod({ livenessProbe: every5s }), { probes: { liveness: FOR_EVER } }, 40_000);
  const seq = cluster.world.journal.event({ type: 'fault.begin', actor: 'fault/restart' });
  cluster.world.engine.withCause(seq, () => cluster.seams('restart').process.crash('kubelet/pool-0')());
  cluster.runUntil(100_000);
  const [killing] = cluster.events('apiEvent.Killing');
  const [started] = cluster.events('machine.containerStarted');
  // Three probes at least 5 s apart after its first minute, wherever they begin.
  expect((killing?.atMs ?? 0) - (started?.atMs ?? 0)).toBeGreaterThanOrEqual(70_000);
  expect((killing?.atMs ?? 0) - (started?.atMs ?? 0)).toBeLessThan(75_000);
});
