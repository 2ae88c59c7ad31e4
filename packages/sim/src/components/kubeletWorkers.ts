/** The parts of a kubelet that pull images, start, watch and stop containers, wired together. Rules: K-14…K-34. */
import type { Rng } from '../engine/rng.ts';
import type { KubeletContext } from './component.ts';
import { KubeletContainers } from './kubeletContainers.ts';
import { KubeletImages } from './kubeletImages.ts';
import { latencyOf } from './kubeletLatency.ts';
import { KubeletLaunch } from './kubeletLaunch.ts';
import type { KubeletPod } from './kubeletPod.ts';
import { KubeletStart } from './kubeletStart.ts';
import { KubeletStop } from './kubeletStop.ts';

export interface KubeletWorkers {
  readonly containers: KubeletContainers;
  readonly start: KubeletStart;
  readonly stop: KubeletStop;
}

export interface WorkersOptions {
  readonly ctx: KubeletContext;
  readonly statusChanged: (entry: KubeletPod) => void;
  /** Its containers have all exited, and will not come back. */
  readonly finished: (entry: KubeletPod) => void;
  readonly isNetworkReady: () => boolean;
  readonly whenNetworkReady: (run: () => void) => void;
  readonly isAddressTaken: (podIP: string) => boolean;
}

export function createWorkers(options: WorkersOptions): KubeletWorkers {
  const { ctx, statusChanged, finished } = options;
  const rng = ctx.rng('containers');
  const models = (): Rng => ctx.rng('models');
  const images = new KubeletImages({
    machine: ctx.machine,
    rng: ctx.rng('images'),
    pullsMax: ctx.settings.maxParallelImagePulls,
    limits: { qps: ctx.settings.registryPullQps, burst: ctx.settings.registryBurst },
    nowMs: () => ctx.nowMs(),
    schedule: (delayMs, run) => void ctx.schedule(delayMs, run),
    drawPresentMs: latencyOf(ctx, 'imagePresent'),
    drawRefusalMs: latencyOf(ctx, 'apiRead'),
  });
  const launch = new KubeletLaunch({
    ctx,
    images,
    drawStartMs: latencyOf(ctx, 'containerStart'),
    statusChanged,
    streams: { containers: rng, models },
  });
  const containers: KubeletContainers = new KubeletContainers({
    ctx,
    launch,
    statusChanged,
    finished,
    passed: (container) => start.passed(container),
    end: (entry, container, graceMs) => stop.endOne(entry, container, graceMs),
    stopped: (entry, container) => stop.containerExited(entry, container),
  });
  const stop = new KubeletStop({
    ctx,
    rng,
    models,
    cancelTimers: (container) => containers.cancelTimers(container),
    exited: (entry, container, exitCode, atMs) => containers.exited(entry, container, exitCode, atMs),
  });
  const start = createStart(options, launch, containers);
  return { containers, start, stop };
}

function createStart(options: WorkersOptions, launch: KubeletLaunch, containers: KubeletContainers): KubeletStart {
  const { ctx, statusChanged, isNetworkReady, whenNetworkReady, isAddressTaken } = options;
  const drawMounts = latencyOf(ctx, 'volumeMount');
  const drawNetwork = latencyOf(ctx, 'sandbox');
  const probeRng = ctx.rng('probes');
  // Kubelets of instant 0 have been there for long.
  const startedAtMs = ctx.registration.existing ? -Infinity : ctx.nowMs();
  return new KubeletStart({
    ctx,
    launch,
    containers,
    statusChanged,
    isNetworkReady,
    whenNetworkReady,
    isAddressTaken,
    drawSandboxMs: () => drawMounts() + drawNetwork(),
    drawProbeDelayMs: (periodMs) => (ctx.nowMs() - startedAtMs < periodMs ? probeRng.below(periodMs) : 0),
  });
}
