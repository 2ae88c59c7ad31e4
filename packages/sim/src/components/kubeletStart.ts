/**
 * Starts an admitted pod: network, volumes and sandbox, init containers one after another, sidecars, then the main
 * containers in their order; or takes over what runs already, after a restart of the kubelet. Rules: K-6, K-14, K-35…K-37.
 */
import { objectRef } from '@everynode/core/api/objects';
import type { Probe } from '@everynode/core/api/pod';
import { parseTime } from '@everynode/core/api/time';
import type { RunningPod } from '../seams/machine.ts';
import type { KubeletContext } from './component.ts';
import type { KubeletContainers } from './kubeletContainers.ts';
import type { KubeletLaunch } from './kubeletLaunch.ts';
import { isEnding, type KubeletContainer, type KubeletPod } from './kubeletPod.ts';
import { probePeriodMs } from './kubeletProbes.ts';

/** Last numbers of pods' addresses. */
const ADDRESS_MIN = 2;
const ADDRESS_MAX = 254;

export interface StartOptions {
  readonly ctx: KubeletContext;
  readonly launch: KubeletLaunch;
  readonly containers: KubeletContainers;
  readonly statusChanged: (entry: KubeletPod) => void;
  /** V-10 and V-9 together: volumes, then the sandbox with its network. */
  readonly drawSandboxMs: () => number;
  /** Runs at once where the node's network is up, else when it comes up (K-6). */
  readonly whenNetworkReady: (run: () => void) => void;
  readonly isNetworkReady: () => boolean;
  /** Whether a pod on this node has it. */
  readonly isAddressTaken: (podIP: string) => boolean;
  /** How long a probe worker of this period waits before its first probe: only soon after the kubelet's start (K-24). */
  readonly drawProbeDelayMs: (periodMs: number) => number;
}

export class KubeletStart {
  readonly #options: StartOptions;
  #lastAddress = 1;

  constructor(options: StartOptions) {
    this.#options = options;
  }

