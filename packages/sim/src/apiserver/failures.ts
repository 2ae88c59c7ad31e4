/** The API server's sentences for what goes wrong; users search for them, and controllers match on them. */
import { KINDS, type Kind } from '@everynode/core/api/objects';
import { type ApiFailure, type ApiFailureReason, apiFailure } from '@everynode/core/api/requests';
import type { FailureWords } from '../seams/seams.ts';

const MODIFIED = 'the object has been modified; please apply your changes to the latest version and try again';

export function notFound(kind: Kind, name: string): ApiFailure {
  return apiFailure('NotFound', `${KINDS[kind].resource} "${name}" not found`);
}

/** A kind, or a subresource of one, that the server does not serve. */
export function noSuchResource(): ApiFailure {
  return apiFailure('NotFound', 'the server could not find the requested resource');
}

/** A-8; with `generated` the server has tried several names itself. */
export function alreadyExists(kind: Kind, name: string, generated = false): ApiFailure {
  const tail = generated ? ', the server was not able to generate a unique name for the object' : '';
  return apiFailure('AlreadyExists', `${KINDS[kind].resource} "${name}" already exists${tail}`);
}

/** 403 of an admission plugin; `name` is what the object is called so far. */
export function forbidden(kind: Kind, name: string, detail: string): ApiFailure {
  return apiFailure('Forbidden', `${KINDS[kind].resource} "${name}" is forbidden: ${detail}`);
}

/** */
export function modified(kind: Kind, name: string): ApiFailure {
  return conflict(kind, name, MODIFIED);
}

export function conflict(kind: Kind, name: string, detail: string): ApiFailure {
  return apiFailure('Conflict', `Operation cannot be fulfilled on ${KINDS[kind].resource} "${name}": ${detail}`);
}

const INJECTED: Readonly<Partial<Record<ApiFailureReason, string>>> = {
  InternalError: 'an error on the server has prevented the request from succeeding',
  TooManyRequests: 'the server has received too many requests and has asked us to try again later',
  Timeout: 'Timeout: request did not complete within requested timeout',
};

/** A failure that a fault asks for, about the object of this name; 429 comes with Retry-After, as the server's own does. */
export function injected(
  reason: ApiFailureReason,
  { message, retryAfterSeconds }: FailureWords,
  name: string,
  stepId: string,
): ApiFailure {
  const text = message?.replaceAll('<name>', name) ?? INJECTED[reason] ?? `refused by fault ${stepId}`;
  return apiFailure(reason, text, retryAfterSeconds ?? (reason === 'TooManyRequests' ? 1 : undefined));
}
