/** Guards the one line that CI reads: a test that gave no answer must never vanish from it. */
import { expect, test } from 'vitest';
import { type CountedModule, tally } from './tallyReporter.ts';

const cases: readonly [string, readonly CountedModule[], readonly unknown[], string][] = [
  ['passed and failed tests are counted', [moduleOf('failed', 'passed', 'passed', 'failed')], [], '2 passed, 1 failed'],
  ['a skipped test counts on neither side', [moduleOf('passed', 'skipped', 'passed')], [], '1 passed, 0 failed'],
  ['a test that never ended has failed', [moduleOf('failed', 'pending')], [], '0 passed, 1 failed'],
  [
    'a module that threw on load has failed',
    [moduleOf('failed'), moduleOf('passed', 'passed')],
    [],
    '1 passed, 1 failed',
  ],
  ['an error outside of tests has failed', [moduleOf('passed', 'passed')], [new Error('late')], '1 passed, 1 failed'],
];

test.each(cases)('%s', (_name, modules, errors, expected) => {
  const { passed, failed } = tally(modules, errors);
  expect(`${passed} passed, ${failed} failed`).toBe(expected);
});

function moduleOf(state: 'passed' | 'failed', ...tests: readonly string[]): CountedModule {
  return {
    state: () => state,
    children: { allTests: () => tests.map((result) => ({ result: () => ({ state: result }) })) },
  };
}
