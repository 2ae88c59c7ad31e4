/**
 * The probes of running containers: ready and started as they find, and the end of what they find dead. Only a result
 * that changes is an event. Twin: prober/prober_manager.go, kuberuntime computePodActions. Rules: K-24…K-30.
 */
import type { KubeletContext } from './component.ts';
import { tellNormal, tellWarning } from './kubeletEvents.ts';
import { isEnding, type KubeletContainer, type KubeletPod, ownGraceMs } from './kubeletPod.ts';
import {
  firstMemory,
  nextFailure,
  nextFlip,
  type ProbeKind,
  type ProbeMemory,
  type ProbeWorker,
} from './kubeletProbes.ts';
import { unhealthyText } from './kubeletProbeTexts.ts';

export interface ProberOptions {
  readonly ctx: KubeletContext;
  readonly statusChanged: (entry: KubeletPod) => void;
  /** It counts as started: what comes after it in the pod may come. */
  readonly startedUp: (container: KubeletContainer) => void;
  /** A probe has given it up: stopped with this grace, then started anew where the pod wants that. */
  readonly condemn: (entry: KubeletPod, container: KubeletContainer, graceMs: number) => void;
}

export class KubeletProber {
  readonly #options: ProberOptions;

  constructor(options: ProberOptions) {
    this.#options = options;
  }

  /** The container runs, and its workers find it. */
  began(entry: KubeletPod, container: KubeletContainer): void {
    const worker = container.started ? undefined : workerOf('startup', container);
    if (worker === undefined) this.#startedUp(entry, container);
    else this.#follow(entry, container, worker, firstMemory(worker, { fromMs: this.#options.ctx.nowMs() }));
  }

  /** `atOnce`: the startup probe has passed just now. */
  #startedUp(entry: KubeletPod, container: KubeletContainer, atOnce = false): void {
    const fromMs = this.#options.ctx.nowMs();
    container.started = true;
    const readiness = workerOf('readiness', container);
    const liveness = workerOf('liveness', container);
    if (readiness === undefined) this.#readyUnasked(entry, container);
    else
      this.#follow(entry, container, readiness, firstMemory(readiness, { fromMs, atOnce, isReady: container.ready }));
    if (liveness !== undefined) this.#follow(entry, container, liveness, firstMemory(liveness, { fromMs }));
  }

  /** Without a readiness probe it is ready as soon as it runs, or as its model says (K-28). */
  #readyUnasked(entry: KubeletPod, container: KubeletContainer): void {
    const { ctx } = this.#options;
    const { state, conduct } = container;
    if (state.is !== 'running') return;
    const waitMs = state.startedAtMs + (conduct?.readyAfterMs ?? 0) - ctx.nowMs();
    if (waitMs <= 0) container.ready = true;
    else container.timers.push(ctx.schedule(waitMs, () => this.#setReady(entry, container, true)));
  }

  #follow(entry: KubeletPod, container: KubeletContainer, worker: ProbeWorker, memory: ProbeMemory): void {
    const { ctx } = this.#options;
    this.#tellFailures(entry, container, worker, memory.nextMs);
    const step = (from: ProbeMemory): void => {
      const flip = nextFlip(worker, from);
      if (flip === undefined) return;
      const timer = ctx.schedule(Math.max(0, flip.atMs - ctx.nowMs()), () => {
        if (this.#found(entry, container, worker.kind, flip.isSuccess)) step(flip.memory);
      });
      container.timers.push(timer);
    };
    step(memory);
  }

  /** Says whether the worker goes on. */
  #found(entry: KubeletPod, container: KubeletContainer, kind: ProbeKind, isSuccess: boolean): boolean {
    if (kind === 'readiness') {
      this.#setReady(entry, container, isSuccess);
      return true;
    }
    // A pod that terminates is asked for its readiness alone (K-27).
    if (isEnding(entry)) return false;
    if (isSuccess) {
      const { statusChanged, startedUp } = this.#options;
      this.#startedUp(entry, container, true);
      statusChanged(entry);
      startedUp(container);
    } else this.#giveUp(entry, container, kind);
    return false;
  }

  #setReady(entry: KubeletPod, container: KubeletContainer, isReady: boolean): void {
    container.ready = isReady;
    this.#options.statusChanged(entry);
  }

  #giveUp(entry: KubeletPod, container: KubeletContainer, kind: 'startup' | 'liveness'): void {
    const { ctx, condemn } = this.#options;
    const { name, livenessProbe, startupProbe } = container.spec;
    const restarts =
      entry.pod.spec.restartPolicy === 'Never' && container.role !== 'sidecar' ? '' : ', will be restarted';
    tellNormal(ctx, entry, container, 'Killing', `Container ${name} failed ${kind} probe${restarts}`);
    const { terminationGracePeriodSeconds } = (kind === 'liveness' ? livenessProbe : startupProbe) ?? {};
    const graceMs =
      terminationGracePeriodSeconds === undefined ? ownGraceMs(entry.pod) : terminationGracePeriodSeconds * 1000;
    condemn(entry, container, graceMs);
  }

  /** Each failed attempt is worth an ApiEvent, in traces that have them all: looking on costs nothing but at that level. */
  #tellFailures(entry: KubeletPod, container: KubeletContainer, worker: ProbeWorker, fromMs: number): void {
    const { ctx } = this.#options;
    if (!ctx.trace.full) return;
    const { state } = container;
    const next = nextFailure(worker, fromMs);
    if (next === undefined) return;
    ctx.lookOn(Math.max(0, next.atMs - ctx.nowMs()), () => {
      const isAsked =
        container.state === state && (worker.kind !== 'startup' || !container.started) && !container.condemned;
      if (!isAsked || (isEnding(entry) && worker.kind !== 'readiness')) return;
      const address = { podIP: entry.podIP ?? '', ports: container.spec.ports ?? [] };
      tellWarning(ctx, entry, container, 'Unhealthy', unhealthyText(worker, next.failure, address));
      this.#tellFailures(entry, container, worker, next.nextMs);
    });
  }
}

function workerOf(kind: ProbeKind, { spec, state, conduct, probesSinceMs }: KubeletContainer): ProbeWorker | undefined {
  const probe = { startup: spec.startupProbe, readiness: spec.readinessProbe, liveness: spec.livenessProbe }[kind];
  if (probe === undefined || conduct === undefined || state.is !== 'running') return undefined;
  return { kind, probe, sinceMs: probesSinceMs[kind], startedAtMs: state.startedAtMs, conduct };
}
