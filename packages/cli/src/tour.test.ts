import { resolve } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { endOf, HELD, jobsIn, titled, titleOf, verdictWithoutSteps } from './testing/scenarioRuns.ts';

// Some hours of virtual time in all, on a machine that runs other tests beside this one.
vi.setConfig({ testTimeout: 120_000 });

const TOUR = resolve(import.meta.dirname, '../../../scenarios/tour');
const JOBS = jobsIn(TOUR);

/** One for each thing that the tour teaches. */
const LESSONS = [
  'cloud-node',
  'crash-loop',
  'disk-pressure-eviction',
  'drain-and-budget',
  'every-node-and-new-node',
  'fault-api-latency',
  'fault-clock-skew',
  'fault-controller-crash',
  'fault-controller-pause',
  'fault-controller-restart',
  'fault-kubelet-restart',
  'fault-lost-response',
  'fault-memory-pressure',
  'fault-node-condition',
  'fault-node-flap',
  'fault-node-reboot',
  'fault-node-unreachable',
  'fault-pod-kill',
  'fault-rolling-node-upgrade',
  'fault-scheduler-stall',
  'full-log-disk',
  'graceful-shutdown',
  'hello',
  'history-undo',
  'host-network',
  'leaking-memory',
  'liveness-probe',
  'namespace-deleted',
  'node-affinity',
  'node-removed',
  'node-selector',
  'not-ready-300s',
  'on-delete',
  'priority-makes-room',
  'probes',
  'process-ids',
  'quota',
  'registry-limit',
  'resource-contention',
  'rolling-update-one',
  'rolling-update-ten-percent',
  'scale-down',
  'slow-image-pull',
  'soft-eviction',
  'surge-and-host-port',
  'tolerate-all',
  'tolerate-one',
  'transcript',
  'undo-to-revision',
];

test('the tour has a scenario for every lesson, each with a description that teaches', () => {
  expect(new Set(JOBS.map(({ scenario }) => scenario.name))).toEqual(new Set(LESSONS));
  for (const { scenario, compiled } of JOBS) {
    const sentences = (compiled.plan.description ?? '').split(/(?<=[.:;]) /);
    expect({ name: scenario.name, sentences: sentences.length >= 2 }).toEqual({ name: scenario.name, sentences: true });
  }
});

describe('what a scenario of the tour says happens, does', () => {
  test.each(titled(JOBS))('%s', (_title, job) => {
    expect(endOf(job)).toEqual(HELD);
  });
});

/** Rows about something that does not happen: a pod that is spared, a fault without effect on the pods. */
const ABOUT_NOTHING = ['disk-pressure-eviction row 3'];

describe('it would be noticed if nothing happened: without its steps the same scenario does not pass', () => {
  const withSteps = JOBS.filter((job) => job.compiled.plan.steps.length > 0 && !ABOUT_NOTHING.includes(titleOf(job)));
  test.each(titled(withSteps))('%s', (_title, job) => {
    expect(verdictWithoutSteps(job)).toBe('violated');
  });
});
