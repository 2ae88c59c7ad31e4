/**
 * Stops the containers of a pod: main ones together, sidecars after them in reverse order, everything dead when the
 * grace period is over. Rules: K-31…K-34, V-15.
 */
import type { Rng } from '../engine/rng.ts';
import type { KubeletContext, Timer } from './component.ts';
import { hookMs } from './kubeletApplication.ts';
import { tellNormal } from './kubeletEvents.ts';
import { type KubeletContainer, type KubeletPod, runningContainers } from './kubeletPod.ts';

/** What a preStop hook leaves of the grace is never less for the container itself (K-31). */
const AFTER_HOOK_MS = 2000;
/** What exits on SIGTERM in time went well; what had to be killed did not. */
const EXIT_CLEAN = 0;
const EXIT_KILLED = 137;

export interface StopOptions {
  readonly ctx: KubeletContext;
  readonly rng: Rng;
  /** For hooks without a `sleep`. */
  readonly models: () => Rng;
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

  /** Ends one container of a pod that goes on, with its hook and its grace; what follows is for the exit to say. */
  endOne(entry: KubeletPod, container: KubeletContainer, graceMs: number): void {
    const nowMs = this.#options.ctx.nowMs();
    const { atMs, exitCode } = this.#exitOf(entry, container, nowMs, nowMs + graceMs);
    container.timers.push(this.#scheduleExit(entry, container, atMs, exitCode));
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
    tellNormal(this.#options.ctx, entry, container, 'Killing', `Stopping container ${container.spec.name}`);
    const { atMs, exitCode } = this.#exitOf(entry, container, entry.stopBeganMs, entry.stopDeadlineMs);
    this.#exitAt(entry, container, stopping, atMs, exitCode);
  }

  /** The preStop hooks of all containers begin at once; who is signalled later, as a sidecar is, may be through with its own. */
  #exitOf(
    entry: KubeletPod,
    { spec }: KubeletContainer,
    beganMs: number,
    deadlineMs: number,
  ): { readonly atMs: number; readonly exitCode: number } {
    const { ctx, rng, models } = this.#options;
    const { preStop, termination } = entry.behaviour;
    const nowMs = ctx.nowMs();
    const hook = spec.lifecycle?.preStop;
    // Without a grace there is no time for a hook.
    const hookOverMs =
      hook === undefined || deadlineMs <= beganMs ? 0 : Math.min(deadlineMs, beganMs + hookMs(hook, preStop, models));
    const signalMs = Math.max(nowMs, hookOverMs);
    const killMs = Math.max(nowMs, deadlineMs, hookOverMs === 0 ? 0 : signalMs + AFTER_HOOK_MS);
    const exitsAtMs = signalMs + rng.draw(termination);
    return exitsAtMs <= killMs ? { atMs: exitsAtMs, exitCode: EXIT_CLEAN } : { atMs: killMs, exitCode: EXIT_KILLED };
  }

  #exitAt(entry: KubeletPod, container: KubeletContainer, stopping: Stopping, atMs: number, exitCode: number): void {
    stopping.exits.set(container, { atMs, timer: this.#scheduleExit(entry, container, atMs, exitCode) });
  }

  #scheduleExit(entry: KubeletPod, container: KubeletContainer, atMs: number, exitCode: number): Timer {
    const { ctx, exited } = this.#options;
    return ctx.schedule(Math.max(0, atMs - ctx.nowMs()), () => {
      ctx.machine.containerGone(entry.uid, container.spec.name);
      exited(entry, container, exitCode, ctx.nowMs());
    });
  }
}
