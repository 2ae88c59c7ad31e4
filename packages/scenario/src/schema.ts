/**
 * The JSON schema of scenarios (draft-07): the fixed frame and the parameters that the registries declare. Editors,
 * `ajv` and the reference all read this one; `scenarios/scenario.schema.json` is written from it.
 */
import { KINDS } from '@everynode/core/api/objects';
import type { JsonSchema, Param, ParamSet } from '@everynode/sim/params';
import { closed, DEFINITIONS, DRAW, DURATION, orReference, TEXT, whenNamed } from './schemaDefinitions.ts';
import { ASSERTION_KEYS, BOUND, frameSchema, manifestSchema, STEP_KEYS } from './schemaFrame.ts';
import { APPLY, CEL, type FaultEntry, OBJECT, type Vocabulary } from './vocabulary.ts';

const STATS = ['min', 'max', 'avg', 'p50', 'p90', 'p95', 'p99', 'count', 'sum', 'last'];
export const COMPARISONS = ['lt', 'lte', 'gt', 'gte', 'eq'] as const;

/** The whole schema for one vocabulary. */
export function scenarioSchema(vocabulary: Vocabulary): JsonSchema {
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    $id: 'https://everynode.dev/scenario.v1alpha1.schema.json',
    title: 'Scenario of everynode',
    ...frameSchema(),
    definitions: {
      ...DEFINITIONS,
      fault: faultSchema(vocabulary.faults),
      step: stepSchema(vocabulary),
      demand: demandSchema(vocabulary),
      assertion: assertionSchema(vocabulary, {}),
      eventually: assertionSchema(vocabulary, { within: DURATION, hold: DURATION }),
      threshold: thresholdSchema(vocabulary),
    },
  };
}

/** A step does one thing: it begins a fault or performs an operation. */
function stepSchema({ operations }: Vocabulary): JsonSchema {
  const deeds = ['fault', ...Object.keys(operations)];
  const operationSchemas = Object.entries(operations).map(([name, { summary, params }]) => {
    if (name === APPLY)
      return [
        name,
        {
          type: 'array',
          minItems: 1,
          items: manifestSchema(),
          description: summary,
          $comment: 'a list of manifests, as under spec.manifests',
        },
      ];
    return [
      name,
      { ...paramsSchema(params, {}, [], 'victims'), description: summary, $comment: 'a mapping of its parameters' },
    ];
  });
  return {
    ...closed({ ...STEP_KEYS, fault: { $ref: '#/definitions/fault' }, ...Object.fromEntries(operationSchemas) }, [
      'id',
    ]),
    anyOf: ['at', 'after', 'every'].map((key) => ({ required: [key] })),
    oneOf: deeds.map((key) => ({ required: [key] })),
  };
}

function faultSchema(faults: Readonly<Record<string, FaultEntry>>): JsonSchema {
  const names = Object.keys(faults);
  return {
    type: 'object',
    required: ['type'],
    properties: { type: { title: 'fault', enum: names } },
    allOf: Object.entries(faults).map(([name, fault]) => {
      const required = needsTargets(fault) ? ['type', 'targets'] : ['type'];
      return whenNamed('type', name, paramsSchema(fault.params, faultKeys(name, fault), required));
    }),
  };
}

function faultKeys(name: string, { summary, instant, targets }: FaultEntry): Readonly<Record<string, JsonSchema>> {
  const keys: Record<string, JsonSchema> = { type: { const: name, description: summary } };
  if (!instant) keys['for'] = { ...DRAW };
  const victims = { $ref: `#/definitions/${targets === 'zone' ? 'zoneVictims' : 'victims'}` };
  if (targets !== 'none') keys['targets'] = closed({ nodes: victims }, ['nodes']);
  return keys;
}

/** Pods are meant on all nodes where none is named; a machine is never. */
function needsTargets({ targets }: FaultEntry): boolean {
  return targets === 'nodes' || targets === 'zone';
}

