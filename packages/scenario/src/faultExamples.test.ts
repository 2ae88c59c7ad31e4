/** What the page of a fault shows compiles, and the fault bites in a cluster like the one that it is written for. */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { faultRegistry } from '@everynode/sim/faults/registry';
import { describe, expect, test } from 'vitest';
import { compile } from './compile.ts';
import { execute } from './execute.ts';
import type { FileReader } from './fileReader.ts';
import { parseScenario } from './parse.ts';
import { shapeChecker } from './shape.ts';
import { vocabulary } from './vocabulary.ts';

const SCENARIOS = resolve(import.meta.dirname, '../../../scenarios');
const NO_FILES: FileReader = {
  resolve: (_from, path) => path,
  read: () => ({ ok: false, problem: 'missing', detail: 'no such file' }),
};
const CHECKER = shapeChecker(vocabulary);

function scenarioWith(fault: Readonly<Record<string, unknown>>): string {
  const agent = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent' },
    spec: {
      selector: { matchLabels: { app: 'agent' } },
      template: {
        metadata: { labels: { app: 'agent' } },
        spec: { containers: [{ name: 'agent', image: 'registry.example/agent:v1' }] },
      },
    },
  };
  const spread = { topologyKey: 'topology.kubernetes.io/zone', values: ['zone-a', 'zone-b', 'zone-c'] };
  return JSON.stringify({
    apiVersion: 'everynode.dev/v1alpha1',
    kind: 'Scenario',
    metadata: { name: 'example' },
    spec: {
      duration: '1h',
      cluster: {
        controlPlane: { replicas: 2 },
        nodePools: [
          {
            name: 'worker',
            count: 3,
            spread,
            kubelet: {
              evictionHard: {
                'memory.available': '100Mi',
                'nodefs.available': '10%',
                'nodefs.inodesFree': '5%',
                'pid.available': '10%',
              },
            },
          },
        ],
      },
      manifests: [{ inline: agent }],
      timeline: [
        // Work for the controller, so that what bends its requests finds some.
        {
          id: 'rollout',
          at: '5m',
          update: { daemonSet: 'default/agent', setImage: { agent: 'registry.example/agent:v2' } },
        },
        { id: 'trouble', at: '5m', fault },
        { id: 'kill', at: '5m1s', fault: { type: 'PodKill', daemonSet: 'default/agent', gracePeriodSeconds: 0 } },
        { id: 'relist', at: '5m5s', mayBeVacuous: true, fault: { type: 'WatchBreak', client: 'daemonset-controller' } },
      ],
      expect: { final: [{ id: 'all', invariant: 'daemonset-available', with: { daemonSet: 'default/agent', eq: 3 } }] },
    },
  });
}

describe('the example of each fault', () => {
  test.each(Object.entries(faultRegistry))('%s compiles, bites, and is over in the end', (type, { example }) => {
    const scenario = parseScenario('example.yaml', scenarioWith({ type, ...example }), CHECKER);
    const { plan } = compile({ scenario, row: {}, seed: '1', reader: NO_FILES, checker: CHECKER, vocabulary });
    const { verdict, reason } = execute(plan, { tool: 'test', repro: [] });
    expect([verdict, reason]).toEqual(['pass', '']);
  });
});

test('every fault is shown by a scenario of the tour, the surprises or the examples', () => {
  const texts = ['tour', 'surprises', 'examples'].flatMap((folder) =>
    readdirSync(resolve(SCENARIOS, folder))
      .filter((name) => name.endsWith('.yaml'))
      .map((name) => readFileSync(resolve(SCENARIOS, folder, name), 'utf8')),
  );
  const shown = (name: string): boolean => texts.some((text) => new RegExp(`type: ${name}\\b`).test(text));
  expect(Object.keys(faultRegistry).filter((name) => !shown(name))).toEqual([]);
});
