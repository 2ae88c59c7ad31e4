/** Fields that are not named as idle do act: for each of them two values, and something happens otherwise or at another time. */
import type { DaemonSet } from '@everynode/core/api/daemonSet';
import { mergePatch } from '@everynode/core/api/patch';
import { DEFAULT_LIMITS, type Plan, PLAN_VERSION } from '@everynode/sim/plan';
import { expect, test } from 'vitest';
import { decodeObject } from './decode.ts';
import { GO_SHAPES, type GoShape } from './goShape.ts';
import type { JsonObject } from './scenario.ts';
import { happenings } from './testing/happenings.ts';
import { watchRun } from './testing/watchedRun.ts';

/** One field, as in the notices, and two specs that differ in it alone. */
interface Case {
  readonly path: string;
  readonly one: JsonObject;
  readonly other: JsonObject;
}

const inSpec = (path: string, one: JsonObject, other: JsonObject): Case => ({ path: `spec.${path}`, one, other });
const inPod = (path: string, one: JsonObject, other: JsonObject): Case => ({
  path: `spec.template.spec.${path}`,
  one: { template: { spec: one } },
  other: { template: { spec: other } },
});
const container = (fields: JsonObject): JsonObject => ({
  containers: [{ name: 'main', image: 'agent:v1', ...fields }],
});
const inContainer = (path: string, one: JsonObject, other: JsonObject): Case =>
  inPod(`containers[].${path}`, container(one), container(other));
/** With a grace that is long enough for a sidecar to end after its main container. */
const inPatientInit = (path: string, one: JsonObject, other: JsonObject): Case => {
  const { path: inner, ...specs } = inInit(path, one, other);
  const patient = { template: { spec: { terminationGracePeriodSeconds: 120 } } };
  return {
    path: inner,
    one: mergePatch(specs.one, patient) as JsonObject,
    other: mergePatch(specs.other, patient) as JsonObject,
  };
};
const inInit = (path: string, one: JsonObject, other: JsonObject): Case => {
  const init = (fields: JsonObject): JsonObject => ({
    initContainers: [{ name: 'init', image: 'init:v1', ...fields }],
  });
  return inPod(`initContainers[].${path}`, init(one), init(other));
};
/** Pods of these images fail their probes in the plan below: at first, or by answering late. */
const [FALLING, LATE] = ['falls:v1', 'late:v1'];
const probeCases = (make: typeof inContainer, probe: string, more: JsonObject = {}): readonly Case[] =>
  ['initialDelaySeconds', 'periodSeconds', 'successThreshold'].map((field) => {
    const of = (value: number): JsonObject => ({
      ...more,
      [probe]: { httpGet: { port: 80 }, periodSeconds: 7, [field]: value },
    });
    return make(`${probe}.${field}`, of(1), of(12));
  });
/** What matters only where probes fail; a model selects pods by the images of their main containers. */
const failureCases = (where: 'containers' | 'initContainers', probe: string): readonly Case[] => {
  const graces = probe === 'readinessProbe' ? [] : ['terminationGracePeriodSeconds'];
  const times = probe === 'livenessProbe' ? ['initialDelaySeconds', 'periodSeconds'] : [];
  return ['timeoutSeconds', 'failureThreshold', ...times, ...graces].map((field) => {
    const image = field === 'timeoutSeconds' ? LATE : FALLING;
    const of = (value: number): JsonObject => {
      const probed = { [probe]: { httpGet: { port: 80 }, periodSeconds: 7, failureThreshold: 1, [field]: value } };
      return where === 'containers'
        ? container({ image, ...probed })
        : {
            ...container({ image }),
            initContainers: [{ name: 'init', image: 'i', restartPolicy: 'Always', ...probed }],
          };
    };
    return inPod(`${where}[].${probe}.${field}`, of(1), of(12));
  });
};
const hookCases = (make: typeof inContainer, more: JsonObject = {}): readonly Case[] =>
  ['postStart', 'preStop'].flatMap((hook) => [
    ...['exec', 'httpGet', 'tcpSocket'].map((kind) =>
      make(`lifecycle.${hook}.${kind}`, more, { ...more, lifecycle: { [hook]: { [kind]: { port: 80 } } } }),
    ),
    make(
      `lifecycle.${hook}.sleep.seconds`,
      { ...more, lifecycle: { [hook]: { sleep: { seconds: 1 } } } },
      { ...more, lifecycle: { [hook]: { sleep: { seconds: 25 } } } },
    ),
  ]);
