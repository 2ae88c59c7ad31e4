import { AssertionError } from '@everynode/core/assert';
import { renderJunit } from '@everynode/reporter/junit';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { findJobs } from './jobs.ts';
import { RunCrash } from './runJob.ts';

const TOUR = resolve(import.meta.dirname, '../../../scenarios/tour');

test('a crash names the run, how to repeat it, and is an error in JUnit, not a failure', () => {
  const path = `${TOUR}/host-network.yaml`;
  const [, job] = findJobs({ paths: [path], selector: undefined, row: undefined, params: [], seed: '5' });
  if (job === undefined) throw new Error('the scenario has two rows');
  const crash = new RunCrash(job, new AssertionError('two keyframes at once (seed 5, event 7)'));
  expect(crash.message).toBe(
    `AssertionError: two keyframes at once (seed 5, event 7) (host-network row 2 (maxUnavailable: 0, maxSurge: 1, updated: 0) seed 5; repeat: everynode run ${path} --seed 5 --row 2)`,
  );
  const xml = renderJunit([crash.junit]);
  expect(xml).toMatch(/failures="0" errors="1"/);
  expect(xml).toMatch(/<error type="simulator" message="AssertionError: two keyframes at once/);
});
