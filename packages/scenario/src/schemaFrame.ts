/** The fixed part of the scenario language: everything that the registries of faults and expectations do not decide. */
import { VERSION_SWITCHES } from '@everynode/core/versionSwitches';
import type { JsonSchema } from '@everynode/sim/params';
import { SETTINGS } from '@everynode/sim/settings';
import { NODES_MAX, REPLICAS_MAX } from './limits.ts';
import {
  CAPACITY,
  closed,
  COUNT,
  DURATION,
  FLAG,
  LABELS,
  orReference,
  REFERENCE,
  STEP_ID_PATTERN,
  TAINTS,
  TEXT,
  TEXTS,
} from './schemaDefinitions.ts';
import { modelSchema } from './schemaModels.ts';
import { KUBELET, MACHINE } from './schemaPressure.ts';

export const API_VERSION = 'everynode.dev/v1alpha1';
export const BLOCKS = ['before', 'always', 'never', 'eventually', 'final'] as const;
const SCALAR: JsonSchema = { type: ['string', 'number', 'boolean', 'null'] };

/** Keys of a step beside the one that says what it does. */
export const STEP_KEYS: Readonly<Record<string, JsonSchema>> = {
  id: stepId('name of the step, for windows and reports'),
  description: { type: 'string' },
  at: DURATION,
  after: closed({ step: TEXT, plus: DURATION }, ['step']),
  every: DURATION,
  times: COUNT,
  mayBeVacuous: FLAG,
};

/** Keys of an assertion beside `invariant`, `with` and `object`. */
export const ASSERTION_KEYS: Readonly<Record<string, JsonSchema>> = {
  id: stepId('name of the assertion, for reports'),
  description: { type: 'string' },
  severity: { enum: ['critical', 'warning'] },
  when: { description: 'a condition such as params.x > 0', ...TEXT },
  window: { $ref: '#/definitions/window' },
};

/** Refers to the definitions step, assertion, eventually and threshold, which the registries decide. */
export function frameSchema(): JsonSchema {
  return closed(
    {
      apiVersion: { const: API_VERSION },
      kind: { const: 'Scenario' },
      metadata: closed({ name: stepId('name of the scenario'), labels: LABELS, annotations: LABELS }, ['name']),
      spec: closed(
        {
          description: { type: 'string' },
          seed: {
            description: 'a whole number from 0 to 2^53',
            type: 'integer',
            minimum: 0,
            maximum: Number.MAX_SAFE_INTEGER,
          },
          duration: DURATION,
          explore: {
            description:
              'true: wherever Go leaves the order open (lists of caches, walks over maps, concurrent calls) the seed shuffles; absent: by name',
            ...FLAG,
          },
          kubernetes: closed({
            version: {
              title: 'version',
              description: 'a version in quotes: "1.31" for the newest of that minor, "1.31.4" for exactly this one',
              ...TEXT,
            },
            featureGates: gatesSchema(),
            settings: settingsSchema(),
          }),
          parameters: { type: 'object', additionalProperties: parameterSchema() },
          matrix: matrixSchema(),
          cluster: clusterSchema(),
          manifests: { type: 'array', items: manifestSchema() },
          models: { type: 'array', items: modelSchema() },
          timeline: { type: 'array', items: { $ref: '#/definitions/step' } },
          expect: expectSchema(),
        },
        ['duration', 'cluster', 'manifests', 'expect'],
      ),
    },
    ['apiVersion', 'kind', 'metadata', 'spec'],
  );
}

function stepId(description: string): JsonSchema {
  return {
    title: 'id',
    description: `${description}: lower-case letters, digits and -`,
    type: 'string',
    pattern: STEP_ID_PATTERN,
    maxLength: 63,
  };
}

/** The gates of all releases; whether this one knows them is for the compiler to say. */
function gatesSchema(): JsonSchema {
  const entries = Object.values(VERSION_SWITCHES).flatMap(({ gate, behaviour }) =>
    gate === undefined
      ? []
      : [
          [
            gate.name,
            {
              ...FLAG,
              description: `${gate.reverts === true ? 'false' : 'true'}: ${behaviour} (from 1.${gate.since} on)`,
            },
          ] as const,
        ],
  );
  return closed(Object.fromEntries(entries));
}

