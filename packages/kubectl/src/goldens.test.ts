import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { kubectl } from './kubectl.ts';
import { type GoldenFile, goldenServer } from './testing/goldenServer.ts';

const FOLDER = new URL('../../../../shared/kubectl/', import.meta.url);

/** Recordings that show their little server, not kubectl. What stands here must fail: a case that passes has to go. */
const NOT_REACHED: Readonly<Record<string, string>> = {
  'nodes-for-jsonpath/get-nodes-l-tier-bad-o-name@1.32.3':
    'the recording server parsed no selectors; a real one refuses this one',
  'nodes-for-jsonpath/get-nodes-l-tier-bad-o-name@1.36.4':
    'the recording server parsed no selectors; a real one refuses this one',
};

for (const group of ['output-formats', 'rollout']) {
  const path = new URL(`${group}.json`, FOLDER);
  // The recordings lie beside the repository and are absent from a plain checkout.
  describe.skipIf(!existsSync(path))(`recordings of the real kubectl, ${group}`, () => {
    const file: GoldenFile = existsSync(path)
      ? (JSON.parse(readFileSync(path, 'utf8')) as GoldenFile)
      : { group, sets: {}, cases: [] };
    for (const golden of file.cases) {
      test(`\`kubectl ${golden.argv.join(' ')}\` prints and sends the recorded bytes (${golden.id})`, () => {
        const { server, nowMs, minor, patches } = goldenServer(file, golden);
        const output = kubectl(golden.argv, { server, nowMs, minor });
        const sent = patches.length > 1 ? patches : patches[0];
        const { stdout, stderr, exitCode, patch } = golden;
        const isNotReached = Object.hasOwn(NOT_REACHED, golden.id);
        const actual = { ...output, patch: sent };
        if (isNotReached) expect(actual).not.toEqual({ stdout, stderr, exitCode, patch });
        else expect(actual).toEqual({ stdout, stderr, exitCode, patch });
      });
    }
  });
}
