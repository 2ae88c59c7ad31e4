/** What a request is, as rules of faults, records and rate limits look at it: its kind, its object, whether it only reads. */
import { fieldsOf, textOf } from '@everynode/core/api/goText';
import { objectKey } from '@everynode/core/api/meta';
import type { Kind } from '@everynode/core/api/objects';
import type { ApiRequest } from '@everynode/core/api/requests';

/** Where the leases of leaders are; heartbeats of nodes are elsewhere. */
const ELECTIONS = 'kube-system/';

/** A look at a lease that candidates contend for, or its renewal: these travel without spread, so that they can be left out. */
export function isElection(request: ApiRequest): boolean {
  if (request.verb === 'get') return request.kind === 'Lease' && request.key.startsWith(ELECTIONS);
  return (
    request.verb === 'update' &&
    request.object.kind === 'Lease' &&
    `${textOf(fieldsOf(request.object.metadata)['namespace'])}/` === ELECTIONS
  );
}

export function isRead({ verb }: ApiRequest): boolean {
  return verb === 'get' || verb === 'list';
}

export function kindOf(request: ApiRequest): Kind {
  if ('object' in request) return request.object.kind;
  return 'kind' in request ? request.kind : 'Pod';
}

/** Key of the object a request is about; none for a list, and for a create whose name the server will make. */
export function targetOf(request: ApiRequest): string | undefined {
  if ('key' in request) return request.key;
  // The body may be anything: the server has not read it yet.
  const { name, namespace } = 'object' in request ? fieldsOf(request.object.metadata) : {};
  return textOf(name) === '' ? undefined : objectKey(textOf(namespace), textOf(name));
}
