import type { Container, Pod, PodSpec } from '@everynode/core/api/pod';
import type { EventRecord } from '@everynode/trace/record';
import { describe, expect, test } from 'vitest';
import { createCluster, type TestCluster } from '../cluster/testCluster.ts';
import type { PodModel } from '../plan.ts';

/** V-11 and V-13 without spread: an image that is there, a container that is created. */
const LAUNCH_MS = 5 + 200;

function run(spec: Partial<PodSpec>, model: Partial<PodModel>, untilMs: number): TestCluster {
  const models = [{ select: {}, imagePull: { fixed: 0 }, termination: { fixed: 0 }, ...model }];
  const cluster = createCluster(1, { models, level: 'full' });
  cluster.runUntil(1000);
  const containers = [{ name: 'c', image: 'i:v1', imagePullPolicy: 'IfNotPresent' }];
  const object: Pod = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'a', namespace: 'default' },
    spec: { containers, nodeName: 'pool-0', ...spec },
  };
  cluster.ask({ verb: 'create', object });
  cluster.runUntil(untilMs);
  return cluster;
}

function init(fields: Partial<Container> = {}): Partial<PodSpec> {
  return { initContainers: [{ name: 'i', image: 'i:v1', ...fields }] };
}

function isAbout(container: string): (event: EventRecord) => boolean {
  return ({ data }) => data?.['container'] === container;
}

/** Instants of the container's starts and ends on its machine. */
function startsOf(cluster: TestCluster, container: string): readonly number[] {
  return cluster
    .events('machine.containerStarted')
    .filter(isAbout(container))
    .map(({ atMs }) => atMs);
}

function endsOf(cluster: TestCluster, container: string): readonly number[] {
  return cluster
    .events('machine.containerGone')
    .filter(isAbout(container))
    .map(({ atMs }) => atMs);
}

describe('K-14: init containers with a model', () => {
  test('the next one waits until it has done its work, and is seen to have', () => {
    const cluster = run(init(), { init: { takes: { fixed: 20_000 }, failures: 0, exitCode: 1 } }, 60_000);
    const [[began = 0], [ended = 0], [main = 0]] = [
      startsOf(cluster, 'i'),
      endsOf(cluster, 'i'),
      startsOf(cluster, 'c'),
    ];
    expect(ended - began).toBe(20_000);
    expect(main - ended).toBeGreaterThan(LAUNCH_MS);
    expect(main - ended).toBeLessThanOrEqual(1000 + LAUNCH_MS);
  });

  test('K-22: one that fails runs again, at once and then after 10 s, and the pod stays Pending', () => {
    const model = { init: { takes: { fixed: 1000 }, failures: 2, exitCode: 3 } };
    const cluster = run(init(), model, 6000);
    expect(cluster.pods()[0]?.status).toMatchObject({
      phase: 'Pending',
      initContainerStatuses: [
        { state: { waiting: { reason: 'CrashLoopBackOff' } }, lastState: { terminated: { exitCode: 3 } } },
      ],
      containerStatuses: [{ state: { waiting: { reason: 'PodInitializing' } } }],
    });
    cluster.runUntil(60_000);
    const [starts, ends] = [startsOf(cluster, 'i'), endsOf(cluster, 'i')];
    expect((starts[1] ?? 0) - (ends[0] ?? 0)).toBeLessThanOrEqual(1000 + LAUNCH_MS);
    expect((starts[2] ?? 0) - (ends[1] ?? 0)).toBe(10_000 + LAUNCH_MS);
    expect(cluster.pods()[0]?.status).toMatchObject({
      phase: 'Running',
      initContainerStatuses: [{ restartCount: 2, ready: true, state: { terminated: { exitCode: 0 } } }],
    });
  });

  test('K-21: with restartPolicy Never its failure is the end of the pod', () => {
    const model = { init: { takes: { fixed: 1000 }, failures: 1, exitCode: 3 } };
    const cluster = run({ ...init(), restartPolicy: 'Never' }, model, 60_000);
    expect([cluster.pods()[0]?.status?.phase, startsOf(cluster, 'c')]).toEqual(['Failed', []]);
  });

  test('K-35: a kubelet that comes anew waits for the one that runs', () => {
    const cluster = run(init(), { init: { takes: { fixed: 60_000 }, failures: 0, exitCode: 1 } }, 20_000);
    cluster.world.engine.withCause(0, () => cluster.seams('restart').process.crash('kubelet/pool-0')());
    cluster.runUntil(120_000);
    const [began = 0] = startsOf(cluster, 'i');
    expect([startsOf(cluster, 'i').length, endsOf(cluster, 'i')]).toEqual([1, [began + 60_000]]);
    expect(startsOf(cluster, 'c')).toHaveLength(1);
  });
});