const port = (fields: JsonObject): JsonObject => ({
  ports: [{ containerPort: 80, hostPort: 9100, hostIP: '10.0.0.2', ...fields }],
});
const portCases = (make: typeof inContainer, more: JsonObject = {}): readonly Case[] => [
  make('ports[].hostPort', { ...more, ...port({}) }, { ...more, ...port({ hostPort: 9102 }) }),
  make('ports[].hostIP', { ...more, ...port({}) }, { ...more, ...port({ hostIP: '10.0.0.1' }) }),
  make('ports[].protocol', { ...more, ...port({}) }, { ...more, ...port({ protocol: 'UDP' }) }),
];
const amountCases = (make: typeof inContainer): readonly Case[] =>
  ['requests', 'limits'].map((field) => {
    const of = (cpu: string): JsonObject => ({ resources: { [field]: { cpu } } });
    return make(`resources.${field}`, of('100m'), of('8'));
  });
const rolling = (fields: JsonObject): JsonObject => ({
  updateStrategy: { type: 'RollingUpdate', rollingUpdate: fields },
});
const term = (kind: string, fields: JsonObject): JsonObject => ({
  affinity: {
    nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ [kind]: [fields] }] } },
  },
});
const TERMS = 'affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms[]';
const zone = (fields: JsonObject): JsonObject =>
  term('matchExpressions', { key: 'zone', operator: 'In', values: ['a'], ...fields });
const name = (fields: JsonObject): JsonObject =>
  term('matchFields', { key: 'metadata.name', operator: 'In', values: ['worker-1'], ...fields });
const TOLERATED = { key: 'edge', operator: 'Equal', value: 'yes', effect: 'NoSchedule' };
const tolerated = (fields: JsonObject): JsonObject => ({ tolerations: [{ ...TOLERATED, ...fields }] });

