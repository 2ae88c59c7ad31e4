/**
 * The pods of one DaemonSet during one sync. Upstream claims anew for every step; so does this, except where nothing can
 * have changed since: no request has left, so no watch event has come in either.
 * Twin: daemon_controller.go getDaemonPods, getNodesToDaemonPods. Rules: DS-D8, DS-M1, DS-U6.
 */
import type { DaemonSet } from '../api/daemonSet.ts';
import type { Pod } from '../api/pod.ts';
import { type Claimed, claimObjects } from './claim.ts';
import { podMappingError } from './history.ts';
import { groupPodsByNode, type PodsByNode } from './manage.ts';
import type { Sync, SyncContext } from './syncContext.ts';
import { aggregate } from './syncNodes.ts';

export type PodMapping =
  | { readonly ok: true; readonly podsByNode: PodsByNode }
  | { readonly ok: false; readonly error: string };

export class ClaimedPods {
  readonly #ds: DaemonSet;
  readonly #ctx: SyncContext;
  #claimed: Claimed<Pod> | undefined;
  #byNode: PodsByNode | undefined;

  constructor(ds: DaemonSet, ctx: SyncContext) {
    this.#ds = ds;
    this.#ctx = ctx;
  }

  /** All of them, of every phase; adopts and releases on the way. */
  *claim(): Sync<Claimed<Pod>> {
    if (this.#claimed !== undefined) return this.#claimed;
    const cached = this.#ctx.podsInNamespace(this.#ds.metadata.namespace ?? '');
    const ordered = this.#ctx.order(cached);
    const claimed = yield* claimObjects(this.#ds, 'Pod', ordered);
    // Where Go has no order each step may see another one, and what was patched may look different by the next.
    if (ordered === cached && !claimed.hasPatched) this.#claimed = claimed;
    return claimed;
  }

  /** By target node, without those that are terminal and terminating. */
  *byNode(): Sync<PodMapping> {
    if (this.#byNode !== undefined) return { ok: true, podsByNode: this.#byNode };
    const { claimed, errors } = yield* this.claim();
    if (errors.length > 0) return { ok: false, error: podMappingError(this.#ds, aggregate(errors)) };
    const includeDeletedTerminal = !this.#ctx.profile.skipDeletedTerminal;
    const podsByNode = groupPodsByNode(claimed, { includeDeletedTerminal });
    if (this.#claimed !== undefined) this.#byNode = podsByNode;
    return { ok: true, podsByNode };
  }

  /** Requests have left: the next step looks into the cache again. */
  forget(): void {
    this.#claimed = undefined;
    this.#byNode = undefined;
  }
}
