import { describe, expect, test } from 'vitest';
import type { ServedObject } from '../server.ts';
import { type PodSummary, summarizePod } from './podStatus.ts';

const NOW_MS = 600_000;
const RUNNING = { state: { running: {} }, ready: true, restartCount: 0 };

interface PodParts {
  readonly meta?: object;
  readonly spec?: object;
  readonly status?: object;
  readonly minor?: number;
}

function summary({ meta = {}, spec = {}, status = {}, minor = 36 }: PodParts): PodSummary {
  const pod: ServedObject = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', ...meta },
    spec: { containers: [{ name: 'a' }], ...spec },
    status: { phase: 'Running', ...status },
  };
  return summarizePod(pod, { nowMs: NOW_MS, minor });
}

const waiting = (reason: string): object => ({ state: { waiting: { reason } }, ready: false, restartCount: 0 });
const stopped = (terminated: object): object => ({ state: { terminated }, ready: false, restartCount: 0 });
const ready = { conditions: [{ type: 'Ready', status: 'True' }] };
const initialized = { conditions: [{ type: 'Initialized', status: 'True' }] };
const two = { containers: [{ name: 'a' }, { name: 'b' }] };
const init = { initContainers: [{ name: 'i' }, { name: 'j' }] };
const sidecar = { initContainers: [{ name: 'i', restartPolicy: 'Always' }, { name: 'j' }] };
const deleted = { deletionTimestamp: '2026-01-01T00:00:00Z' };

describe('the status of a pod', () => {
  test.each<readonly [string, string, PodParts]>([
    ['its phase', 'Pending', { status: { phase: 'Pending' } }],
    ['its reason', 'Evicted', { status: { phase: 'Failed', reason: 'Evicted' } }],
    [
      'that it is gated',
      'SchedulingGated',
      {
        status: {
          phase: 'Pending',
          conditions: [{ type: 'PodScheduled', status: 'False', reason: 'SchedulingGated' }],
        },
      },
    ],
    [
      'what a container waits for',
      'CrashLoopBackOff',
      { status: { containerStatuses: [waiting('CrashLoopBackOff')] } },
    ],
    ['what ended a container', 'OOMKilled', { status: { containerStatuses: [stopped({ reason: 'OOMKilled' })] } }],
    ['an exit code without a reason', 'ExitCode:3', { status: { containerStatuses: [stopped({ exitCode: 3 })] } }],
    [
      'a signal without a reason',
      'Signal:9',
      { status: { containerStatuses: [stopped({ exitCode: 137, signal: 9 })] } },
    ],
    [
      'the first of two reasons',
      'ErrImagePull',
      { spec: two, status: { containerStatuses: [waiting('ErrImagePull'), waiting('CrashLoopBackOff')] } },
    ],
    [
      'Running where one is over and the pod is ready all the same',
      'Running',
      { spec: two, status: { ...ready, containerStatuses: [stopped({ reason: 'Completed' }), RUNNING] } },
    ],
    [
      'NotReady where one is over and the pod is not ready',
      'NotReady',
      { spec: two, status: { containerStatuses: [stopped({ reason: 'Completed' }), RUNNING] } },
    ],
    ['Completed where all is over', 'Completed', { status: { containerStatuses: [stopped({ reason: 'Completed' })] } }],
    [
      'how many init containers are done',
      'Init:1/2',
      { spec: init, status: { initContainerStatuses: [stopped({ exitCode: 0 }), waiting('PodInitializing')] } },
    ],
    [
      'what an init container waits for',
      'Init:ErrImagePull',
      { spec: init, status: { initContainerStatuses: [waiting('ErrImagePull')] } },
    ],
    [
      'how an init container failed',
      'Init:Error',
      { spec: init, status: { initContainerStatuses: [stopped({ exitCode: 1, reason: 'Error' })] } },
    ],
    [
      'the exit code of an init container',
      'Init:ExitCode:1',
      { spec: init, status: { initContainerStatuses: [stopped({ exitCode: 1 })] } },
    ],
    [
      'the signal of an init container',
      'Init:Signal:9',
      { spec: init, status: { initContainerStatuses: [stopped({ exitCode: 1, signal: 9 })] } },
    ],
    [
      'the containers once the pod was initialised, though an init container starts anew',
      'CrashLoopBackOff',
      {
        spec: init,
        status: {
          ...initialized,
          initContainerStatuses: [waiting('x')],
          containerStatuses: [waiting('CrashLoopBackOff')],
        },
      },
    ],
    ['Terminating', 'Terminating', { meta: deleted, status: { containerStatuses: [RUNNING] } }],
    ['Unknown on a node that is lost', 'Unknown', { meta: deleted, status: { reason: 'NodeLost' } }],
    ['the end of a deleted pod that is over', 'Failed', { meta: deleted, status: { phase: 'Failed' } }],
    ['Terminating for that before 1.31', 'Terminating', { meta: deleted, status: { phase: 'Failed' }, minor: 30 }],
  ])('tells %s', (_what, status, parts) => {
    expect(summary(parts).status).toBe(status);
  });
});

describe('the ready containers', () => {
  test('count sidecars that have started', () => {
    const statuses = [
      { name: 'i', started: true, ready: true, state: { running: {} }, restartCount: 1 },
      { name: 'j', ...stopped({ exitCode: 0 }) },
    ];
    const parts = { spec: sidecar, status: { initContainerStatuses: statuses, containerStatuses: [RUNNING] } };
    expect(summary(parts)).toEqual({ ready: '2/2', status: 'Running', restarts: '1' });
  });

  test('are none while init containers run', () => {
    const status = { initContainerStatuses: [waiting('PodInitializing')], containerStatuses: [RUNNING] };
    expect(summary({ spec: init, status }).ready).toBe('0/1');
  });

  test('of an evicted pod are none', () => {
    expect(summary({ status: { phase: 'Failed', reason: 'Evicted' } }).ready).toBe('0/1');
  });
});

describe('the restarts', () => {
  const restarted = (restartCount: number, finishedAt: string): object => ({
    ...RUNNING,
    restartCount,
    lastState: { terminated: { finishedAt } },
  });

  test('are summed, with the time since the last one', () => {
    const containerStatuses = [restarted(2, '2026-01-01T00:05:00Z'), restarted(1, '2026-01-01T00:02:00Z')];
    expect(summary({ spec: two, status: { containerStatuses } }).restarts).toBe('3 (5m ago)');
  });

  test('stand alone where nobody knows when', () => {
    expect(summary({ status: { containerStatuses: [{ ...RUNNING, restartCount: 4 }] } }).restarts).toBe('4');
  });

  test('are those of the init containers while they run, and forgotten behind them', () => {
    const failing = { ...stopped({ exitCode: 1, reason: 'Error' }), restartCount: 5 };
    expect(summary({ spec: init, status: { initContainerStatuses: [failing] } }).restarts).toBe('5');
    const done = { ...stopped({ exitCode: 0 }), restartCount: 5 };
    const status = { initContainerStatuses: [done, done], containerStatuses: [RUNNING] };
    expect(summary({ spec: init, status }).restarts).toBe('0');
  });
});
