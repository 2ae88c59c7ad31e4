/** Vitest closes on a table that no script can read; whoever runs our tests reads one last line, `N passed, N failed`. */
import type { Reporter, TestModule } from 'vitest/node';

/** What one run of tests came to. Skipped tests are neither passed nor failed. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
}

/** The part of a vitest module that counting needs, so that a test can hand in plain objects. */
export type CountedModule = Pick<TestModule, 'state'> & {
  readonly children: { allTests(): Iterable<{ result(): { readonly state: string } }> };
};

export class TallyReporter implements Reporter {
  onTestRunEnd(modules: readonly CountedModule[], errors: readonly unknown[]): void {
    const { passed, failed } = tally(modules, errors);
    // The default reporter prints in the same tick, but may still be flushing; writing at exit makes ours the last line.
    process.once('exit', () => process.stdout.write(`${passed} passed, ${failed} failed\n`));
  }
}

/** Counts tests; whatever kept a test from giving a result (an error, a module that threw on load) counts as failed. */
export function tally(modules: readonly CountedModule[], errors: readonly unknown[]): Tally {
  let passed = 0;
  let failed = errors.length;
  for (const module of modules) {
    let tests = 0;
    for (const test of module.children.allTests()) {
      tests += 1;
      const { state } = test.result();
      if (state === 'passed') passed += 1;
      // A test that is still pending when the run ends never gave its answer.
      else if (state !== 'skipped') failed += 1;
    }
    if (tests === 0 && module.state() === 'failed') failed += 1;
  }
  return { passed, failed };
}