/** What an assertion demands: a name of the registry with its parameters, a partial object, or an expression. */
function demandSchema({ expectations }: Vocabulary): JsonSchema {
  return {
    type: 'object',
    oneOf: [{ required: ['invariant'] }, { required: ['object'] }, { required: ['cel'] }],
    allOf: namedExpectations(expectations).map(([name, { params }]) => {
      const required = hasRequired(params) ? { required: ['with'] } : {};
      return whenNamed('invariant', name, {
        type: 'object',
        properties: { with: paramsSchema(params, {}) },
        ...required,
      });
    }),
  };
}

function assertionSchema({ expectations }: Vocabulary, more: Readonly<Record<string, JsonSchema>>): JsonSchema {
  return {
    ...closed(
      {
        ...ASSERTION_KEYS,
        ...more,
        invariant: { title: 'invariant', enum: namedExpectations(expectations).map(([name]) => name) },
        with: { type: 'object' },
        object: {
          description: 'a part of an API object that must be found',
          type: 'object',
          required: ['kind'],
          properties: { kind: { title: 'kind', enum: Object.keys(KINDS) } },
        },
        cel: { description: 'a CEL expression that is true or false', ...TEXT },
      },
      ['id'],
    ),
    allOf: [{ $ref: '#/definitions/demand' }],
  };
}

function namedExpectations(
  expectations: Vocabulary['expectations'],
): readonly (readonly [string, Vocabulary['expectations'][string]])[] {
  return Object.entries(expectations).filter(([name]) => name !== OBJECT && name !== CEL);
}

function thresholdSchema({ metrics }: Vocabulary): JsonSchema {
  const bounds = Object.fromEntries(COMPARISONS.map((comparison) => [comparison, BOUND]));
  return {
    ...closed(
      {
        ...ASSERTION_KEYS,
        metric: { title: 'metric', enum: Object.keys(metrics) },
        stat: { enum: STATS },
        labels: { type: 'object', description: 'names and texts' },
        ...bounds,
      },
      ['id', 'metric'],
    ),
    anyOf: COMPARISONS.map((key) => ({ required: [key] })),
    allOf: Object.entries(metrics).map(([name, { required, optional }]) => {
      const labels = closed(Object.fromEntries([...required, ...optional].map((label) => [label, TEXT])), required);
      const needed = required.length > 0 ? { required: ['labels'] } : {};
      return whenNamed('metric', name, { type: 'object', properties: { labels }, ...needed });
    }),
  };
}

/** An object of these parameters beside other keys. `target`: whether node targets are drawn, and so may have a pick. */
function paramsSchema(
  params: ParamSet,
  others: Readonly<Record<string, JsonSchema>>,
  othersRequired: readonly string[] = [],
  target: 'nodeTarget' | 'victims' = 'nodeTarget',
): JsonSchema {
  const properties = Object.entries(params).map(([name, param]) => [name, paramSchema(param, target)]);
  const required = Object.entries(params)
    .filter(([, param]) => isRequired(param))
    .map(([name]) => name);
  return closed({ ...others, ...Object.fromEntries(properties) }, [...othersRequired, ...required]);
}

function paramSchema({ kind, schema, summary }: Param, target: 'nodeTarget' | 'victims'): JsonSchema {
  if (kind === 'nodes') return { $ref: `#/definitions/${target}`, description: summary };
  const isScalar = kind === 'choice' || kind === 'odds' || kind === 'kind';
  const form = isScalar ? orReference(schema) : schema;
  // Draft-07 readers ignore what stands beside `$ref`; editors show it all the same.
  const said = Object.hasOwn(FORMS, kind) ? { $comment: FORMS[kind] } : {};
  return kind === 'json' && Object.keys(schema).length === 0
    ? { description: summary }
    : { ...form, ...said, description: summary };
}

/** What a message asks for; the description tells what the parameter is for. */
const FORMS: Readonly<Partial<Record<Param['kind'], string>>> = {
  count: 'a whole number from 0',
  flag: 'true or false',
  odds: 'odds such as 1/20 or 5%',
  daemonSet: 'a DaemonSet as namespace/name',
  client: 'the name of a component, such as daemonset-controller or kubelet/worker-0',
  process: 'the name of a process, such as daemonset-controller or kubelet/worker-0',
};

function isRequired({ optional, defaultValue }: Param): boolean {
  return !optional && defaultValue === undefined;
}

function hasRequired(params: ParamSet): boolean {
  return Object.values(params).some(isRequired);
}
