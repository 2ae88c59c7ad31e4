/**
 * Brings pod statuses to the API: a change leaves after a moment, one patch per pod at a time, and while the API cannot
 * be reached only the latest picture is kept. Twin: kubelet status_manager.go. Rules: K-19, K-38.
 */
import { isDeepEqual } from '@everynode/core/api/canonicalJson';
import { findCondition } from '@everynode/core/api/meta';
import type { Pod, PodStatus } from '@everynode/core/api/pod';
import type { ApiResult } from '@everynode/core/api/requests';
import { nextTickAtMs } from '../engine/ticks.ts';
import type { KubeletContext } from './component.ts';
import type { KubeletPod } from './kubeletPod.ts';
import { computePodStatus } from './kubeletPodStatus.ts';

/** What failed, or was overwritten by somebody else, is looked at again this often. */
const RECONCILE_MS = 10_000;

interface Report {
  /** As computed last; what transition times are counted from. */
  latest: PodStatus | undefined;
  /** As the server acknowledged it last. */
  acknowledged: PodStatus | undefined;
  cause: number | undefined;
  isDirty: boolean;
  isScheduled: boolean;
  isUnderway: boolean;
  /** Called once what was true at that moment has been told, or the pod is gone. */
  readonly waiting: (() => void)[];
}

export class KubeletStatusSender {
  readonly #ctx: KubeletContext;
  readonly #drawDelayMs: () => number;
  readonly #phaseMs: number;
  readonly #reports = new Map<string, Report>();

  /** `drawDelayMs`: V-14. */
  constructor(ctx: KubeletContext, drawDelayMs: () => number) {
    this.#ctx = ctx;
    this.#drawDelayMs = drawDelayMs;
    this.#phaseMs = ctx.rng('status-phase').below(RECONCILE_MS);
  }

  /** The pod has changed here; `told` is called when the API knows. */
  changed(entry: KubeletPod, told?: () => void): void {
    const report = this.#reportOf(entry);
    if (told !== undefined) report.waiting.push(told);
    if (!report.isDirty) report.cause = this.#ctx.trace.cause;
    report.isDirty = true;
    if (!report.isScheduled && !report.isUnderway) this.#sendIn(this.#drawDelayMs(), entry, report);
  }

  /** The watch shows a pod that somebody else has written to: say it again where it is not so (N-13). */
  compare(entry: KubeletPod, shown: Pod): void {
    const report = this.#reports.get(entry.uid);
    const told = report?.acknowledged;
    if (report === undefined || told === undefined || report.isDirty || report.isUnderway) return;
    const isSame = (told.conditions ?? []).every(
      ({ type, status }) => findCondition(shown.status?.conditions, type)?.status === status,
    );
    if (isSame && shown.status?.phase === told.phase) return;
    report.acknowledged = undefined;
    report.cause = this.#ctx.trace.cause;
    report.isDirty = true;
    if (!report.isScheduled) this.#sendIn(this.#untilReconcileMs(), entry, report);
  }

  forget(uid: string): void {
    this.#reports.delete(uid);
  }

  #reportOf(entry: KubeletPod): Report {
    const known = this.#reports.get(entry.uid);
    if (known !== undefined) return known;
    const report: Report = {
      latest: entry.pod.status,
      acknowledged: undefined,
      cause: undefined,
      isDirty: false,
      isScheduled: false,
      isUnderway: false,
      waiting: [],
    };
    this.#reports.set(entry.uid, report);
    return report;
  }

  #untilReconcileMs(): number {
    const nowMs = this.#ctx.nowMs();
    return nextTickAtMs(nowMs, this.#phaseMs, RECONCILE_MS) - nowMs;
  }

  #sendIn(delayMs: number, entry: KubeletPod, report: Report): void {
    report.isScheduled = true;
    this.#ctx.trace.causedBy(report.cause, () =>
      this.#ctx.schedule(delayMs, () => {
        report.isScheduled = false;
        this.#send(entry, report);
      }),
    );
  }

  #send(entry: KubeletPod, report: Report): void {
    report.isDirty = false;
    const told = report.waiting.splice(0);
    const status = computePodStatus(entry, report.latest, this.#ctx.nowMs());
    report.latest = status;
    if (entry.isVanished || isDeepEqual(status, report.acknowledged)) {
      for (const each of told) each();
      return;
    }
    report.isUnderway = true;
    // A condition that is True says nothing of why it was False.
    const conditions = (status.conditions ?? []).map((condition) => ({ reason: null, message: null, ...condition }));
    const patch = { type: 'strategic', body: { status: { ...status, conditions } } } as const;
    const preconditions = { uid: entry.uid };
    this.#ctx.send(
      { verb: 'patch', kind: 'Pod', key: entry.key, patch, subresource: 'status', preconditions },
      (result) => {
        report.isUnderway = false;
        this.#answered(result, status, told, entry, report);
      },
    );
  }

  #answered(
    result: ApiResult,
    status: PodStatus,
    told: readonly (() => void)[],
    entry: KubeletPod,
    report: Report,
  ): void {
    // After a conflict it is said again: whether another pod has taken the name, the watch tells.
    if (result.ok || result.reason === 'NotFound') {
      report.acknowledged = result.ok ? status : undefined;
      for (const each of told) each();
      if (report.isDirty && !report.isScheduled) this.#sendIn(0, entry, report);
      return;
    }
    report.waiting.unshift(...told);
    report.isDirty = true;
    if (!report.isScheduled) this.#sendIn(this.#untilReconcileMs(), entry, report);
  }
}
