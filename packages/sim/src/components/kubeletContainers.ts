/**
 * What becomes of a container once it runs: ready when its probes say so, and started again when it exits, after a
 * backoff that grows while it goes on failing. Rules: K-21…K-30.
 */
import { tellWarning } from './kubeletEvents.ts';
import { formatGoDuration } from '@everynode/core/api/time';
import { Backoff } from '@everynode/core/machinery/backoff';
import type { Rng } from '../engine/rng.ts';
import { nextTickAtMs } from '../engine/ticks.ts';
import type { KubeletContext } from './component.ts';
import type { KubeletLaunch } from './kubeletLaunch.ts';
import { isEnding, isRestarted, type KubeletContainer, type KubeletPod } from './kubeletPod.ts';
import { readyAtMs } from './kubeletReadiness.ts';

/** K-22: 10 s doubled up to 300 s; the first restart is immediate, and 600 s without a restart clear the slate. */
const BACKOFF_FIRST_MS = 10_000;
const BACKOFF_MAX_MS = 300_000;
/** The runtime is asked once a second what has exited (K-18). */
const RELIST_MS = 1000;

export interface ContainersOptions {
  readonly ctx: KubeletContext;
  readonly rng: Rng;
  readonly launch: KubeletLaunch;
  readonly statusChanged: (entry: KubeletPod) => void;
  /** A container of a pod that is being stopped has exited. */
  readonly stopped: (entry: KubeletPod, container: KubeletContainer) => void;
  /** A container has exited for good in a pod that nobody stops: perhaps the pod is over. */
  readonly finished: (entry: KubeletPod) => void;
}

export class KubeletContainers {
  readonly #options: ContainersOptions;
  readonly #backoff = new Backoff(BACKOFF_FIRST_MS, BACKOFF_MAX_MS);
  readonly #relistPhaseMs: number;

  constructor(options: ContainersOptions) {
    this.#options = options;
    this.#relistPhaseMs = options.ctx.rng('relist-phase').below(RELIST_MS);
  }

  /** A container runs: its probes begin, and its model may let it crash. */
  started(entry: KubeletPod, container: KubeletContainer): void {
    const { ctx, rng, statusChanged } = this.#options;
    const { startup, readiness, crash } = entry.behaviour;
    if (container.state.is !== 'running') return;
    const { readinessProbe: probe, startupProbe } = container.spec;
    // `readiness` delays a probe's answers; without a probe nobody asks (K-28).
    const answersAfterMs = rng.draw(startup) + (probe === undefined ? 0 : rng.draw(readiness));
    const { startedAtMs } = container.state;
    const { probesSinceMs } = container;
    const atMs = readyAtMs({ probe, startupProbe, startedAtMs, answersAfterMs, probesSinceMs });
    const waitMs = atMs - ctx.nowMs();
    const beReady = (): void => {
      container.ready = true;
      statusChanged(entry);
    };
    if (waitMs <= 0) container.ready = true;
    else container.timers.push(ctx.schedule(waitMs, beReady));
    if (crash !== undefined && container.role === 'main') {
      container.timers.push(ctx.schedule(rng.draw(crash.after), () => this.#crash(entry, container, crash.exitCode)));
    }
    statusChanged(entry);
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
    this.#options.statusChanged(entry);
    if (isEnding(entry)) this.#options.stopped(entry, container);
    else if (isRestarted(entry, container, exitCode)) this.#restart(entry, container, finishedAtMs);
    else this.#options.finished(entry);
  }

  cancelTimers(container: KubeletContainer): void {
    for (const timer of container.timers.splice(0)) this.#options.ctx.cancel(timer);
  }

  #crash(entry: KubeletPod, container: KubeletContainer, exitCode: number): void {
    const { ctx } = this.#options;
    const { uid, key } = entry;
    const data = { container: container.spec.name, exitCode };
    const seq = ctx.trace.event({ type: 'kubelet.containerExited', object: `pod/${key}`, node: ctx.nodeName, data });
    ctx.trace.causedBy(seq, () => {
      ctx.machine.containerGone(uid, container.spec.name);
      this.exitsUnseen(entry, container, exitCode);
    });
  }

  #restart(entry: KubeletPod, container: KubeletContainer, finishedAtMs: number): void {
    const { ctx, launch, statusChanged } = this.#options;
    const key = `${entry.uid}/${container.spec.name}`;
    const nowMs = ctx.nowMs();
    if (this.#backoff.isInBackOffSince(key, finishedAtMs, nowMs)) {
      const backoffMs = this.#backoff.get(key);
      const { name, namespace = '' } = entry.pod.metadata;
      const who = `${container.spec.name} pod=${name}_${namespace}(${entry.uid})`;
      const message = `back-off ${formatGoDuration(backoffMs)} restarting failed container=${who}`;
      if (container.state.is === 'terminated') container.last = container.state;
      container.state = { is: 'waiting', reason: 'CrashLoopBackOff', message };
      statusChanged(entry);
      const text = `Back-off restarting failed container ${container.spec.name} in pod ${name}_${namespace}(${entry.uid})`;
      tellWarning(ctx, entry, container, 'BackOff', text);
      const again = (): void => this.#restart(entry, container, finishedAtMs);
      entry.startTimers.push(ctx.schedule(finishedAtMs + backoffMs - nowMs, again));
      return;
    }
    this.#backoff.next(key, nowMs);
    launch.launch(entry, container, { started: () => this.started(entry, container) });
  }
}
