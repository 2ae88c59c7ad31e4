import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { execute, type RunOutcome } from '@everynode/scenario/execute';
import type { Plan } from '@everynode/sim/plan';
import { describe, expect, test, vi } from 'vitest';
import { findJobs, type Job } from './jobs.ts';

// Some hours of virtual time in all, on a machine that runs other tests beside this one.
vi.setConfig({ testTimeout: 120_000 });

const ROOT = resolve(import.meta.dirname, '../../..');
const JOBS = findJobs({
  paths: [resolve(ROOT, 'scenarios/surprises')],
  selector: undefined,
  row: undefined,
  params: [],
  seed: undefined,
});
const SCENARIOS = [...new Set(JOBS.map(({ scenario }) => scenario))];

/** The list of surprising facts, one to a row of a table; kept outside of the repository. */
const SPECIFICATION = resolve(ROOT, '../shared/spec/daemonset-controller.md');

function run(plan: Plan): RunOutcome {
  return execute(plan, { tool: 'test', repro: [] });
}

function titleOf({ scenario, rowNumber }: Job): string {
  return `${scenario.name}${rowNumber === undefined ? '' : ` row ${rowNumber}`}`;
}

test('every scenario is about one surprise, and no two are about the same', () => {
  const rules = SCENARIOS.map(({ labels }) => labels['rule'] ?? '');
  expect(rules.filter((rule, at) => !/^DS-X\d+$/.test(rule) || rules.indexOf(rule) !== at)).toEqual([]);
  expect(SCENARIOS.filter(({ labels }) => labels['pack'] !== 'surprises')).toEqual([]);
});

test.skipIf(!existsSync(SPECIFICATION))('every rule that a scenario names is in the list of surprises', () => {
  const listed = new Set(readFileSync(SPECIFICATION, 'utf8').match(/(?<=^\| )DS-X\d+(?= \|)/gm));
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
  test.each(JOBS.map((job): [string, Job] => [titleOf(job), job]))('%s', (_title, { compiled }) => {
    const { verdict, reason, assertions } = run(compiled.plan);
    const notHeld = assertions
      .filter(({ block, result }) => block !== 'law' && result !== 'held')
      .map(({ id, message }) => `${id}: ${message}`);
    expect({ verdict, reason, notHeld }).toEqual({ verdict: 'pass', reason: '', notHeld: [] });
  });
});

describe('without what brings it about it does not: with no steps the same scenario is violated', () => {
  const withSteps = JOBS.filter((job) => job.compiled.plan.steps.length > 0);
  test.each(withSteps.map((job): [string, Job] => [titleOf(job), job]))('%s', (_title, { compiled }) => {
    expect(run({ ...compiled.plan, steps: [] }).verdict).toBe('violated');
  });
});
