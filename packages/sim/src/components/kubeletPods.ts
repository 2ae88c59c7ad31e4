/**
 * The pods of one node as their kubelet works on them: taken in and admitted one after the other, started, stopped,
 * reported and let go. Twin: kubelet.go HandlePodAdditions, pod_workers.go. Rules: K-8, K-9, K-12, K-14, K-31…K-39.
 */
import { compareKeys, isTerminating, type ObjectKey } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import { objectRef } from '@everynode/core/api/objects';
import { isTerminal, type Pod } from '@everynode/core/api/pod';
import type { RunningPod } from '../seams/machine.ts';
import type { KubeletContext } from './component.ts';
import { type Refusal, refusalOf } from './kubeletAdmission.ts';
import type { KubeletContainers } from './kubeletContainers.ts';
import { KubeletDeparture } from './kubeletDeparture.ts';
import {
  DEFAULT_GRACE_SECONDS,
  isActive,
  isEnding,
  isWaiting,
  type KubeletPod,
  newKubeletPod,
  ownGraceMs,
  type PodVerdict,
  runningContainers,
} from './kubeletPod.ts';
import { isGateMoved, isReadyNow, phaseOf } from './kubeletPodStatus.ts';
import { KubeletMakingRoom } from './kubeletMakingRoom.ts';
import { NODE_SHUTDOWN } from './kubeletShutdown.ts';
import type { KubeletStart } from './kubeletStart.ts';
import type { KubeletStatusSender } from './kubeletStatusSender.ts';
import type { KubeletStop } from './kubeletStop.ts';

export interface PodsOptions {
  readonly ctx: KubeletContext;
  readonly start: KubeletStart;
  readonly stop: KubeletStop;
  readonly containers: KubeletContainers;
  readonly statuses: KubeletStatusSender;
  /** The Node as this kubelet last saw it. */
  readonly node: () => Node;
  /** Pressure conditions that it reports. */
  readonly pressure: () => readonly string[];
  readonly isShuttingDown: () => boolean;
  /** V-8. */
  readonly drawAdmissionMs: () => number;
  /** V-16. */
  readonly drawCleanupMs: () => number;
  /** This kubelet knows the pod of this uid no longer, or never did; perhaps something of it runs (K-33). */
  readonly forgotten: (uid: string) => void;
  /** Nothing of the pod runs any more. */
  readonly ended: () => void;
}

export class KubeletPods {
  readonly #options: PodsOptions;
  readonly #departure: KubeletDeparture;
  readonly #makingRoom: KubeletMakingRoom;
  readonly #entries = new Map<string, KubeletPod>();
  readonly #queue: { readonly entry: KubeletPod; readonly cause: number | undefined }[] = [];
  #isAdmitting = false;
  #isSynced = false;

