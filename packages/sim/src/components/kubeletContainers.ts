/**
 * What becomes of a container once it runs: ready when its probes say so, and started again when it exits, after a
 * backoff that grows while it goes on failing. Rules: K-21…K-30.
 */
import { formatGoDuration } from '@everynode/core/api/time';
import { Backoff } from '@everynode/core/machinery/backoff';
import { nextTickAtMs } from '../engine/ticks.ts';
import type { KubeletContext } from './component.ts';
import { tellWarning } from './kubeletEvents.ts';
import type { KubeletLaunch } from './kubeletLaunch.ts';
import { isEnding, isRestarted, type KubeletContainer, type KubeletPod } from './kubeletPod.ts';
import { KubeletProber } from './kubeletProber.ts';

/** K-22: doubled up to a longest pause; the first restart is immediate, and 600 s without a restart clear the slate. */
const BACKOFF_FIRST_MS = 10_000;
const BACKOFF_FIRST_REDUCED_MS = 1000;
const BACKOFF_EXPIRES_MS = 600_000;
/** The runtime is asked once a second what has exited (K-18). */
const RELIST_MS = 1000;

export interface ContainersOptions {
  readonly ctx: KubeletContext;
  readonly launch: KubeletLaunch;
  readonly statusChanged: (entry: KubeletPod) => void;
  /** A container counts as started, or an init container has done its work: the next one of the pod may come. */
  readonly passed: (container: KubeletContainer) => void;
  /** Ends one container of a pod that goes on. */
  readonly end: (entry: KubeletPod, container: KubeletContainer, graceMs: number) => void;
  /** A container of a pod that is being stopped has exited. */
  readonly stopped: (entry: KubeletPod, container: KubeletContainer) => void;
  /** A container has exited for good in a pod that nobody stops: perhaps the pod is over. */
  readonly finished: (entry: KubeletPod) => void;
}

export class KubeletContainers {
  readonly #options: ContainersOptions;
  readonly #backoff: Backoff;
  readonly #relistPhaseMs: number;
  readonly #prober: KubeletProber;