const CASES: readonly Case[] = [
  inSpec('minReadySeconds', { minReadySeconds: 1 }, { minReadySeconds: 9 }),
  inSpec('revisionHistoryLimit', { revisionHistoryLimit: 10 }, { revisionHistoryLimit: 0 }),
  inSpec('updateStrategy.type', {}, { updateStrategy: { type: 'OnDelete' } }),
  inSpec('updateStrategy.rollingUpdate.maxUnavailable', rolling({ maxUnavailable: 1 }), rolling({ maxUnavailable: 2 })),
  inSpec(
    'updateStrategy.rollingUpdate.maxSurge',
    rolling({ maxUnavailable: 0, maxSurge: 1 }),
    rolling({ maxUnavailable: 0, maxSurge: 2 }),
  ),
  inSpec('template.metadata.finalizers', {}, { template: { metadata: { finalizers: ['example.com/keep'] } } }),
  inPod('terminationGracePeriodSeconds', { terminationGracePeriodSeconds: 5 }, { terminationGracePeriodSeconds: 9 }),
  inPod('nodeName', {}, { nodeName: 'worker-0' }),
  inPod('readinessGates[].conditionType', {}, { readinessGates: [{ conditionType: 'example.com/open' }] }),
  inPod('os.name', { os: { name: 'linux' } }, { os: { name: 'windows' } }),
  inPod('hostNetwork', container({ ports: [{ containerPort: 9102 }] }), {
    hostNetwork: true,
    ...container({ ports: [{ containerPort: 9102 }] }),
  }),
  inPod('schedulerName', {}, { schedulerName: 'another' }),
  inPod('priorityClassName', container({ resources: { requests: { cpu: '1' } } }), {
    priorityClassName: 'system-node-critical',
    ...container({ resources: { requests: { cpu: '1' } } }),
  }),
  inPod('priority', {}, { priority: 5 }),
  inPod('preemptionPolicy', {}, { preemptionPolicy: 'Never' }),
  inPod('nodeSelector', {}, { nodeSelector: { zone: 'a' } }),
  inPod(`${TERMS}.matchExpressions[].key`, zone({}), zone({ key: 'disk' })),
  inPod(`${TERMS}.matchExpressions[].operator`, zone({}), zone({ operator: 'NotIn' })),
  inPod(`${TERMS}.matchExpressions[].values`, zone({}), zone({ values: ['b'] })),
  inPod(`${TERMS}.matchFields[].operator`, name({}), name({ operator: 'NotIn' })),
  inPod(`${TERMS}.matchFields[].values`, name({}), name({ values: ['worker-2'] })),
  inPod('tolerations[].key', tolerated({}), tolerated({ key: 'other' })),
  inPod('tolerations[].operator', tolerated({ value: undefined }), tolerated({ operator: 'Exists', value: undefined })),
  inPod('tolerations[].value', tolerated({}), tolerated({ value: 'no' })),
  inPod('tolerations[].effect', tolerated({}), tolerated({ effect: 'NoExecute' })),
  inPod(
    'tolerations[].tolerationSeconds',
    tolerated({ key: 'late', effect: 'NoExecute', tolerationSeconds: 10 }),
    tolerated({ key: 'late', effect: 'NoExecute', tolerationSeconds: 20 }),
  ),
  inPod('overhead', {}, { overhead: { cpu: '100' } }),
  inContainer('image', {}, { image: 'slow:v1' }),
  inContainer('imagePullPolicy', {}, { imagePullPolicy: 'Never' }),
  inPod(
    'containers[].ports[].containerPort',
    { hostNetwork: true, ...container({ ports: [{ containerPort: 80 }] }) },
    { hostNetwork: true, ...container({ ports: [{ containerPort: 9102 }] }) },
  ),
  ...portCases(inContainer),
  ...amountCases(inContainer),
  ...probeCases(inContainer, 'readinessProbe'),
  ...probeCases(inContainer, 'startupProbe'),
  ...['readinessProbe', 'startupProbe', 'livenessProbe'].flatMap((probe) => failureCases('containers', probe)),
  ...hookCases(inContainer),
  inInit('image', {}, { image: 'agent:v1' }),
  inInit('imagePullPolicy', {}, { imagePullPolicy: 'Never' }),
  inInit('restartPolicy', {}, { restartPolicy: 'Always' }),
  inPod(
    'initContainers[].ports[].containerPort',
    { hostNetwork: true, initContainers: [{ name: 'init', image: 'init:v1', ports: [{ containerPort: 80 }] }] },
    { hostNetwork: true, initContainers: [{ name: 'init', image: 'init:v1', ports: [{ containerPort: 9102 }] }] },
  ),
  ...portCases(inInit),
  ...amountCases(inInit),
  ...probeCases(inInit, 'readinessProbe', { restartPolicy: 'Always' }),
  ...probeCases(inInit, 'startupProbe', { restartPolicy: 'Always' }),
  ...['readinessProbe', 'startupProbe', 'livenessProbe'].flatMap((probe) => failureCases('initContainers', probe)),
  ...hookCases(inPatientInit, { restartPolicy: 'Always' }),
];

/** Names by which other fields are found, labels and annotations, and what a template of a DaemonSet has no choice about. */
const NAMING = [
  /^(apiVersion|kind|status)$/,
  /^metadata\./,
  /^spec\.selector\./,
  /^spec\.template\.metadata\.(labels|annotations)$/,
  /ontainers\[\]\.name$/,
  /matchFields\[\]\.key$/,
  /^spec\.template\.spec\.restartPolicy$/,
];

test.each(CASES)('$path: another value, another course', ({ path, one, other }) => {
  for (const spec of [one, other]) expect(decodeObject('DaemonSet', daemonSet(spec) as never).idle).not.toContain(path);
  expect(happenings(watchRun(planOf(other)).records)).not.toEqual(happenings(watchRun(planOf(one)).records));
});

