/** Three kinds of tests: units of every package, the page in a real browser, and the rules of the house. */
import { defineConfig } from 'vitest/config';
import { TallyReporter } from './scripts/tallyReporter.ts';

export default defineConfig({
  test: {
    reporters: ['default', new TallyReporter()],
    coverage: { provider: 'v8', include: ['packages/*/src/**/*.ts'] },
    projects: [
      { extends: true, test: { name: 'unit', include: ['packages/*/src/**/*.test.ts'] } },
      { extends: true, test: { name: 'house', include: ['scripts/**/*.test.ts'] } },
      // Browsers share the machine's few cores: one file after the other, and time for a slow start.
      {
        extends: true,
        test: {
          name: 'page',
          include: ['packages/reporter/viewer/**/*.test.ts'],
          fileParallelism: false,
          testTimeout: 30_000,
        },
      },
    ],
  },
});
