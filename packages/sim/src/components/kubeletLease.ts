/**
 * A node's heartbeat: one small object, renewed every ten seconds for as long as the kubelet lives and reaches the API.
 * Twin: component-helpers apimachinery/lease controller.go. Rules: K-1.
 */
import { keyOf } from '@everynode/core/api/meta';
import type { Lease, Node } from '@everynode/core/api/node';
import type { ApiResult } from '@everynode/core/api/requests';
import { formatMicroTime } from '@everynode/core/api/time';
import type { KubeletContext } from './component.ts';

const NAMESPACE = 'kube-node-lease';
const DURATION_SECONDS = 40;
const RENEW_MS = 10_000;
/** 4 % of the period, only ever later. */
const JITTER_MS = 400;
/** After a failure: 100 ms doubled up to 7 s, five times; then the next period. */
const RETRIES_MAX = 5;
const RETRY_FIRST_MS = 100;
const RETRY_MAX_MS = 7000;

export interface LeaseOptions {
  readonly firstInMs: number;
  /** The Node as the kubelet last saw it, the lease's owner. */
  readonly node: () => Node | undefined;
  /** The server answers again after it did not. */
  readonly heardAgain: () => void;
}

/** Keeps the lease fresh for as long as the kubelet lives. */
export function keepLease(ctx: KubeletContext, { firstInMs, node, heardAgain }: LeaseOptions): void {
  const rootCause = ctx.trace.cause;
  let known = ctx.registration.lease === undefined ? undefined : unversioned(ctx.registration.lease);
  const later = (delayMs: number, run: () => void): void => {
    ctx.trace.causedBy(rootCause, () => ctx.heartbeats.schedule(delayMs, run));
  };
  // One draw for this life of the kubelet, so that its renewals follow a rule and can be left out (heartbeats.ts).
  const periodMs = RENEW_MS + ctx.rng('lease').below(JITTER_MS + 1);
  let sentAtMs = 0;
  let isUnheard = false;
  const nextPeriod = (): void => later(periodMs, () => renew(0));
  const resume = (delayMs: number): void => later(delayMs, () => renew(0));
  const rest = (nextAtMs: number): void => {
    if (!ctx.heartbeats.restRenewals({ nextAtMs, periodMs, resume })) resume(Math.max(0, nextAtMs - ctx.nowMs()));
  };
  const failed = (retries: number): void => {
    isUnheard = true;
    if (retries === RETRIES_MAX) nextPeriod();
    else later(Math.min(RETRY_FIRST_MS * 2 ** retries, RETRY_MAX_MS), () => renew(retries + 1));
  };
  const answered = (result: ApiResult, retries: number): void => {
    if (result.ok) {
      if (isUnheard) heardAgain();
      isUnheard = false;
      if (known === undefined && result.object?.kind === 'Lease') known = unversioned(result.object);
      rest(sentAtMs + periodMs);
      return;
    }
    // A node's lease goes with the node; a kubelet that lives on makes a new one (K-40).
    if (result.reason === 'NotFound') known = undefined;
    failed(retries);
  };
  const renew = (retries: number): void => {
    sentAtMs = ctx.nowMs();
    const renewTime = formatMicroTime(sentAtMs);
    if (known === undefined) {
      adopt(retries, renewTime);
      return;
    }
    const object = { ...known, spec: { ...known.spec, renewTime } };
    ctx.heartbeats.send({ verb: 'update', object }, (result) => answered(result, retries));
  };
  const adopt = (retries: number, renewTime: string): void => {
    const lease = newLease(ctx.nodeName, node(), renewTime);
    ctx.send({ verb: 'get', kind: 'Lease', key: keyOf(lease) }, (got) => {
      if (got.ok && got.object?.kind === 'Lease') {
        known = unversioned(got.object);
        renew(retries);
      } else if (!got.ok && got.reason === 'NotFound') {
        ctx.send({ verb: 'create', object: lease }, (result) => answered(result, retries));
      } else failed(retries);
    });
  };
  if (known === undefined) later(firstInMs, () => renew(0));
  else rest(ctx.nowMs() + firstInMs);
}

function newLease(nodeName: string, node: Node | undefined, renewTime: string): Lease {
  const uid = node?.metadata.uid;
  const owner = uid === undefined ? {} : { ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: nodeName, uid }] };
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { name: nodeName, namespace: NAMESPACE, ...owner },
    spec: { holderIdentity: nodeName, leaseDurationSeconds: DURATION_SECONDS, renewTime },
  };
}

/** Renewals name no version: whoever holds the name holds the lease. */
function unversioned(lease: Lease): Lease {
  const { resourceVersion: _version, ...metadata } = lease.metadata;
  return { ...lease, metadata };
}
