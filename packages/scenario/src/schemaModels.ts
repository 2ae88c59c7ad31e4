/** How a scenario says what no manifest tells of its pods: how long their steps take, and how they fail. */
import { CREATION_ERRORS } from '@everynode/sim/plan';
import type { JsonSchema } from '@everynode/sim/params';
import { closed, COUNT, DRAW, orReference, QUANTITY, TEXT } from './schemaDefinitions.ts';
import { USAGE } from './schemaPressure.ts';

/** Spells of one container's life; more would be a plan of gigabytes. */
const SPELLS_MAX = 1000;

const EXIT_CODE: JsonSchema = { type: 'integer', minimum: 0, maximum: 255 };

/** Times in which the probes of one kind fail. */
const FAILING: JsonSchema = {
  description: 'when the application fails these probes: failsAfter, recoversAfter, times, answersIn',
  ...closed(
    {
      failsAfter: { description: 'from the start of its container, and again from each recovery', ...DRAW },
      recoversAfter: { description: 'for how long it fails; absent: until the container is started anew', ...DRAW },
      times: orReference({
        description: 'how often after each start',
        type: 'integer',
        minimum: 1,
        maximum: SPELLS_MAX,
      }),
      answersIn: { description: 'it answers, but so late (see timeoutSeconds); absent: it fails at once', ...DRAW },
    },
    ['failsAfter'],
  ),
};

export function modelSchema(): JsonSchema {
  return closed(
    {
      select: closed({
        daemonSet: { $ref: '#/definitions/nsName' },
        image: TEXT,
        nodes: { $ref: '#/definitions/nodeTarget' },
      }),
      imagePull: DRAW,
      startup: DRAW,
      readiness: DRAW,
      termination: DRAW,
      postStart: { description: 'how long a postStart hook runs that is no sleep', ...DRAW },
      preStop: { description: 'how long a preStop hook runs that is no sleep', ...DRAW },
      crash: closed({ after: DRAW, exitCode: EXIT_CODE }, ['after']),
      probes: { ...closed({ all: FAILING, readiness: FAILING, liveness: FAILING }), minProperties: 1 },
      init: closed({ takes: DRAW, failures: COUNT, exitCode: EXIT_CODE }, ['takes']),
      creation: closed({ fails: { enum: CREATION_ERRORS }, message: TEXT, times: COUNT }, ['fails']),
      usage: USAGE,
      imageSize: QUANTITY,
    },
    ['select'],
  );
}