function settingsSchema(): JsonSchema {
  const entries = Object.entries(SETTINGS).map(([name, { form, summary }]) => {
    return [
      name,
      form === 'duration' ? { description: summary, ...DURATION } : { ...COUNT, description: summary },
    ] as const;
  });
  return closed(Object.fromEntries(entries));
}

function parameterSchema(): JsonSchema {
  return closed(
    { default: SCALAR, description: { type: 'string' }, enum: { type: 'array', minItems: 1, items: SCALAR } },
    ['default'],
  );
}

function matrixSchema(): JsonSchema {
  const row: JsonSchema = { type: 'object', additionalProperties: SCALAR };
  const rows: JsonSchema = { type: 'array', items: row };
  return {
    type: 'object',
    properties: { include: rows, exclude: rows },
    additionalProperties: {
      description: 'the values of one parameter, as a list',
      type: 'array',
      minItems: 1,
      items: SCALAR,
    },
  };
}

function clusterSchema(): JsonSchema {
  const count = orReference({
    description: `a whole number from 0 to ${NODES_MAX}`,
    type: 'integer',
    minimum: 0,
    maximum: NODES_MAX,
  });
  const pool = closed(
    {
      name: stepId('name of the pool'),
      count,
      spread: closed({ topologyKey: TEXT, values: { ...TEXTS, minItems: 1 } }, ['topologyKey', 'values']),
      labels: LABELS,
      taints: TAINTS,
      capacity: CAPACITY,
      machine: MACHINE,
      kubelet: KUBELET,
      bootstrap: closed({
        startTaints: TAINTS,
        readyWhen: closed({ daemonSetPodReady: { $ref: '#/definitions/nsName' } }, ['daemonSetPodReady']),
      }),
      cloudProvider: {
        description:
          'external: a cloud controller initialises new nodes (taint uninitialized), labels them with zone, region and type, and removes those whose machine is gone',
        enum: ['external'],
      },
      cloudRoutes: {
        ...FLAG,
        description: 'true: a new node has NetworkUnavailable until the cloud controller has made a route to it',
      },
    },
    ['name', 'count'],
  );
  const replicas = orReference({
    description: `a whole number from 1 to ${REPLICAS_MAX}`,
    type: 'integer',
    minimum: 1,
    maximum: REPLICAS_MAX,
  });
  const controlPlane = {
    description: 'how often kube-controller-manager and kube-scheduler run; one of each leads',
    ...closed({ replicas }, ['replicas']),
  };
  return closed({ controlPlane, nodePools: { type: 'array', minItems: 1, items: pool } }, ['nodePools']);
}

/** A file or an object, with patches. */
export function manifestSchema(): JsonSchema {
  const keys = {
    path: { description: 'path of a manifest, seen from the scenario', ...TEXT },
    inline: { description: 'one API object', type: 'object' },
    patches: { type: 'array', items: patchSchema() },
  };
  return { ...closed(keys), oneOf: [{ required: ['path'] }, { required: ['inline'] }] };
}

function patchSchema(): JsonSchema {
  const operation = closed(
    {
      op: { enum: ['add', 'remove', 'replace', 'copy', 'move', 'test'] },
      path: { type: 'string' },
      from: { type: 'string' },
      value: {},
    },
    ['op', 'path'],
  );
  return {
    ...closed(
      {
        target: { ...closed({ kind: TEXT, name: TEXT, namespace: TEXT }), minProperties: 1 },
        merge: { description: 'a merge patch', type: 'object' },
        json6902: { type: 'array', minItems: 1, items: operation },
      },
      ['target'],
    ),
    oneOf: [{ required: ['merge'] }, { required: ['json6902'] }],
  };
}

function expectSchema(): JsonSchema {
  const blocks = BLOCKS.map((block) => [
    block,
    { type: 'array', items: { $ref: `#/definitions/${block === 'eventually' ? 'eventually' : 'assertion'}` } },
  ]);
  return {
    ...closed({
      ...Object.fromEntries(blocks),
      thresholds: { type: 'array', items: { $ref: '#/definitions/threshold' } },
    }),
    minProperties: 1,
  };
}

/** A number that a threshold compares with, or the parameter that holds it. */
export const BOUND: JsonSchema = { description: 'a number', anyOf: [{ type: 'number' }, REFERENCE] };
