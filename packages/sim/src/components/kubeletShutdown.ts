/**
 * A node that shuts down in good order: its kubelet takes no pod any more, ends those that it has, the less important
 * ones first, and only then lets go of the machine. Twin: kubelet/nodeshutdown nodeshutdown_manager.go. Rules: K-50, K-51.
 */
import type { KubeletContext } from './component.ts';
import { CRITICAL_PRIORITY, type Refusal } from './kubeletAdmission.ts';
import { isActive, type KubeletPod, ownGraceMs, type PodVerdict } from './kubeletPod.ts';

export const NODE_SHUTDOWN: Refusal = {
  reason: 'NodeShutdown',
  message: 'Pod was rejected as the node is shutting down.',
};

/** How the pods of such a node end. */
const TERMINATED: PodVerdict = {
  phase: 'Failed',
  reason: 'Terminated',
  message: 'Pod was terminated in response to imminent node shutdown.',
  isDisrupted: true,
};

/** Pods of at least this priority, and below that of the next group. */
export interface ShutdownGroup {
  readonly priority: number;
  readonly periodMs: number;
}

/** The two groups that the flags of a kubelet come to, in whole seconds; none where they ask for nothing. */
export function shutdownGroups(graceMs: number, criticalMs: number): readonly ShutdownGroup[] {
  if (graceMs === 0 || criticalMs > graceMs) return [];
  const wholeSeconds = (ms: number): number => ms - (ms % 1000);
  return [
    { priority: 0, periodMs: wholeSeconds(graceMs - criticalMs) },
    { priority: CRITICAL_PRIORITY, periodMs: wholeSeconds(criticalMs) },
  ];
}

/** Which of the groups a pod of this priority belongs to: the highest that it reaches, or else the lowest. */
export function shutdownGroupOf(groups: readonly ShutdownGroup[], priority: number): number {
  return groups.reduce((last, group, at) => (group.priority <= priority ? at : last), 0);
}

export interface ShutdownOptions {
  readonly ctx: KubeletContext;
  readonly active: () => readonly KubeletPod[];
  /** Ends a pod with this verdict; one that ends already at the latest then. */
  readonly evict: (entry: KubeletPod, verdict: PodVerdict, graceMs: number) => void;
  /** The node's status is told at once. */
  readonly statusChanged: () => void;
  /** V-16: until the volumes of what has stopped are unmounted. */
  readonly drawCleanupMs: () => number;
}

interface CurrentGroup {
  readonly pods: readonly KubeletPod[];
  /** Its pods have stopped, and their volumes go. */
  isUnmounting: boolean;
}

export class KubeletShutdown {
  readonly #options: ShutdownOptions;
  #left: readonly (readonly [periodMs: number, pods: readonly KubeletPod[]])[] = [];
  #current: CurrentGroup | undefined;
  #isBegun = false;

  constructor(options: ShutdownOptions) {
    this.#options = options;
    const { ctx } = options;
    const { shutdownGracePeriod, shutdownGracePeriodCriticalPods } = ctx.settings;
    const groups = shutdownGroups(shutdownGracePeriod, shutdownGracePeriodCriticalPods);
    if (groups.length > 0) ctx.machine.onShutdown(shutdownGracePeriod, () => this.#begin(groups));
  }

  get isBegun(): boolean {
    return this.#isBegun;
  }

  /** A pod of this node has stopped. */
  stopped(): void {
    const current = this.#current;
    if (current === undefined || current.isUnmounting || current.pods.some(isActive)) return;
    const { ctx, drawCleanupMs } = this.#options;
    current.isUnmounting = true;
    ctx.schedule(drawCleanupMs(), () => this.#over(current));
  }

  #begin(groups: readonly ShutdownGroup[]): void {
    const { active, statusChanged } = this.#options;
    this.#isBegun = true;
    const pods = active();
    this.#left = groups.map(({ periodMs }, at) => [
      periodMs,
      pods.filter(({ pod }) => shutdownGroupOf(groups, pod.spec.priority ?? 0) === at),
    ]);
    statusChanged();
    this.#next();
  }

  /** A group without pods takes no time. */
  #next(): void {
    const { ctx, evict } = this.#options;
    const [group, ...left] = this.#left;
    this.#left = left;
    if (group === undefined) {
      ctx.machine.powerDown();
      return;
    }
    const [periodMs, all] = group;
    const pods = all.filter(isActive);
    if (pods.length === 0) {
      this.#next();
      return;
    }
    const current: CurrentGroup = { pods, isUnmounting: false };
    this.#current = current;
    ctx.schedule(periodMs, () => this.#over(current));
    for (const entry of pods) evict(entry, TERMINATED, Math.min(periodMs, ownGraceMs(entry.pod)));
  }

  /** All of it is gone, or its time is. */
  #over(group: CurrentGroup): void {
    if (this.#current !== group) return;
    this.#current = undefined;
    this.#next();
  }
}