test('every field of a DaemonSet that is not named as idle has a case here', () => {
  const acting = leavesOf(GO_SHAPES.DaemonSet, '').filter((path) => !NAMING.some((pattern) => pattern.test(path)));
  expect(new Set(CASES.map(({ path }) => path))).toEqual(new Set(acting));
});

/** Paths of what is not idle, down to texts, numbers and maps. */
function leavesOf(shape: GoShape, path: string): readonly string[] {
  if (typeof shape === 'string') return shape.startsWith('~') ? [] : [path];
  if ('map' in shape) return [path];
  if ('list' in shape)
    return typeof shape.list === 'string' ? leavesOf(shape.list, path) : leavesOf(shape.list, `${path}[]`);
  if (shape.idle === true) return [];
  return Object.entries(shape.fields).flatMap(([key, inner]) => leavesOf(inner, path === '' ? key : `${path}.${key}`));
}

function daemonSet(spec: JsonObject): DaemonSet {
  const labels = { app: 'agent' };
  const base = {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent', namespace: 'kube-system' },
    spec: { selector: { matchLabels: labels }, template: { metadata: { labels }, spec: container({}) } },
  };
  return JSON.parse(JSON.stringify(mergePatch(base, { spec }))) as DaemonSet;
}

/** Five nodes, one tainted from the start and one later; ports and most of a cpu are taken, an image is slow; and a rollout. */
function planOf(spec: JsonObject): Plan {
  const ports = [
    { containerPort: 1, hostPort: 9100, hostIP: '10.0.0.1' },
    { containerPort: 2, hostPort: 9100, protocol: 'UDP' },
    { containerPort: 3, hostPort: 9102 },
  ];
  const taker = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'taker', namespace: 'default' },
    spec: {
      nodeName: 'worker-0',
      containers: [{ name: 'main', image: 'taker:v1', ports, resources: { requests: { cpu: '3500m' } } }],
    },
  } as const;
  const update = {
    daemonSet: 'kube-system/agent',
    patch: { merge: { spec: { template: { metadata: { annotations: { turn: '2' } } } } } },
  };
  const step = { step: 'operation', type: 'update' } as const;
  return {
    version: PLAN_VERSION,
    scenario: 'fields',
    seed: '1',
    kubernetesVersion: '1.36',
    settings: {},
    params: {},
    durationMs: 480_000,
    pools: [
      { name: 'worker', count: 4, capacity: {}, spread: { topologyKey: 'zone', values: ['a', 'b'] } },
      { name: 'edge', count: 1, capacity: {}, taints: [{ key: 'edge', value: 'yes', effect: 'NoSchedule' }] },
    ],
    objects: [taker, daemonSet(spec)],
    models: [
      { select: { image: 'slow:v1' }, imagePull: { fixed: 30_000 } },
      {
        select: { image: FALLING },
        probes: {
          all: { failsAfter: { fixed: 0 }, recoversAfter: { fixed: 40_000 }, times: 1 },
          readiness: { failsAfter: { fixed: 100_000 }, recoversAfter: { fixed: 40_000 }, times: 1 },
        },
      },
      {
        select: { image: LATE },
        probes: { all: { failsAfter: { fixed: 0 }, answersIn: { fixed: 2000 }, times: 1 } },
      },
      {
        select: {},
        startup: { fixed: 2_500 },
        termination: { fixed: 20_000 },
        postStart: { fixed: 3_000 },
        preStop: { fixed: 25_000 },
      },
    ],
    steps: [
      { ...step, id: 'roll', atMs: 120_000, params: update },
      {
        step: 'operation',
        id: 'taint',
        type: 'taint',
        atMs: 360_000,
        params: { taint: 'late=yes:NoExecute', nodes: { include: ['worker-3'] } },
      },
    ],
    expectations: [],
    thresholds: [],
    limits: DEFAULT_LIMITS,
    explore: false,
  };
}