  constructor(options: ContainersOptions) {
    const { ctx, statusChanged, passed, end } = options;
    this.#options = options;
    this.#backoff = restartBackoff(ctx);
    this.#relistPhaseMs = ctx.rng('relist-phase').below(RELIST_MS);
    this.#prober = new KubeletProber({
      ctx,
      statusChanged,
      startedUp: passed,
      condemn: (entry, container, graceMs) => {
        container.condemned = true;
        end(entry, container, graceMs);
      },
    });
  }

  /** A container runs: its probes begin, and what it will do of itself is known. */
  started(entry: KubeletPod, container: KubeletContainer): void {
    const { ctx, statusChanged, passed } = this.#options;
    const { state, conduct } = container;
    if (state.is !== 'running') return;
    if (container.role !== 'init') this.#prober.began(entry, container);
    const exit = conduct?.exit;
    if (exit !== undefined) {
      const waitMs = Math.max(0, state.startedAtMs + exit.afterMs - ctx.nowMs());
      container.timers.push(ctx.schedule(waitMs, () => this.#exits(entry, container, exit.exitCode)));
    }
    statusChanged(entry);
    if (container.role === 'main' || container.started) passed(container);
  }

  /** The container is no longer there; the kubelet learns of it when it asks the runtime next. */
  exitsUnseen(entry: KubeletPod, container: KubeletContainer, exitCode: number, why?: string): void {
    const { ctx } = this.#options;
    const finishedAtMs = ctx.nowMs();
    const delayMs = nextTickAtMs(finishedAtMs, this.#relistPhaseMs, RELIST_MS) - finishedAtMs;
    this.cancelTimers(container);
    ctx.schedule(delayMs, () => this.exited(entry, container, exitCode, finishedAtMs, why));
  }

  /** `why` where the runtime tells more than the exit code does, such as OOMKilled. */
  exited(entry: KubeletPod, container: KubeletContainer, exitCode: number, finishedAtMs: number, why?: string): void {
    if (container.state.is !== 'running') return;
    this.cancelTimers(container);
    const { startedAtMs } = container.state;
    const reason = why ?? (exitCode === 0 ? 'Completed' : 'Error');
    container.state = { is: 'terminated', exitCode, reason, startedAtMs, finishedAtMs };
    container.ready = false;
    container.started = false;
    container.isInPostStart = false;
    this.#options.statusChanged(entry);
    const isKilled = container.condemned;
    container.condemned = false;
    if (isEnding(entry)) this.#options.stopped(entry, container);
    else if (isKilled && restartsKilled(entry, container)) this.#restartKilled(entry, container, finishedAtMs);
    else if (isRestarted(entry, container, exitCode)) this.#restart(entry, container, finishedAtMs);
    else if (container.role === 'init' && exitCode === 0) this.#options.passed(container);
    else this.#options.finished(entry);
  }

  cancelTimers(container: KubeletContainer): void {
    for (const timer of container.timers.splice(0)) this.#options.ctx.cancel(timer);
  }

  #exits(entry: KubeletPod, container: KubeletContainer, exitCode: number): void {
    const { ctx } = this.#options;
    const { uid, key } = entry;
    const data = { container: container.spec.name, exitCode };
    const seq = ctx.trace.event({ type: 'kubelet.containerExited', object: `pod/${key}`, node: ctx.nodeName, data });
    ctx.trace.causedBy(seq, () => {
      ctx.machine.containerGone(uid, container.spec.name);
      this.exitsUnseen(entry, container, exitCode);
    });
  }

  /**
   * The sync that ends a container also starts it anew, and counts its backoff from the run before the one that it has
   * just ended: so the pause of a container that lived longer than that is none (K-22, K-26).
   */
  #restartKilled(entry: KubeletPod, container: KubeletContainer, finishedAtMs: number): void {
    const before = container.last;
    if (before === undefined) this.#launch(entry, container);
    else this.#restart(entry, container, finishedAtMs, before.finishedAtMs);
  }

  #restart(entry: KubeletPod, container: KubeletContainer, finishedAtMs: number, countedFromMs = finishedAtMs): void {
    const { ctx } = this.#options;
    const key = `${entry.uid}/${container.spec.name}`;
    const nowMs = ctx.nowMs();
    if (this.#backoff.isInBackOffSince(key, countedFromMs, nowMs)) {
      const backoffMs = this.#backoff.get(key);
      this.#showBackOff(entry, container, backoffMs);
      const again = (): void => this.#restart(entry, container, finishedAtMs);
      entry.startTimers.push(ctx.schedule(Math.max(0, finishedAtMs + backoffMs - nowMs), again));
      return;
    }
    this.#backoff.next(key, nowMs);
    this.#launch(entry, container);
  }

  #showBackOff(entry: KubeletPod, container: KubeletContainer, backoffMs: number): void {
    const { ctx, statusChanged } = this.#options;
    const { name, namespace = '' } = entry.pod.metadata;
    const who = `${container.spec.name} pod=${name}_${namespace}(${entry.uid})`;
    const message = `back-off ${formatGoDuration(backoffMs)} restarting failed container=${who}`;
    if (container.state.is === 'terminated') container.last = container.state;
    container.state = { is: 'waiting', reason: 'CrashLoopBackOff', message };
    statusChanged(entry);
    const text = `Back-off restarting failed container ${container.spec.name} in pod ${name}_${namespace}(${entry.uid})`;
    tellWarning(ctx, entry, container, 'BackOff', text);
  }

  #launch(entry: KubeletPod, container: KubeletContainer): void {
    this.#options.launch.launch(entry, container, { started: () => this.started(entry, container) });
  }
}

/** What a probe has ended is started anew whatever it exited with, unless the pod never restarts anything (K-26). */
function restartsKilled({ pod }: KubeletPod, { role }: KubeletContainer): boolean {
  return role === 'sidecar' || pod.spec.restartPolicy !== 'Never';
}

/** No first pause is longer than the longest. */
function restartBackoff({ profile, settings: { crashLoopBackOffMax } }: KubeletContext): Backoff {
  const firstMs = profile.crashLoopOneSecond ? BACKOFF_FIRST_REDUCED_MS : BACKOFF_FIRST_MS;
  return new Backoff(Math.min(firstMs, crashLoopBackOffMax), crashLoopBackOffMax, () => 0, BACKOFF_EXPIRES_MS);
}
