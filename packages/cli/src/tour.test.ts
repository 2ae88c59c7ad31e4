import { resolve } from 'node:path';
import { execute, type RunOutcome } from '@everynode/scenario/execute';
import type { Plan } from '@everynode/sim/plan';
import { describe, expect, test, vi } from 'vitest';
import { findJobs, type Job } from './jobs.ts';

// Some hours of virtual time in all, on a machine that runs other tests beside this one.
vi.setConfig({ testTimeout: 120_000 });

const TOUR = resolve(import.meta.dirname, '../../../scenarios/tour');
const JOBS = findJobs({ paths: [TOUR], selector: undefined, row: undefined, params: [], seed: undefined });

/** One for each thing that the tour teaches. */
const LESSONS = [
  'disk-pressure-eviction',
  'every-node-and-new-node',
  'hello',
  'history-undo',
  'host-network',
  'node-affinity',
  'node-removed',
  'node-selector',
  'not-ready-300s',
  'on-delete',
  'probes',
  'resource-contention',
  'rolling-update-one',
  'rolling-update-ten-percent',
  'tolerate-all',
  'tolerate-one',
  'transcript',
  'undo-to-revision',
];

function run(plan: Plan): RunOutcome {
  return execute(plan, { tool: 'test', repro: [] });
}

function titleOf({ scenario, rowNumber }: Job): string {
  return `${scenario.name}${rowNumber === undefined ? '' : ` row ${rowNumber}`}`;
}

test('the tour has a scenario for every lesson, each with a description that teaches', () => {
  expect(new Set(JOBS.map(({ scenario }) => scenario.name))).toEqual(new Set(LESSONS));
  for (const { scenario, compiled } of JOBS) {
    const sentences = (compiled.plan.description ?? '').split(/(?<=[.:;]) /);
    expect({ name: scenario.name, sentences: sentences.length >= 2 }).toEqual({ name: scenario.name, sentences: true });
  }
});

describe('what a scenario of the tour says happens, does', () => {
  test.each(JOBS.map((job): [string, Job] => [titleOf(job), job]))('%s', (_title, { compiled }) => {
    const { verdict, reason, assertions } = run(compiled.plan);
    const notHeld = assertions
      .filter(({ block, result }) => block !== 'law' && result !== 'held')
      .map(({ id, message }) => `${id}: ${message}`);
    expect({ verdict, reason, notHeld }).toEqual({ verdict: 'pass', reason: '', notHeld: [] });
  });
});

/** Rows about something that does not happen: a pod that is spared, a fault without effect on the pods. */
const ABOUT_NOTHING = ['disk-pressure-eviction row 3'];

describe('it would be noticed if nothing happened: without its steps the same scenario does not pass', () => {
  const withSteps = JOBS.filter((job) => job.compiled.plan.steps.length > 0 && !ABOUT_NOTHING.includes(titleOf(job)));
  test.each(withSteps.map((job): [string, Job] => [titleOf(job), job]))('%s', (_title, { compiled }) => {
    expect(run({ ...compiled.plan, steps: [] }).verdict).toBe('violated');
  });
});
