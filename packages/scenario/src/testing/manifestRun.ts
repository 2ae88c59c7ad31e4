/** Whatever a manifest holds, brought up on a cluster of 20 nodes and rolled to another image. */
import { keyOf } from '@everynode/core/api/meta';
import { assert } from '@everynode/core/assert';
import { DEFAULT_VERSION, profileOf } from '@everynode/core/profile';
import { type Compiled, compile } from '../compile.ts';
import type { FileReader } from '../fileReader.ts';
import { loadManifests } from '../manifests.ts';
import { parseScenario } from '../parse.ts';
import { shapeChecker, type ShapeChecker } from '../shape.ts';
import { vocabulary } from '../vocabulary.ts';
import type { Workload } from '../workload.ts';

/** What every container runs after the update. */
export const NEXT_IMAGE = 'example/next:v2';
const WORKERS = 17;
const CONTROL_NODES = 3;
export const NODES: number = WORKERS + CONTROL_NODES;

const CHECKER: ShapeChecker = shapeChecker(vocabulary);

/** Workers in three zones, and nodes of the control plane with the taint that they have everywhere. */
const CLUSTER = `
  cluster:
    nodePools:
      - { name: worker, count: ${WORKERS}, spread: { topologyKey: topology.kubernetes.io/zone, values: [a, b, c] } }
      - name: control
        count: ${CONTROL_NODES}
        labels: { node-role.kubernetes.io/control-plane: "" }
        taints: [{ key: node-role.kubernetes.io/control-plane, effect: NoSchedule }]`;

/** What of the manifest takes part, as it is applied. */
export function objectsIn(text: string): readonly Workload[] {
  const sourceOf = () => ({ file: 's.yaml', line: 1, column: 1 });
  const profile = profileOf(DEFAULT_VERSION);
  assert(profile !== undefined, () => 'the default version is not known');
  const scope = { scenarioFile: 's.yaml', sourceOf, reader: readerOf(text), profile };
  return loadManifests([{ path: 'm.yaml' }], scope).objects.map(({ object }) => object);
}

/**
 * A scenario of 90 minutes that names the manifest, sets the image of each of its DaemonSets after 10, and asks for
 * exactly one pod on every eligible node before that and at the end, when the rollout must be complete.
 */
export function compileManifest(text: string): Compiled {
  const keys = objectsIn(text)
    .filter(({ kind }) => kind === 'DaemonSet')
    .map(keyOf);
  const ask = (id: string, invariant: string): string =>
    keys.map((key, i) => `\n      - { id: ${id}-${i}, invariant: ${invariant}, with: { daemonSet: ${key} } }`).join('');
  const updates = keys.map(
    (key, i) => `\n    - { id: roll-${i}, at: 10m, update: { daemonSet: ${key}, setImage: { "*": "${NEXT_IMAGE}" } } }`,
  );
  const scenario = parseScenario(
    's.yaml',
    `apiVersion: everynode.dev/v1alpha1
kind: Scenario
metadata: { name: manifest }
spec:
  duration: 90m${CLUSTER}
  manifests: [{ path: m.yaml }]
  timeline:${updates.join('')}
  expect:
    before:${ask('up', 'one-pod-per-eligible-node')}
    final:${ask('end', 'one-pod-per-eligible-node')}${ask('rolled', 'rollout-complete')}
`,
    CHECKER,
  );
  const [row = {}] = scenario.rows;
  return compile({ scenario, row, reader: readerOf(text), checker: CHECKER, vocabulary });
}

function readerOf(text: string): FileReader {
  return { resolve: (_from, path) => path, read: () => ({ ok: true, text }) };
}
