/** A critical pod that waits until those that it pushes off its node are gone; nobody else is admitted meanwhile. Rules: K-12. */
import type { ResourceAmounts } from '@everynode/core/match/podRequests';
import type { KubeletContext } from './component.ts';
import type { Refusal } from './kubeletAdmission.ts';
import { isEnding, type KubeletPod, ownGraceMs, type PodVerdict } from './kubeletPod.ts';
import { findKubeletVictims, PREEMPTED } from './kubeletPreemption.ts';

export interface MakingRoomOptions {
  readonly ctx: KubeletContext;
  readonly evict: (entry: KubeletPod, verdict: PodVerdict, graceMs: number) => void;
  /** Nobody can make room for it. */
  readonly refuse: (entry: KubeletPod, refusal: Refusal) => void;
  /** There is room for it now. */
  readonly admitted: (entry: KubeletPod) => void;
}

export class KubeletMakingRoom {
  readonly #options: MakingRoomOptions;
  #current: { readonly entry: KubeletPod; readonly victims: readonly KubeletPod[] } | undefined;

  constructor(options: MakingRoomOptions) {
    this.#options = options;
  }

  get isUnderway(): boolean {
    return this.#current !== undefined;
  }

  begin(entry: KubeletPod, others: readonly KubeletPod[], lacking: ResourceAmounts): void {
    const { ctx, evict, refuse } = this.#options;
    const { victims, refusal } = findKubeletVictims(entry.pod, others, lacking);
    if (refusal !== undefined) {
      refuse(entry, refusal);
      return;
    }
    this.#current = { entry, victims };
    for (const victim of victims.filter((each) => !isEnding(each))) {
      ctx.trace.apiEvent('Pod', victim.pod, 'Warning', PREEMPTED.reason, PREEMPTED.message);
      evict(victim, PREEMPTED, ownGraceMs(victim.pod));
    }
    this.stopped();
  }

  /** A pod of this node has stopped. */
  stopped(): void {
    const current = this.#current;
    if (current === undefined || current.victims.some(({ stage }) => stage !== 'stopped')) return;
    this.#current = undefined;
    this.#options.admitted(current.entry);
  }
}