describe('K-14: sidecars', () => {
  const startupProbe = { tcpSocket: { port: 1 }, periodSeconds: 1, failureThreshold: 60 };

  test('the next container waits for a sidecar’s startup probe', () => {
    const sidecar = init({ restartPolicy: 'Always', startupProbe });
    const cluster = run(sidecar, { startup: { fixed: 10_000 } }, 60_000);
    const waitedMs = (startsOf(cluster, 'c')[0] ?? 0) - (startsOf(cluster, 'i')[0] ?? 0);
    expect(waitedMs).toBeGreaterThanOrEqual(10_000 + LAUNCH_MS);
    expect(waitedMs).toBeLessThan(11_000 + LAUNCH_MS);
  });

  test('a main container’s startup probe keeps nobody waiting', () => {
    const containers = ['c', 'd'].map((name) => ({ name, image: 'i:v1', startupProbe }));
    const cluster = run({ containers }, { startup: { fixed: 10_000 } }, 60_000);
    expect((startsOf(cluster, 'd')[0] ?? 0) - (startsOf(cluster, 'c')[0] ?? 0)).toBe(LAUNCH_MS);
  });
});

describe('K-14: postStart', () => {
  const hooked = (
    lifecycle: Container['lifecycle'] = { postStart: { exec: { command: ['x'] } } },
  ): Partial<PodSpec> => ({
    containers: [
      { name: 'c', image: 'i:v1', ...(lifecycle === undefined ? {} : { lifecycle }) },
      { name: 'd', image: 'i:v1' },
    ],
  });

  test.each([
    ['as long as the model says', hooked(), 7000],
    ['a sleep as long as it says', hooked({ postStart: { sleep: { seconds: 3 } } }), 3000],
  ])('the next container waits for it: %s', (_name, spec, tookMs) => {
    const cluster = run(spec, { postStart: { fixed: 7000 } }, 60_000);
    expect((startsOf(cluster, 'd')[0] ?? 0) - (startsOf(cluster, 'c')[0] ?? 0)).toBe(tookMs + LAUNCH_MS);
  });

  test('until then the container counts as being created', () => {
    const cluster = run(hooked(), { postStart: { fixed: 20_000 } }, 10_000);
    expect(cluster.pods()[0]?.status).toMatchObject({
      phase: 'Pending',
      containerStatuses: [{ ready: false, state: { waiting: { reason: 'ContainerCreating' } } }, {}],
    });
    cluster.runUntil(40_000);
    expect(cluster.pods()[0]?.status).toMatchObject({
      phase: 'Running',
      containerStatuses: [{ ready: true }, { ready: true }],
    });
  });

  test('a pod that is deleted meanwhile is stopped like any other', () => {
    const cluster = run(hooked(), { postStart: { fixed: 20_000 }, termination: { fixed: 5000 } }, 10_000);
    cluster.ask({ verb: 'delete', kind: 'Pod', key: 'default/a' });
    cluster.runUntil(60_000);
    expect([cluster.pods(), cluster.world.machines.get('pool-0')?.running]).toEqual([[], []]);
    expect(startsOf(cluster, 'd')).toEqual([]);
  });
});

describe('K-31: preStop', () => {
  function tookMs(hookMs: number, terminationMs: number, grace: number, sleep?: number): unknown {
    const preStop = sleep === undefined ? { exec: { command: ['x'] } } : { sleep: { seconds: sleep } };
    const containers = [{ name: 'c', image: 'i:v1', lifecycle: { preStop } }];
    const cluster = run(
      { containers, terminationGracePeriodSeconds: grace },
      { preStop: { fixed: hookMs }, termination: { fixed: terminationMs } },
      20_000,
    );
    cluster.ask({ verb: 'delete', kind: 'Pod', key: 'default/a' });
    cluster.runUntil(120_000);
    const exitCode = cluster
      .events('pod.updated')
      .flatMap(({ patch }) => (patch ?? []).filter(([path]) => path === 'phase'))
      .at(-1)?.[1];
    return [cluster.events('kubelet.stopped')[0]?.data?.['tookMs'], exitCode];
  }

  test.each([
    ['the signal comes when the hook is over', 5000, 3000, 30, undefined, 8000, 'Succeeded'],
    ['a sleep says itself how long it takes', 5000, 3000, 30, 9, 12_000, 'Succeeded'],
    ['both share the grace', 25_000, 10_000, 30, undefined, 30_000, 'Failed'],
    ['a hook that uses it up leaves 2 s', 60_000, 10_000, 30, undefined, 32_000, 'Failed'],
    ['in which the container may exit by itself', 60_000, 2000, 30, undefined, 32_000, 'Succeeded'],
    ['but not a millisecond more', 60_000, 2001, 30, undefined, 32_000, 'Failed'],
    ['one that leaves less gets as much', 29_000, 10_000, 30, undefined, 31_000, 'Failed'],
  ])('%s', (_name, hookMs, terminationMs, grace, sleep, expected, phase) => {
    expect(tookMs(hookMs, terminationMs, grace, sleep)).toEqual([expected, phase]);
  });
});