  /** `running` is what the machine holds of this pod already. */
  begin(entry: KubeletPod, running: RunningPod | undefined): void {
    const { ctx, statusChanged } = this.#options;
    entry.stage = 'starting';
    entry.startTimeMs = parseTime(entry.pod.status?.startTime) ?? ctx.nowMs();
    entry.begunAtMs = ctx.nowMs();
    entry.hostIP = ctx.registration.identity.address;
    // One that runs keeps its sandbox, and with it its address.
    if (running !== undefined) entry.podIP = entry.pod.status?.podIP;
    this.#remember(entry);
    if (running === undefined) this.#startProbes(entry);
    else this.adopt(entry, running);
    statusChanged(entry);
    if (running !== undefined) {
      this.#next(entry, 0);
      return;
    }
    if (entry.pod.spec.hostNetwork === true || this.#options.isNetworkReady()) this.#prepare(entry);
    else {
      ctx.trace.apiEvent(
        'Pod',
        entry.pod,
        'Warning',
        'NetworkNotReady',
        'network is not ready: cni plugin not initialized',
      );
      this.#options.whenNetworkReady(() => {
        if (!isEnding(entry)) this.#prepare(entry);
      });
    }
  }

  #prepare(entry: KubeletPod): void {
    const { ctx, drawSandboxMs } = this.#options;
    const ready = (): void => {
      entry.podIP = this.#newAddress(entry);
      this.#next(entry, 0);
    };
    entry.startTimers.push(ctx.schedule(drawSandboxMs(), ready));
  }

  /** The next one of the node's range that nobody has; the first belongs to the bridge. */
  #newAddress({ pod }: KubeletPod): string {
    const { address, podNetwork } = this.#options.ctx.registration.identity;
    if (pod.spec.hostNetwork === true) return address;
    for (let tried = 0; ; tried += 1) {
      this.#lastAddress = this.#lastAddress >= ADDRESS_MAX ? ADDRESS_MIN : this.#lastAddress + 1;
      const wanted = `${podNetwork}.${this.#lastAddress}`;
      if (tried > ADDRESS_MAX || !this.#options.isAddressTaken(wanted)) return wanted;
    }
  }

  #next(entry: KubeletPod, at: number): void {
    const container = entry.containers[at];
    if (isEnding(entry)) return;
    if (container === undefined) {
      this.#began(entry);
      return;
    }
    const { launch, containers } = this.#options;
    const next = (): void => this.#next(entry, at + 1);
    if (hasPassed(container)) {
      next();
      return;
    }
    container.whenPassed = next;
    // One that outlived the kubelet is not launched again.
    if (container.state.is === 'running') return;
    const started =
      container.role === 'init' && entry.behaviour.init === undefined
        ? (): void => this.#initRan(entry, container)
        : (): void => containers.started(entry, container);
    // The next one does not wait for a main container whose image cannot be had; that one goes on trying by itself.
    launch.launch(entry, container, {
      started,
      ...(container.role === 'main' ? { failed: () => this.passed(container) } : {}),
    });
  }

  /** The next one of its pod waits no longer for this container. */
  passed(container: KubeletContainer): void {
    const { whenPassed } = container;
    container.whenPassed = undefined;
    whenPassed?.();
  }

  /** Without a model an init container is done as soon as it has started. */
  #initRan(entry: KubeletPod, container: KubeletContainer): void {
    const { ctx } = this.#options;
    const nowMs = ctx.nowMs();
    ctx.machine.containerGone(entry.uid, container.spec.name);
    container.state = { is: 'terminated', exitCode: 0, reason: 'Completed', startedAtMs: nowMs, finishedAtMs: nowMs };
    this.passed(container);
  }

  #began(entry: KubeletPod): void {
    const { ctx } = this.#options;
    if (entry.stage !== 'starting') return;
    entry.stage = 'running';
    const tookMs = ctx.nowMs() - entry.begunAtMs;
    const object = objectRef('Pod', entry.key);
    ctx.trace.event({ type: 'kubelet.started', object, node: ctx.nodeName, data: { tookMs } });
  }

  /** What the API remembers of an earlier life of this pod: restarts count on, init containers are not run again in vain. */
  #remember(entry: KubeletPod): void {
    const { containerStatuses = [], initContainerStatuses = [] } = entry.pod.status ?? {};
    for (const container of entry.containers) {
      const known = [...containerStatuses, ...initContainerStatuses].find(({ name }) => name === container.spec.name);
      if (known === undefined) continue;
      container.restarts = known.restartCount;
      const hasRun =
        known.state?.running !== undefined ||
        known.state?.terminated !== undefined ||
        known.lastState?.terminated !== undefined;
      if (!hasRun || container.role === 'init') continue;
      const { exitCode = 255 } = known.state?.terminated ?? {};
      const startedAtMs = parseTime(known.state?.running?.startedAt) ?? 0;
      container.last = {
        is: 'terminated',
        exitCode,
        reason: 'Unknown',
        startedAtMs,
        finishedAtMs: this.#options.ctx.nowMs(),
      };
    }
  }

  #startProbes({ containers }: KubeletPod): void {
    const { ctx, drawProbeDelayMs } = this.#options;
    const sinceMs = (probe: Probe | undefined): number =>
      ctx.nowMs() + (probe === undefined ? 0 : drawProbeDelayMs(probePeriodMs(probe)));
    for (const container of containers) {
      const { readinessProbe, startupProbe, livenessProbe } = container.spec;
      container.probesSinceMs = {
        readiness: sinceMs(readinessProbe),
        startup: sinceMs(startupProbe),
        liveness: sinceMs(livenessProbe),
      };
    }
  }

  /** Containers that outlived the kubelet go on; what their probes have found has to be found anew (K-36). */
  adopt(entry: KubeletPod, running: RunningPod): void {
    const { containers, ctx } = this.#options;
    this.#startProbes(entry);
    entry.startTimeMs ??= parseTime(entry.pod.status?.startTime) ?? ctx.nowMs();
    const names = running.containers.map(({ name }) => name);
    const lastRunning = entry.containers.reduce((last, { spec }, at) => (names.includes(spec.name) ? at : last), -1);
    for (const [at, container] of entry.containers.entries()) {
      const known = running.containers.find(({ name }) => name === container.spec.name);
      // What comes before one that runs has done its work, what comes after it has not had its turn.
      if (known === undefined && (container.role !== 'init' || at > lastRunning)) continue;
      container.last = undefined;
      const startedAtMs = known?.startedAtMs ?? ctx.nowMs();
      if (known === undefined) {
        container.state = {
          is: 'terminated',
          exitCode: 0,
          reason: 'Completed',
          startedAtMs,
          finishedAtMs: startedAtMs,
        };
        continue;
      }
      container.state = { is: 'running', startedAtMs };
      container.conduct = known.conduct;
      if (ctx.profile.keepReadyOnRestart) keepReady(entry, container);
      containers.started(entry, container);
    }
  }
}

/** Nothing waits for it any more: it runs as far as others need it, or it has done its work. */
function hasPassed({ role, state, started }: KubeletContainer): boolean {
  if (role === 'init') return state.is === 'terminated' && state.exitCode === 0;
  return state.is === 'running' && (role === 'main' || started);
}

/** What its probes found before this kubelet came holds until they find something else (K-36). */
function keepReady({ pod: { status } }: KubeletPod, container: KubeletContainer): void {
  const told = [...(status?.containerStatuses ?? []), ...(status?.initContainerStatuses ?? [])];
  const known = told.find(({ name }) => name === container.spec.name);
  container.started = known?.started === true;
  container.ready = container.started && known?.ready === true;
}
