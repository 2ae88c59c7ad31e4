/** Failures of the API server that people meet, in its own words: users search for them. Rules. */
import type { ApiFailureReason } from '@everynode/core/api/requests';
import type { FailureWords } from '../seams/seams.ts';

export const CASE_NAMES = [
  'throttled',
  'server-error',
  'webhook-denied',
  'webhook-unreachable',
  'quota-exceeded',
] as const;

export interface FailureCase extends FailureWords {
  readonly reason: ApiFailureReason;
}

const WEBHOOK = 'validate.example.com';

export const CASES: Readonly<Record<(typeof CASE_NAMES)[number], FailureCase>> = {
  throttled: {
    reason: 'TooManyRequests',
    message: 'the server has received too many requests and has asked us to try again later',
    retryAfterSeconds: 1,
  },
  'server-error': {
    reason: 'InternalError',
    message: 'an error on the server has prevented the request from succeeding',
  },
  'webhook-denied': {
    reason: 'Forbidden',
    message: `admission webhook "${WEBHOOK}" denied the request: not allowed by policy`,
  },
  'webhook-unreachable': {
    reason: 'InternalError',
    message: `Internal error occurred: failed calling webhook "${WEBHOOK}": failed to call webhook: Post "https://policy.example.svc:443/validate?timeout=10s": context deadline exceeded`,
  },
  'quota-exceeded': {
    reason: 'Forbidden',
    message: 'pods "<name>" is forbidden: exceeded quota: pods, requested: pods=1, used: pods=10, limited: pods=10',
  },
};