  constructor(options: PodsOptions) {
    this.#options = options;
    const { ctx, statuses, drawCleanupMs } = options;
    this.#departure = new KubeletDeparture({
      ctx,
      statuses,
      drawCleanupMs,
      vanished: (entry) => this.#forget(entry),
    });
    this.#makingRoom = new KubeletMakingRoom({
      ctx,
      evict: (entry, verdict, graceMs) => this.evict(entry, verdict, graceMs),
      refuse: (entry, refusal) => this.#refuse(entry, refusal),
      admitted: (entry) => {
        if (isWaiting(entry)) this.#begin(entry, this.#running(entry));
      },
    });
  }

  find(uid: string): KubeletPod | undefined {
    return this.#entries.get(uid);
  }

  /** Pods that take room on the node, in the order in which they came. */
  active(): readonly KubeletPod[] {
    return [...this.#entries.values()].filter(isActive);
  }

  /** Whether a pod of this DaemonSet is ready here, as this kubelet knows it. */
  hasReadyPodOf(daemonSet: ObjectKey): boolean {
    return this.active().some((entry) => entry.daemonSet === daemonSet && isReadyNow(entry));
  }

  /** The first list is complete: those that were there are admitted by age (K-8, K-35). */
  synced(): void {
    const born = ({ entry }: { readonly entry: KubeletPod }): string => entry.pod.metadata.creationTimestamp ?? '';
    this.#queue.sort((a, b) => compareKeys(born(a), born(b)) || compareKeys(a.entry.key, b.entry.key));
    this.#isSynced = true;
    this.#admitNext();
  }

  added(pod: Pod): void {
    const known = this.#entries.get(pod.metadata.uid ?? '');
    if (known !== undefined) {
      if (known.isVanished) known.returned = pod;
      else this.#changed(known, pod);
      return;
    }
    // Pods that have ended need nothing; an end that is still to be confirmed is confirmed by deleting it.
    const { models, nodeName, profile } = this.#options.ctx;
    const entry = newKubeletPod(pod, models.behaviourOf(pod, nodeName), profile);
    if (isTerminal(pod)) {
      if (isTerminating(pod)) this.#departure.delete(entry);
      this.#options.forgotten(entry.uid);
      return;
    }
    this.#entries.set(entry.uid, entry);
    this.#queue.push({ entry, cause: this.#options.ctx.trace.cause });
    this.#admitNext();
  }

  updated(before: Pod, after: Pod): void {
    if (before.metadata.uid !== after.metadata.uid) this.deleted(before);
    this.added(after);
  }

  /** The object is gone. What still runs of it is stopped with its own grace, and nobody is told (K-33). */
  deleted(pod: Pod): void {
    const entry = this.#entries.get(pod.metadata.uid ?? '');
    if (entry === undefined) return;
    entry.isVanished = true;
    entry.returned = undefined;
    const isLeft = entry.stage === 'waiting' && this.#running(entry) !== undefined;
    if (isLeft || (isActive(entry) && !isEnding(entry))) this.#stop(entry, ownGraceMs(entry.pod), 'vanished');
    else if (entry.stage !== 'stopping') this.#forget(entry);
  }

  /** Stops a pod for the kubelet's own reasons; its object stays, Failed (E-13). One that stops already may only be hastened. */
  evict(entry: KubeletPod, verdict: PodVerdict, graceMs: number): void {
    entry.verdict = verdict;
    if (entry.stage === 'stopping') this.#options.stop.shorten(entry, this.#options.ctx.nowMs() + graceMs);
    else this.#stop(entry, graceMs, verdict.reason);
  }

  /** A pod whose containers have all exited, and will not come back, is over. */
  finished(entry: KubeletPod): void {
    const phase = phaseOf(entry);
    if (phase === 'Succeeded' || phase === 'Failed') this.#stop(entry, ownGraceMs(entry.pod), 'completed');
  }

  #changed(entry: KubeletPod, pod: Pod): void {
    const before = entry.pod;
    entry.pod = pod;
    if (isTerminating(pod)) this.#terminate(entry);
    else if (isTerminal(pod) && entry.stage !== 'waiting' && !isEnding(entry))
      this.#stop(entry, ownGraceMs(pod), 'terminal');
    else if (isActive(entry)) {
      this.#options.statuses.compare(entry, pod);
      // Somebody may have opened a gate (K-29).
      if (isGateMoved(before, pod)) this.#options.statuses.changed(entry);
    }
  }

  #terminate(entry: KubeletPod): void {
    const { ctx, stop } = this.#options;
    const graceMs = (entry.pod.metadata.deletionGracePeriodSeconds ?? DEFAULT_GRACE_SECONDS) * 1000;
    if (entry.stage === 'stopping') stop.shorten(entry, Math.max(ctx.nowMs(), entry.stopBeganMs + graceMs));
    else if (entry.stage === 'stopped') this.#departure.begin(entry);
    else this.#stop(entry, graceMs, 'deleted');
  }

  #admitNext(): void {
    if (this.#isAdmitting || !this.#isSynced || this.#makingRoom.isUnderway) return;
    const at = this.#queue.findIndex(({ entry }) => !this.#isNameTaken(entry));
    const [next] = at < 0 ? [] : this.#queue.splice(at, 1);
    if (next === undefined) return;
    const { ctx, drawAdmissionMs } = this.#options;
    this.#isAdmitting = true;
    ctx.trace.causedBy(next.cause, () =>
      ctx.schedule(drawAdmissionMs(), () => {
        this.#isAdmitting = false;
        if (isWaiting(next.entry)) this.#admit(next.entry);
        this.#admitNext();
      }),
    );
  }

  /** A pod of the same name, but another uid, must be gone first (K-33). */
  #isNameTaken({ key, uid }: KubeletPod): boolean {
    return [...this.#entries.values()].some((other) => other.key === key && other.uid !== uid && isActive(other));
  }

  /** `seenAgain`: the Node as the server has just shown it. */
  #admit(entry: KubeletPod, seenAgain?: Node): void {
    const { ctx, node, pressure } = this.#options;
    if (isTerminating(entry.pod)) {
      // Whoever stopped it before this kubelet came may not have got to the end.
      this.#terminate(entry);
      return;
    }
    const running = this.#running(entry);
    // What was refused takes no room, though it may still be stopping.
    const others = this.active().filter(({ verdict }) => verdict?.isRefusal !== true);
    const refusal = refusalOf(entry.pod, {
      node: seenAgain ?? node(),
      others: others.map(({ pod }) => pod),
      pressure: pressure(),
      isRunning: running !== undefined,
      compareTolerations: ctx.profile.tolerationCompare,
    });
    if (refusal === undefined) this.#begin(entry, running);
    else if (refusal.reason === 'NodeAffinity' && seenAgain === undefined) this.#lookAgain(entry);
    else if (refusal.lacking === undefined) this.#refuse(entry, refusal);
    else this.#makingRoom.begin(entry, others, refusal.lacking);
  }

  /** Nothing else keeps it out: last of all the shutdown of its node is looked at (K-9, K-50). */
  #begin(entry: KubeletPod, running: RunningPod | undefined): void {
    const { start, isShuttingDown } = this.#options;
    if (isShuttingDown()) this.#refuse(entry, NODE_SHUTDOWN);
    else start.begin(entry, running);
  }

  /** Its node may have been relabelled a moment ago: the server is asked once, before affinity alone keeps a pod out (K-10). */
  #lookAgain(entry: KubeletPod): void {
    const { ctx, node } = this.#options;
    this.#isAdmitting = true;
    ctx.send({ verb: 'get', kind: 'Node', key: ctx.nodeName }, (result) => {
      this.#isAdmitting = false;
      const seen = result.ok && result.object?.kind === 'Node' ? result.object : node();
      if (isWaiting(entry)) this.#admit(entry, seen);
      this.#admitNext();
    });
  }

  /** No restart and no second look: its owner must replace it (K-9). What ran of it before a restart gets its grace (K-35). */
  #refuse(entry: KubeletPod, { reason, message }: Refusal): void {
    const { ctx } = this.#options;
    const seq = ctx.trace.event({ type: 'kubelet.rejected', ...this.#about(entry), data: { reason } });
    ctx.trace.causedBy(seq, () => {
      ctx.trace.apiEvent('Pod', entry.pod, 'Warning', reason, message);
      const text = `Pod was rejected: ${message}`;
      entry.verdict = { phase: 'Failed', reason, message: text, isDisrupted: false, isRefusal: true };
      this.#stop(entry, ownGraceMs(entry.pod), reason);
    });
  }

  #stop(entry: KubeletPod, graceMs: number, why: string): void {
    const { ctx, start, stop } = this.#options;
    // What runs of a pod that was not admitted yet comes from an earlier life of this kubelet (K-35).
    const left = entry.stage === 'waiting' ? this.#running(entry) : undefined;
    if (left !== undefined) start.adopt(entry, left);
    const hadContainers = runningContainers(entry).length > 0;
    const beganMs = ctx.nowMs();
    stop.stop(entry, graceMs, () => {
      entry.stage = 'stopped';
      const data = { why, tookMs: ctx.nowMs() - beganMs, graceMs };
      const seq = hadContainers
        ? ctx.trace.event({ type: 'kubelet.stopped', ...this.#about(entry), data })
        : ctx.trace.cause;
      ctx.trace.causedBy(seq, () => this.#ended(entry));
    });
  }

  #ended(entry: KubeletPod): void {
    if (entry.isVanished) this.#forget(entry);
    else if (isTerminating(entry.pod)) this.#departure.begin(entry);
    else this.#options.statuses.changed(entry);
    this.#options.ended();
    this.#makingRoom.stopped();
    this.#admitNext();
  }

  #forget(entry: KubeletPod): void {
    this.#entries.delete(entry.uid);
    this.#options.ctx.machine.removeDeadContainers((uid) => uid === entry.uid);
    this.#options.statuses.forget(entry.uid);
    for (const container of entry.containers) this.#options.containers.cancelTimers(container);
    const at = this.#queue.findIndex((each) => each.entry === entry);
    if (at >= 0) this.#queue.splice(at, 1);
    this.#options.forgotten(entry.uid);
    if (entry.returned !== undefined) this.added(entry.returned);
    this.#admitNext();
  }

  #running(entry: KubeletPod): RunningPod | undefined {
    return this.#options.ctx.machine.running.find(({ uid }) => uid === entry.uid);
  }

  #about({ key }: KubeletPod): { readonly object: string; readonly node: string } {
    return { object: objectRef('Pod', key), node: this.#options.ctx.nodeName };
  }
}
