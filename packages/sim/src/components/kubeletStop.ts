/**
 * Stops the containers of a pod: main ones together, sidecars after them in reverse order, everything dead when the
 * grace period is over. Rules: K-31…K-34, V-15.
 */
import type { Rng } from '../engine/rng.ts';
import type { KubeletContext, Timer } from './component.ts';
import { tellNormal } from './kubeletEvents.ts';
import { type KubeletContainer, type KubeletPod, runningContainers } from './kubeletPod.ts';

/** What exits on SIGTERM in time went well; what had to be killed did not. */
const EXIT_CLEAN = 0;
const EXIT_KILLED = 137;

export interface StopOptions {
  readonly ctx: KubeletContext;
  readonly rng: Rng;
  readonly cancelTimers: (container: KubeletContainer) => void;
  /** Notes an exit in the container's state. */
  readonly exited: (entry: KubeletPod, container: KubeletContainer, exitCode: number, atMs: number) => void;
}

interface Stopping {
  readonly ended: () => void;
  readonly waiting: (() => void)[];
  readonly exits: Map<KubeletContainer, { readonly atMs: number; readonly timer: Timer }>;
}

export class KubeletStop {
  readonly #options: StopOptions;
  readonly #stopping = new Map<string, Stopping>();

  constructor(options: StopOptions) {
    this.#options = options;
  }

  /** Begins to stop the pod; `ended` comes when nothing of it runs any more, at once where nothing does. */
  stop(entry: KubeletPod, graceMs: number, ended: () => void): void {
    const { ctx, cancelTimers } = this.#options;
    const nowMs = ctx.nowMs();
    entry.stage = 'stopping';
    entry.stopBeganMs = nowMs;
    entry.stopDeadlineMs = nowMs + graceMs;
    for (const timer of entry.startTimers.splice(0)) ctx.cancel(timer);
    for (const container of entry.containers) {
      // Readiness probes go on while a pod terminates; crashes would only be another way to stop.
      if (container.state.is !== 'running') cancelTimers(container);
    }
    if (runningContainers(entry).length > 0) ctx.machine.stopPod(entry.uid);
    this.#stopping.set(entry.uid, { ended, waiting: [], exits: new Map() });
    this.#stopNext(entry);
  }

  /** A second, shorter grace takes effect at once; a longer one never does (A-11, K-34). */
  shorten(entry: KubeletPod, deadlineMs: number): void {
    const stopping = this.#stopping.get(entry.uid);
    if (stopping === undefined || deadlineMs >= entry.stopDeadlineMs) return;
    const { ctx } = this.#options;
    entry.stopDeadlineMs = deadlineMs;
    for (const [container, { atMs, timer }] of stopping.exits) {
      if (atMs <= deadlineMs) continue;
      ctx.cancel(timer);
      this.#exitAt(entry, container, stopping, Math.max(deadlineMs, ctx.nowMs()), EXIT_KILLED);
    }
  }

  /** Runs when nothing of a pod that is being stopped runs any more; at once where that is so already. */
  whenStopped(entry: KubeletPod, run: () => void): void {
    const stopping = this.#stopping.get(entry.uid);
    if (stopping === undefined) run();
    else stopping.waiting.push(run);
  }

  /** One of its containers has exited, by itself or stopped. */
  containerExited(entry: KubeletPod, container: KubeletContainer): void {
    const stopping = this.#stopping.get(entry.uid);
    const exit = stopping?.exits.get(container);
    if (exit !== undefined) this.#options.ctx.cancel(exit.timer);
    stopping?.exits.delete(container);
    if (stopping?.exits.size === 0) this.#stopNext(entry);
  }

  #stopNext(entry: KubeletPod): void {
    const stopping = this.#stopping.get(entry.uid);
    if (stopping === undefined) return;
    const running = runningContainers(entry);
    const main = running.filter(({ role }) => role !== 'sidecar');
    const next = main.length > 0 ? main : running.slice(-1);
    for (const container of next) this.#signal(entry, container, stopping);
    if (next.length > 0) return;
    this.#stopping.delete(entry.uid);
    stopping.ended();
    for (const run of stopping.waiting) run();
  }

  #signal(entry: KubeletPod, container: KubeletContainer, stopping: Stopping): void {
    const { ctx, rng } = this.#options;
    tellNormal(ctx, entry, container, 'Killing', `Stopping container ${container.spec.name}`);
    const exitsAtMs = ctx.nowMs() + rng.draw(entry.behaviour.termination);
    if (exitsAtMs <= entry.stopDeadlineMs) this.#exitAt(entry, container, stopping, exitsAtMs, EXIT_CLEAN);
    else this.#exitAt(entry, container, stopping, Math.max(entry.stopDeadlineMs, ctx.nowMs()), EXIT_KILLED);
  }

  #exitAt(entry: KubeletPod, container: KubeletContainer, stopping: Stopping, atMs: number, exitCode: number): void {
    const { ctx, exited } = this.#options;
    const exit = (): void => {
      ctx.machine.containerGone(entry.uid, container.spec.name);
      exited(entry, container, exitCode, ctx.nowMs());
    };
    stopping.exits.set(container, { atMs, timer: ctx.schedule(atMs - ctx.nowMs(), exit) });
  }
}
