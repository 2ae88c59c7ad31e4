/** Requests that fail, take long, or are carried out without anybody learning of it. Rules. */
import type { Kind } from '@everynode/core/api/objects';
import type { ApiFailureReason, ApiVerb } from '@everynode/core/api/requests';
import { choice, client, count, draw, duration, kind, odds, optional, text, withDefault } from '../params.ts';
import { CASE_NAMES, CASES, type FailureCase } from './apiErrorCases.ts';
import type { ClientMatch } from '../seams/seams.ts';
import { type AnyFault, defineFault } from './fault.ts';

const VERBS = [
  'get',
  'list',
  'create',
  'update',
  'updateStatus',
  'patch',
  'delete',
  'deleteCollection',
  'finalize',
  'bind',
  'evict',
] as const satisfies readonly ApiVerb[];
const REASONS = [
  'InternalError',
  'TooManyRequests',
  'Timeout',
  'Conflict',
  'Forbidden',
  'NamespaceTerminating',
  'NotFound',
  'AlreadyExists',
  'Invalid',
] as const satisfies readonly ApiFailureReason[];

const WHO = {
  client: optional(client('whose requests; absent: everybody’s')),
  kind: optional(kind('only requests about this kind')),
  verb: optional(choice('only requests with this verb', VERBS)),
  count: optional(count('at most this many; absent: as many as come')),
};
const ODDS = withDefault(odds('how many of them, such as 1/20 or 5%'), { numerator: 1, denominator: 1 });

export const apiError: AnyFault = defineFault({
  summary: 'Lets requests fail before the server has done anything.',
  targets: 'none',
  bends: ['requests'],
  rules: ['A-18', 'A-25', 'A-26', 'I-14'],
  example: { for: '1m', client: 'daemonset-controller', kind: 'Pod', verb: 'create', case: 'quota-exceeded' },
  instant: false,
  params: {
    ...WHO,
    odds: ODDS,
    case: optional(choice('a failure with upstream’s own words, in place of reason and message', CASE_NAMES)),
    reason: optional(choice('what the server answers; absent: InternalError', REASONS)),
    message: optional(text('the message of the answer; <name> stands for the name of the object')),
    retryAfter: optional(duration('Retry-After in whole seconds: clients repeat by themselves, up to ten times')),
  },
  begin: ({ seams, params }) => {
    const { odds: chance, message, reason, retryAfter } = params;
    const known: FailureCase = params.case === undefined ? { reason: 'InternalError' } : CASES[params.case];
    return seams.api.fail(matchOf(params), reason ?? known.reason, chance, {
      ...known,
      ...(message === undefined ? {} : { message }),
      ...(retryAfter === undefined ? {} : { retryAfterSeconds: Math.trunc((retryAfter + 999) / 1000) }),
    });
  },
});

export const apiLatency: AnyFault = defineFault({
  summary:
    'Lets requests take longer on their way to the server; beyond 60 s the client gives up, and the request is carried out all the same.',
  targets: 'none',
  bends: ['requests'],
  rules: ['A-26', 'V-1'],
  example: { for: '1m', client: 'daemonset-controller', verb: 'create', delay: { uniform: { min: '1s', max: '5s' } } },
  instant: false,
  params: { ...WHO, delay: draw('how much longer each request takes') },
  begin: ({ seams, params }) => seams.api.delay(matchOf(params), params.delay),
});

export const lostResponse: AnyFault = defineFault({
  summary: 'Requests are carried out, and their answers never arrive: the client sees a timeout and cannot know.',
  targets: 'none',
  bends: ['requests'],
  rules: ['A-26', 'DS-S3'],
  example: { for: '1m', client: 'daemonset-controller', kind: 'Pod', verb: 'create', odds: '1/2' },
  instant: false,
  params: { ...WHO, odds: ODDS },
  begin: ({ seams, params }) => seams.api.loseResponse(matchOf(params), params.odds),
});

interface Who {
  readonly client?: string;
  readonly kind?: string;
  readonly verb?: ApiVerb;
  readonly count?: number;
}

function matchOf(who: Who): ClientMatch {
  return {
    ...(who.client === undefined ? {} : { client: who.client }),
    ...(who.kind === undefined ? {} : { kind: who.kind as Kind }),
    ...(who.verb === undefined ? {} : { verb: who.verb }),
    ...(who.count === undefined ? {} : { count: who.count }),
  };
}
