/** What tests of this package share: a small vocabulary, files in memory, a scenario that compiles. */
import {
  choice,
  client,
  count,
  daemonSet,
  draw,
  duration,
  flag,
  json,
  nodes,
  odds,
  optional,
  text,
  withDefault,
} from '@everynode/sim/params';
import { type Compiled, compile } from '../compile.ts';
import type { FileReader } from '../fileReader.ts';
import { parseScenario } from '../parse.ts';
import { ScenarioError } from '../scenarioError.ts';
import { shapeChecker, type ShapeChecker } from '../shape.ts';
import type { Vocabulary } from '../vocabulary.ts';

/** One name of each kind; the real registries grow, and these tests should not grow with them. */
export const VOCABULARY: Vocabulary = {
  faults: {
    ZoneOutage: { summary: 'a zone goes dark', targets: 'zone', instant: false, params: {} },
    DiskPressure: {
      summary: 'disks fill up',
      targets: 'nodes',
      instant: false,
      params: { evict: withDefault(flag('evict pods too'), true) },
    },
    PodKill: {
      summary: 'pods are killed',
      targets: 'pods',
      instant: true,
      params: { grace: optional(duration('time to stop')) },
    },
    WatchLag: {
      summary: 'a cache grows old',
      targets: 'none',
      instant: false,
      params: { client: client('whose'), delay: draw('how long'), odds: optional(odds('how often')) },
    },
  },
  operations: {
    update: {
      summary: 'edits a DaemonSet',
      params: { daemonSet: daemonSet(), setImage: optional(json('container → image', { type: 'object' })) },
    },
    addNodes: {
      summary: 'nodes join',
      params: { pool: text('which'), count: count('how many'), over: optional(draw('spread over')) },
    },
    removeNodes: { summary: 'nodes leave', params: { nodes: nodes('which') } },
  },
  expectations: {
    'daemonset-available': {
      summary: 'pods serve',
      promise: 'Counts.',
      params: {
        daemonSet: daemonSet(),
        nodes: optional(nodes('only these')),
        gte: optional(count('at least')),
        eq: optional(count('exactly')),
      },
    },
    'pods-per-node': {
      summary: 'pods on each node',
      promise: 'Counts.',
      params: { daemonSet: daemonSet(), mode: optional(choice('how', ['strict', 'loose'])) },
    },
    object: { summary: 'a part of an object is found', promise: 'Compares.', params: { object: json('the part') } },
  },
  metrics: {
    daemonset_updated_pods: {
      summary: 'updated pods',
      promise: 'Counts.',
      unit: 'pods',
      required: ['daemonSet'],
      optional: ['zone'],
    },
  },
};

const CHECKER: ShapeChecker = shapeChecker(VOCABULARY);

export const AGENT = `apiVersion: apps/v1
kind: DaemonSet
metadata: { name: agent, namespace: kube-system }
spec:
  selector: { matchLabels: { app: agent } }
  template:
    metadata: { labels: { app: agent } }
    spec:
      containers: [{ name: agent, image: "example/agent:v1" }]
`;

/** A scenario with a zone outage at 5 min for 20 min and an update at 7 min; 9 nodes in three zones. */
export const OUTAGE = `apiVersion: everynode.dev/v1alpha1
kind: Scenario
metadata: { name: outage, labels: { tier: test } }
spec:
  seed: 7
  duration: 45m
  parameters:
    floor: { default: 5 }
    zone: { default: zone-b, enum: [zone-a, zone-b, zone-c] }
  cluster:
    nodePools:
      - { name: worker, count: 9, spread: { topologyKey: topology.kubernetes.io/zone, values: [zone-a, zone-b, zone-c] } }
  manifests:
    - path: ./agent.yaml
  timeline:
    - id: outage
      at: 5m
      fault: { type: ZoneOutage, for: 20m, targets: { nodes: { zone: "\${params.zone}" } } }
    - id: rollout
      at: 7m
      update: { daemonSet: kube-system/agent, setImage: { agent: "example/agent:v2" } }
  expect:
    always:
      - id: floor
        window: { from: rollout }
        invariant: daemonset-available
        with: { daemonSet: kube-system/agent, gte: "\${params.floor}" }
`;

/** Files by path; `./` is left off when a scenario names one. */
function readerOf(files: Readonly<Record<string, string>>): FileReader {
  return {
    resolve: (_from, path) => path.replace(/^\.\//, ''),
    read: (path, bytesMax) => {
      const text = files[path];
      if (text === undefined) return { ok: false, problem: 'missing', detail: 'no such file' };
      return text.length > bytesMax ? { ok: false, problem: 'tooLarge', bytes: text.length } : { ok: true, text };
    },
  };
}

export interface CompileTextOptions {
  readonly files?: Readonly<Record<string, string>>;
  readonly row?: number;
  readonly seed?: string;
  /** Absent: the small one. */
  readonly words?: Vocabulary;
}

export function compileText(
  text: string,
  { files = { 'agent.yaml': AGENT }, row = 0, seed, words = VOCABULARY }: CompileTextOptions = {},
): Compiled {
  const checker = words === VOCABULARY ? CHECKER : shapeChecker(words);
  const scenario = parseScenario('s.yaml', text, checker);
  const values = scenario.rows[row];
  if (values === undefined) throw new RangeError(`there is no row ${row}`);
  const common = { scenario, row: values, reader: readerOf(files), checker, vocabulary: words };
  return compile(seed === undefined ? common : { ...common, seed });
}

/** The message of the `ScenarioError` that the work throws; `no error` where it throws none. */
export function errorOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof ScenarioError) return error.message;
    throw error;
  }
  return 'no error';
}
