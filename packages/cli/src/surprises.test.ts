import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import type { Job } from './jobs.ts';
import { endOf, HELD, jobsIn, titled, titleOf, verdictWithoutSteps } from './testing/scenarioRuns.ts';

// Some hours of virtual time in all, on a machine that runs other tests beside this one.
vi.setConfig({ testTimeout: 120_000 });

const ROOT = resolve(import.meta.dirname, '../../..');
const JOBS = jobsIn(resolve(ROOT, 'scenarios/surprises'));
const SCENARIOS = [...new Set(JOBS.map(({ scenario }) => scenario))];

/** The list of surprising facts, one to a row of a table; kept outside of the repository. */
const SPECIFICATION = resolve(ROOT, '../shared/spec/daemonset-controller.md');

test('every scenario is about one surprise, and no two are about the same', () => {
  const rules = SCENARIOS.map(({ labels }) => labels['rule'] ?? '');
  expect(rules.filter((rule, at) => !/^DS-X\d+$/.test(rule) || rules.indexOf(rule) !== at)).toEqual([]);
  expect(SCENARIOS.filter(({ labels }) => labels['pack'] !== 'surprises')).toEqual([]);
});

test.skipIf(!existsSync(SPECIFICATION))('every rule that a scenario names is in the list of surprises', () => {
  const listed = new Set(readFileSync(SPECIFICATION, 'utf8').match(/(?<=^\| )DS-X\d+(?= \|)/gm));
  // Found by our own soak, after the list was written.
  listed.add('DS-X33');
  expect(SCENARIOS.map(({ labels }) => labels['rule'] ?? '').filter((rule) => !listed.has(rule))).toEqual([]);
});

test('docs/fidelity.md has a row for every scenario that names its rule and its file', () => {
  const rows = readFileSync(resolve(ROOT, 'docs/fidelity.md'), 'utf8').split('\n');
  const isTold = (rule: string, name: string): boolean =>
    rows.some((row) => row.startsWith(`| ${rule} |`) && row.includes(`surprises/${name}.yaml`));
  const untold = SCENARIOS.filter(({ labels, name }) => !isTold(labels['rule'] ?? '', name));
  expect(untold.map(({ name }) => name)).toEqual([]);
});

test('every description teaches, in two to four sentences', () => {
  const sentencesIn = ({ compiled }: Job): number => (compiled.plan.description ?? '').split(/(?<=[.]) /).length;
  const others = JOBS.filter((job) => sentencesIn(job) < 2 || sentencesIn(job) > 4);
  expect(others.map(titleOf)).toEqual([]);
});

describe('the surprise of every scenario happens', () => {
  test.each(titled(JOBS))('%s', (_title, job) => {
    expect(endOf(job)).toEqual(HELD);
  });
});

describe('without what brings it about it does not: with no steps the same scenario is violated', () => {
  const withSteps = JOBS.filter((job) => job.compiled.plan.steps.length > 0);
  test.each(titled(withSteps))('%s', (_title, job) => {
    expect(verdictWithoutSteps(job)).toBe('violated');
  });
});
