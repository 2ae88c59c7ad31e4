/**
 * Deletes the lease of a node that is gone. Leases are owned by their nodes and watched by no garbage collector of
 * ours: renewals would outnumber everything else. Rules: K-1, A-16.
 */
import { type ObjectKey, objectKey } from '@everynode/core/api/meta';
import type { ApiResult } from '@everynode/core/api/requests';
import type { ComponentContext } from './component.ts';

const LEASE_NAMESPACE = 'kube-node-lease';

export function leaseKey(nodeName: string): ObjectKey {
  return objectKey(LEASE_NAMESPACE, nodeName);
}

/** Asks the server for lease and owner, and deletes the lease only if its very node is no longer there. */
export function collectLease(ctx: ComponentContext, key: ObjectKey, finished: (ok: boolean) => void): void {
  ctx.send({ verb: 'get', kind: 'Lease', key }, (got) => {
    const [owner] = got.ok ? (got.object?.metadata.ownerReferences ?? []) : [];
    if (owner === undefined) {
      finished(isGone(got));
      return;
    }
    ctx.send({ verb: 'get', kind: 'Node', key: owner.name }, (result) => {
      const isThere = result.ok && result.object?.metadata.uid === owner.uid;
      if (isThere || (!result.ok && result.reason !== 'NotFound')) finished(isThere);
      else ctx.send({ verb: 'delete', kind: 'Lease', key }, (deleted) => finished(isGone(deleted)));
    });
  });
}

/** What was asked for is so: done, or nothing left to do it to. */
export function isGone(result: ApiResult): boolean {
  return result.ok || result.reason === 'NotFound';
}
