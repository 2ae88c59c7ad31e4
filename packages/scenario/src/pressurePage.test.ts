import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { compileText, errorOf } from './testing/fixtures.ts';

const PAGE = readFileSync(new URL('../../../docs/node-pressure.md', import.meta.url), 'utf8');
const BLOCKS = [...PAGE.matchAll(/```yaml\n([^`]*)```/g)].map(
  ([, text = '']) => parse(text) as Record<string, unknown>,
);

test('what docs/node-pressure.md shows of models and pools is taken as it stands', () => {
  const { models, nodePools } = Object.assign({}, ...BLOCKS) as Record<string, unknown>;
  expect([BLOCKS.length, models, nodePools]).toEqual([2, expect.any(Array), expect.any(Array)]);
  // YAML is a superset of JSON.
  const scenario = JSON.stringify({
    apiVersion: 'everynode.dev/v1alpha1',
    kind: 'Scenario',
    metadata: { name: 'page' },
    spec: {
      duration: '1m',
      cluster: { nodePools },
      manifests: [{ path: './agent.yaml' }],
      models,
      expect: {
        final: [{ id: 'a', invariant: 'daemonset-available', with: { daemonSet: 'kube-system/agent', eq: 3 } }],
      },
    },
  });
  expect(errorOf(() => compileText(scenario))).toBe('no error');
});
