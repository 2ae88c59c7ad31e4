/** Every fact about Kubernetes that we ship, each as a test of its own. */
import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import type { CaseFile } from './case.ts';
import { runCase } from './runCase.ts';

const FOLDER = new URL('../../conformance/', import.meta.url);
const names = readdirSync(FOLDER).filter((name) => name.endsWith('.json'));

for (const name of names.sort((a, b) => (a < b ? -1 : 1))) {
  const { group, cases } = JSON.parse(readFileSync(new URL(name, FOLDER), 'utf8')) as CaseFile;
  describe(`facts about ${group}`, () => {
    for (const conformanceCase of cases) {
      test(`${conformanceCase.id}: ${conformanceCase.title ?? ''}`, () => {
        expect(runCase(conformanceCase)).toEqual([]);
      });
    }
  });
}

test('a kind that nobody knows fails instead of passing unseen', () => {
  expect(runCase({ id: 'x', kind: 'noSuchKind', given: {} })).toHaveLength(1);
});

test('a check that nobody knows fails instead of passing unseen', () => {
  const daemonSet = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'a', namespace: 'default', uid: 'u' },
    spec: {
      selector: { matchLabels: { a: 'b' } },
      template: { metadata: { labels: { a: 'b' } }, spec: { containers: [] } },
    },
  };
  const given = { daemonSet, nodes: [], pods: [] };
  const steps = [{ do: 'sync', expect: { noSuchCheck: 1 } }];
  expect(runCase({ id: 'x', kind: 'controller', given, steps })).toHaveLength(1);
});
