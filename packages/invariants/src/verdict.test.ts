import { expect, test } from 'vitest';
import type { AssertionRow } from './ledger.ts';
import { makeFault } from './testing/memoryObjects.ts';
import { computeVerdict, failsRun, type RunEnding } from './verdict.ts';

function row(fields: Partial<AssertionRow>): AssertionRow {
  return {
    id: 'demand',
    invariant: 'nodes-ready',
    block: 'always',
    severity: 'critical',
    result: 'held',
    firstViolatedAtMs: null,
    violatedMs: 0,
    evaluations: 1,
    demanded: '',
    worst: '',
    message: '',
    ...fields,
  };
}

const DONE: RunEnding = { ended: 'done', reason: '', bites: new Map([['outage', 1]]) };
const steps = [makeFault('outage')];

test.each([
  [{ result: 'held' }, false],
  [{ result: 'failed' }, true],
  [{ result: 'failed', severity: 'warning' }, false],
  [{ result: 'failed', severity: 'observation' }, false],
  [{ result: 'not-evaluated' }, true],
  [{ result: 'not-evaluated', severity: 'warning' }, false],
  [{ result: 'failed', block: 'law' }, true],
  [{ result: 'not-evaluated', block: 'law' }, false],
  [{ result: 'not-evaluated', block: 'threshold' }, true],
] as const)('a row with %j fails its run: %s', (fields, fails) => {
  expect(failsRun(row(fields))).toBe(fails);
});

test('a run in which all holds and every fault bit is a pass, without a reason', () => {
  expect(computeVerdict({ rows: [row({})], steps, ending: DONE })).toEqual({ verdict: 'pass', reason: '' });
});

test('a failed assertion makes the run violated, and the reason names it with its block', () => {
  const rows = [
    row({}),
    row({ id: 'floor', result: 'failed' }),
    row({ id: 'late', block: 'eventually', result: 'not-evaluated' }),
  ];
  expect(computeVerdict({ rows, steps, ending: DONE })).toEqual({
    verdict: 'violated',
    reason: '2 of 3 assertions and laws failed: floor (always), late (eventually, not evaluated)',
  });
});

test('a fault without a bite makes a run vacuous in which all holds, and not one that is violated', () => {
  const ending = { ...DONE, bites: new Map() };
  const vacuous = { verdict: 'vacuous', reason: 'a fault changed nothing: outage (NodeCrash)' };
  expect(computeVerdict({ rows: [row({})], steps, ending })).toEqual(vacuous);
  expect(computeVerdict({ rows: [row({ result: 'failed' })], steps, ending }).verdict).toBe('violated');
});

test('a run that did not come to its end is told as such, whatever failed before', () => {
  const rows = [row({ id: 'floor', result: 'failed' })];
  expect(computeVerdict({ rows, steps, ending: { ...DONE, ended: 'limit', reason: 'events: 50000000' } })).toEqual({
    verdict: 'limit',
    reason: 'events: 50000000; 1 of 1 assertions and laws failed: floor (always)',
  });
  expect(computeVerdict({ rows: [], steps, ending: { ...DONE, ended: 'interrupted', reason: '' } }).verdict).toBe(
    'interrupted',
  );
});
