/**
 * How a pod that was deleted leaves: its last status first, then, once everything of it is cleaned up, the final delete,
 * repeated until the API has taken it. Twin: status_manager.go syncPod, canBeDeleted. Rules: K-32, K-33, V-16.
 */
import type { KubeletContext } from './component.ts';
import type { KubeletPod } from './kubeletPod.ts';
import type { KubeletStatusSender } from './kubeletStatusSender.ts';

/** A delete that failed is repeated with the next reconciliation of statuses. */
const DELETE_AGAIN_MS = 10_000;

export interface DepartureOptions {
  readonly ctx: KubeletContext;
  readonly statuses: KubeletStatusSender;
  /** V-16. */
  readonly drawCleanupMs: () => number;
  /** The object went by itself meanwhile. */
  readonly vanished: (entry: KubeletPod) => void;
}

export class KubeletDeparture {
  readonly #options: DepartureOptions;

  constructor(options: DepartureOptions) {
    this.#options = options;
  }

  /** Nothing of the pod runs any more. */
  begin(entry: KubeletPod): void {
    const { ctx, statuses, drawCleanupMs } = this.#options;
    const cause = ctx.trace.cause;
    statuses.changed(entry, () => {
      ctx.trace.causedBy(cause, () => ctx.schedule(drawCleanupMs(), () => this.delete(entry)));
    });
  }

  delete(entry: KubeletPod): void {
    const { ctx, vanished } = this.#options;
    if (entry.isVanished) {
      vanished(entry);
      return;
    }
    const { key, uid } = entry;
    const request = { verb: 'delete', kind: 'Pod', key, gracePeriodSeconds: 0, preconditions: { uid } } as const;
    ctx.send(request, (result) => {
      // Also after a conflict: whether another pod has taken the name, the watch tells (K-33).
      if (result.ok || result.reason === 'NotFound') return;
      ctx.schedule(DELETE_AGAIN_MS, () => this.delete(entry));
    });
  }
}
