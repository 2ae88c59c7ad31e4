/** The words of the scenario language that recur: durations, draws, node targets, selectors. Each says what it expects. */
import type { JsonSchema } from '@everynode/sim/params';
import { DURATION_FORM } from './duration.ts';

/** A whole scalar that stands for a parameter. */
export const REFERENCE_PATTERN = '^\\$\\{params\\.[A-Za-z][A-Za-z0-9_]*\\}$';
export const STEP_ID_PATTERN = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$';
const NAMESPACED_NAME_PATTERN = '^[a-z0-9]([-a-z0-9]*[a-z0-9])?/[a-z0-9]([-a-z0-9.]*[a-z0-9])?$';

export const REFERENCE: JsonSchema = { $ref: '#/definitions/ref' };
export const DURATION: JsonSchema = { $ref: '#/definitions/duration' };
export const DRAW: JsonSchema = { $ref: '#/definitions/draw' };

/** An object that has these keys and no others. */
export function closed(properties: Readonly<Record<string, unknown>>, required: readonly string[] = []): JsonSchema {
  return { type: 'object', additionalProperties: false, ...(required.length > 0 ? { required } : {}), properties };
}

/** `then` holds for objects whose `key` is the name. */
export function whenNamed(key: string, name: string, consequence: JsonSchema): JsonSchema {
  const condition = { type: 'object', properties: { [key]: { const: name } }, required: [key] };
  // oxlint-disable-next-line unicorn/no-thenable -- JSON Schema's own word
  return { if: condition, then: consequence };
}

/** The schema, or a reference to a parameter where it is a scalar that a reference does not match by itself. */
export function orReference(schema: JsonSchema): JsonSchema {
  const { title, description, ...rest } = schema;
  const said = { ...(title === undefined ? {} : { title }), ...(description === undefined ? {} : { description }) };
  return { ...said, anyOf: [rest, REFERENCE] };
}

export const TEXT: JsonSchema = { type: 'string', minLength: 1 };
export const TEXTS: JsonSchema = { type: 'array', items: TEXT };
export const COUNT: JsonSchema = orReference({ description: 'a whole number from 0', type: 'integer', minimum: 0 });
export const FLAG: JsonSchema = orReference({ description: 'true or false', type: 'boolean' });
const TEXT_MAP: JsonSchema = {
  type: 'object',
  description: 'names and texts',
  additionalProperties: { type: 'string' },
};
export const LABELS: JsonSchema = TEXT_MAP;

export const TAINTS: JsonSchema = {
  type: 'array',
  items: closed(
    { key: TEXT, value: { type: 'string' }, effect: { enum: ['NoSchedule', 'PreferNoSchedule', 'NoExecute'] } },
    ['key', 'effect'],
  ),
};

export const QUANTITY: JsonSchema = { description: 'a quantity such as 500m, 4 or 16Gi', type: ['string', 'number'] };
export const CAPACITY: JsonSchema = {
  type: 'object',
  properties: { cpu: QUANTITY, memory: QUANTITY, 'ephemeral-storage': QUANTITY, pods: QUANTITY },
  additionalProperties: QUANTITY,
};

/** Which nodes; the parts given must all hold. */
const TARGET_PARTS = {
  zone: { description: 'a zone, or several', anyOf: [TEXT, { type: 'array', items: TEXT, minItems: 1 }] },
  pool: { description: 'name of a node pool', ...TEXT },
  names: { description: 'names of nodes', ...TEXTS },
  selector: { $ref: '#/definitions/labelSelector' },
  fault: {
    description: 'nodes that a fault step hits; `!step` means all others',
    type: 'string',
    pattern: '^!?[a-z0-9][-a-z0-9]*$',
  },
};

const PICK = closed(
  {
    mode: { enum: ['all', 'one', 'fixed', 'percent', 'max-percent'] },
    value: { $ref: '#/definitions/intOrPercent' },
    order: { enum: ['random', 'name', 'reverse-name', 'creation'] },
    round: { enum: ['up', 'down'] },
  },
  ['mode'],
);

const DURATIONS_DRAWN = {
  fixed: DURATION,
  uniform: closed({ min: DURATION, max: DURATION }, ['min', 'max']),
  lognormal: closed({ p50: DURATION, p99: DURATION, cap: DURATION }, ['p50', 'p99']),
  choice: {
    type: 'array',
    minItems: 1,
    items: closed({ value: DURATION, weight: { type: 'integer', minimum: 1 } }, ['value', 'weight']),
  },
};

export const DEFINITIONS: Readonly<Record<string, JsonSchema>> = {
  ref: { type: 'string', pattern: REFERENCE_PATTERN },
  duration: {
    title: 'duration',
    description: DURATION_FORM,
    anyOf: [{ type: 'string', pattern: '^([0-9]+(\\.[0-9]+)?(ms|s|m|h))+$' }, { const: '0' }, REFERENCE],
  },
  percent: { description: 'a percentage such as 10%', type: 'string', pattern: '^[0-9]{1,3}%$' },
  intOrPercent: {
    title: 'intOrPercent',
    description: 'a whole number or a percentage such as 10%',
    anyOf: [{ type: 'integer', minimum: 0 }, { $ref: '#/definitions/percent' }, REFERENCE],
  },
  nsName: { description: 'namespace/name', type: 'string', pattern: NAMESPACED_NAME_PATTERN },
  labelSelector: closed({
    matchLabels: TEXT_MAP,
    matchExpressions: {
      type: 'array',
      items: closed(
        {
          key: TEXT,
          operator: { enum: ['In', 'NotIn', 'Exists', 'DoesNotExist'] },
          values: { type: 'array', items: { type: 'string' } },
        },
        ['key', 'operator'],
      ),
    },
  }),
  nodeTarget: closed(TARGET_PARTS),
  victims: closed({ ...TARGET_PARTS, pick: PICK }),
  zoneVictims: closed({ ...TARGET_PARTS, pick: PICK }, ['zone']),
  draw: {
    title: 'duration',
    description: `${DURATION_FORM}, or one of fixed, uniform, lognormal, choice`,
    anyOf: [DURATION, { ...closed(DURATIONS_DRAWN), minProperties: 1, maxProperties: 1 }],
  },
  window: {
    ...closed({ after: TEXT, from: TEXT, until: TEXT, during: TEXT }),
    description: 'a span between steps: after, from, until, during',
  },
};
