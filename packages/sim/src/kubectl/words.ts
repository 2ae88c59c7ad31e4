/** How kubectl speaks of objects and of what the server refuses. */
import type { DaemonSet } from '@everynode/core/api/daemonSet';
import { splitKey } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import type { Kind } from '@everynode/core/api/objects';
import type { ApiFailure, ApiRequest, ApiResult } from '@everynode/core/api/requests';
import type { NodeFilter } from '../plan.ts';

const NAMES: Readonly<Record<Kind, string>> = {
  Pod: 'pod',
  Node: 'node',
  DaemonSet: 'daemonset.apps',
  ControllerRevision: 'controllerrevision.apps',
  Lease: 'lease.coordination.k8s.io',
  PodDisruptionBudget: 'poddisruptionbudget.policy',
  Namespace: 'namespace',
  ResourceQuota: 'resourcequota',
};

/** `daemonset.apps/agent`. */
export function nameOf(kind: Kind, key: string): string {
  return `${NAMES[kind]}/${splitKey(key).name}`;
}

/** `daemonset.apps "agent" deleted`: how `kubectl delete` names things. */
export function quotedNameOf(kind: Kind, key: string): string {
  return `${NAMES[kind]} ${JSON.stringify(splitKey(key).name)}`;
}

/** An invalid object's errors stand in a list where there are several (DS-V26). */
export function serverError({ reason, message, causes = [] }: ApiFailure): string {
  // The server says Forbidden, and in a detail why.
  if (reason === 'NamespaceTerminating') return `Error from server (Forbidden): ${message}`;
  if (reason !== 'Invalid') return `Error from server (${reason}): ${message}`;
  const [, kind, name, rest = ''] = INVALID.exec(message) ?? [];
  if (kind === undefined) return `The request is invalid: ${causes.length > 0 ? causes.join(', ') : message}`;
  const head = `The ${kind} ${name} is invalid`;
  return causes.length > 1 ? [`${head}: `, ...causes.map((cause) => `* ${cause}`)].join('\n') : `${head}${rest}`;
}

/** The server names the group of a kind, kubectl does not. */
const INVALID = /^([A-Za-z]+)(?:\.[a-z0-9.]+)? ("[^"]*") is invalid(: .*)?$/s;

/** Victims of a step: the plan names them. */
export function namesIn(filter: NodeFilter): readonly string[] {
  return filter.include ?? [];
}

/** Who asks the server and repeats what it said. */
export interface Speaker {
  send(request: ApiRequest, done?: (result: ApiResult) => void): void;
  say(message: string): void;
}

/** Reads an object and goes on with it, or says what the server said. */
export function withObject<T extends DaemonSet | Node>(
  { send, say }: Speaker,
  kind: T['kind'],
  key: string,
  go: (object: T) => void,
): void {
  send({ verb: 'get', kind, key }, (result) => {
    if (!result.ok) say(serverError(result));
    else go(result.object as T);
  });
}

/** Says `done` when the server agreed, its complaint otherwise: behind `failed`, where the command has words of its own. */
export function sayOutcome(say: (message: string) => void, done: string, failed?: string): (result: ApiResult) => void {
  return (result) => {
    if (result.ok) say(done);
    else say(failed === undefined ? serverError(result) : `error: ${failed}: ${result.message}`);
  };
}