describe('K-17: containers that cannot be created', () => {
  const creation = (times?: number): Partial<PodModel> => ({
    creation: {
      reason: 'CreateContainerConfigError',
      message: 'secret "s" not found',
      ...(times === undefined ? {} : { times }),
    },
  });

  test('are tried again 10 s to 15 s later, and say why meanwhile', () => {
    const cluster = run({}, creation(2), 60_000);
    const failed = cluster.events('apiEvent.Failed');
    expect(failed.map(({ data }) => data?.['message'])).toEqual(Array(2).fill('Error: secret "s" not found'));
    const [first = 0, second = 0] = failed.map(({ atMs }) => atMs);
    const [started = 0] = startsOf(cluster, 'c');
    for (const pauseMs of [second - first, started - second]) {
      expect(pauseMs).toBeGreaterThanOrEqual(10_000 + LAUNCH_MS);
      expect(pauseMs).toBeLessThan(15_000 + LAUNCH_MS);
    }
    expect(cluster.pods()[0]?.status).toMatchObject({ phase: 'Running', containerStatuses: [{ restartCount: 0 }] });
  });

  test('without an end the pod stays Pending, and can be deleted', () => {
    const cluster = run({}, creation(), 60_000);
    expect(cluster.pods()[0]?.status).toMatchObject({
      phase: 'Pending',
      containerStatuses: [
        { state: { waiting: { reason: 'CreateContainerConfigError', message: 'secret "s" not found' } } },
      ],
    });
    cluster.ask({ verb: 'delete', kind: 'Pod', key: 'default/a' });
    cluster.runUntil(120_000);
    expect([cluster.pods(), startsOf(cluster, 'c')]).toEqual([[], []]);
  });

  test('K-17: what goes well is told in traces that have everything', () => {
    const cluster = run({}, {}, 20_000);
    const told = cluster
      .events()
      .filter(({ type, actor }) => type.startsWith('apiEvent.') && actor === 'kubelet/pool-0');
    expect(told.map(({ type, data }) => [type.slice('apiEvent.'.length), data?.['message']])).toEqual([
      ['Pulling', 'Pulling image "i:v1"'],
      ['Pulled', 'Successfully pulled image "i:v1" in 0s (0s including waiting).'],
      ['Created', 'Created container: c'],
      ['Started', 'Started container c'],
    ]);
  });
});

describe('K-29: readiness gates', () => {
  const gate = { readinessGates: [{ conditionType: 'example.com/open' }] };
  const conditionOf = (cluster: TestCluster, type: string): unknown =>
    cluster.pods()[0]?.status?.conditions?.find((each) => each.type === type);

  test('hold Ready back until their condition is True, and take it away again', () => {
    const cluster = run(gate, {}, 20_000);
    expect(conditionOf(cluster, 'ContainersReady')).toMatchObject({ status: 'True' });
    expect(conditionOf(cluster, 'Ready')).toMatchObject({
      status: 'False',
      reason: 'ReadinessGatesNotReady',
      message: 'corresponding condition of pod readiness gate "example.com/open" does not exist.',
    });
    const set = (status: string): void => {
      const conditions = [{ type: 'example.com/open', status }];
      const patch = { type: 'strategic', body: { status: { conditions } } } as const;
      cluster.ask({ verb: 'patch', kind: 'Pod', key: 'default/a', patch, subresource: 'status' });
    };
    set('True');
    cluster.runFor(1000);
    expect(conditionOf(cluster, 'Ready')).toMatchObject({ status: 'True' });
    set('False');
    cluster.runFor(1000);
    expect(conditionOf(cluster, 'Ready')).toMatchObject({
      status: 'False',
      message: 'the status of pod readiness gate "example.com/open" is not "True", but False',
    });
  });
});
