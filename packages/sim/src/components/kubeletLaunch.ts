/**
 * Gets one container to run: its image first, then creation and start; a pull that fails is tried again, ever more
 * rarely, until it works or the pod ends. Rules: K-14…K-17, V-13.
 */
import { parseMemoryBytes } from '@everynode/core/api/quantity';
import { formatGoDuration } from '@everynode/core/api/time';
import type { CreationModel } from '../plan.ts';
import type { StartedPod } from '../seams/machine.ts';
import type { KubeletContext } from './component.ts';
import { type ConductStreams, drawConduct, hookMs } from './kubeletApplication.ts';
import type { ImageAnswer, KubeletImages } from './kubeletImages.ts';
import { tellError, tellNormal, tellWarning } from './kubeletEvents.ts';
import { isEnding, type KubeletContainer, type KubeletPod } from './kubeletPod.ts';

/** A sync that failed is repeated after this long, and up to half as much again (K-18). */
const SYNC_BACKOFF_MS = 10_000;
const SYNC_BACKOFF_JITTER_MS = 5000;
/** The next sync of the pod after a failed pull finds it in backoff. */
const BACKOFF_SHOWS_AFTER_MS = 1000;

export interface LaunchOptions {
  readonly ctx: KubeletContext;
  readonly images: KubeletImages;
  /** V-13. */
  readonly drawStartMs: () => number;
  readonly statusChanged: (entry: KubeletPod) => void;
  readonly streams: ConductStreams;
}

export interface LaunchOutcome {
  /** It runs. */
  readonly started: () => void;
  /** An attempt failed; another one will come by itself. */
  readonly failed?: () => void;
}

export class KubeletLaunch {
  readonly #options: LaunchOptions;

  constructor(options: LaunchOptions) {
    this.#options = options;
  }

  launch(entry: KubeletPod, container: KubeletContainer, outcome: LaunchOutcome): void {
    const { ctx, images } = this.#options;
    const cause = ctx.trace.cause;
    const isWanted = (): boolean => !isEnding(entry);
    images.ensure({
      podUid: entry.uid,
      container: container.spec,
      pull: entry.behaviour.imagePull,
      bytes: entry.behaviour.imageSize,
      pulling: () => tellNormal(ctx, entry, container, 'Pulling', `Pulling image "${container.spec.image}"`),
      isWanted,
      // The node's queue of pulls serves one pod after the other: what follows belongs to this one.
      done: (answer) =>
        ctx.trace.causedBy(cause, () => {
          if (!isWanted()) return;
          if (answer.ok) {
            tellNormal(ctx, entry, container, 'Pulled', pulledText(container.spec.image, answer.pull));
            this.#create(entry, container, outcome);
          } else this.#retryLater(entry, container, outcome, answer);
        }),
    });
  }

  #create(entry: KubeletPod, container: KubeletContainer, outcome: LaunchOutcome): void {
    const { ctx, drawStartMs } = this.#options;
    entry.startTimers.push(ctx.schedule(drawStartMs(), () => this.#begin(entry, container, outcome)));
  }

  #begin(entry: KubeletPod, container: KubeletContainer, outcome: LaunchOutcome): void {
    const { ctx, streams } = this.#options;
    const { creation } = entry.behaviour;
    if (creation !== undefined && container.failedCreations < (creation.times ?? Infinity)) {
      this.#notCreated(entry, container, outcome, creation);
      return;
    }
    if (container.state.is === 'terminated') container.last = container.state;
    if (container.last !== undefined) container.restarts += 1;
    container.conduct = drawConduct(entry.behaviour, container, streams);
    ctx.machine.startContainer(startedPod(entry, container), container.spec.name, container.conduct);
    container.state = { is: 'running', startedAtMs: ctx.nowMs() };
    tellNormal(ctx, entry, container, 'Created', `Created container: ${container.spec.name}`);
    tellNormal(ctx, entry, container, 'Started', `Started container ${container.spec.name}`);
    this.#afterHook(entry, container, outcome.started);
  }

  /** A postStart hook runs beside the application, and whoever waits for the container waits for it too (K-14). */
  #afterHook({ behaviour }: KubeletPod, container: KubeletContainer, started: () => void): void {
    const { ctx, streams } = this.#options;
    const hook = container.spec.lifecycle?.postStart;
    if (hook === undefined) {
      started();
      return;
    }
    container.isInPostStart = true;
    const over = (): void => {
      container.isInPostStart = false;
      started();
    };
    container.timers.push(ctx.schedule(hookMs(hook, behaviour.postStart, streams.models), over));
  }

  /** The runtime says no; the pod is synced again after a pause (K-17, K-18). */
  #notCreated(entry: KubeletPod, container: KubeletContainer, outcome: LaunchOutcome, creation: CreationModel): void {
    const { ctx, statusChanged, streams } = this.#options;
    const { reason, message } = creation;
    container.failedCreations += 1;
    if (container.state.is === 'terminated') container.last = container.state;
    container.state = { is: 'waiting', reason, message };
    statusChanged(entry);
    tellWarning(ctx, entry, container, 'Failed', `Error: ${message}`);
    const pauseMs = SYNC_BACKOFF_MS + streams.models().below(SYNC_BACKOFF_JITTER_MS);
    const again = (): void => this.launch(entry, container, { started: outcome.started });
    entry.startTimers.push(ctx.schedule(pauseMs, again));
    outcome.failed?.();
  }

  #retryLater(
    entry: KubeletPod,
    container: KubeletContainer,
    outcome: LaunchOutcome,
    { reason, message, retryAtMs }: { readonly reason: string; readonly message: string; readonly retryAtMs: number },
  ): void {
    const { ctx, statusChanged } = this.#options;
    const { image } = container.spec;
    const show = (shown: string, text: string): void => {
      if (container.state.is === 'terminated') container.last = container.state;
      container.state = { is: 'waiting', reason: shown, message: text };
      statusChanged(entry);
    };
    show(reason, message);
    tellWarning(ctx, entry, container, 'Failed', `Failed to pull image "${image}": ${message}`);
    tellError(ctx, entry, container, reason);
    const later = (delayMs: number, run: () => void): void => void entry.startTimers.push(ctx.schedule(delayMs, run));
    if (reason === 'ErrImagePull') {
      later(BACKOFF_SHOWS_AFTER_MS, () => {
        show('ImagePullBackOff', `Back-off pulling image "${image}": ${reason}: ${message}`);
        tellNormal(ctx, entry, container, 'BackOff', `Back-off pulling image "${image}"`);
        tellError(ctx, entry, container, 'ImagePullBackOff');
      });
    }
    later(retryAtMs - ctx.nowMs(), () => this.launch(entry, container, { started: outcome.started }));
    outcome.failed?.();
  }
}

/** What the machine has to know: the pod's model, of which each main container has its part, and the memory limit (E-9). */
function startedPod({ uid, key, daemonSet, behaviour, pod }: KubeletPod, { spec, role }: KubeletContainer): StartedPod {
  const known = { uid, key, daemonSet, image: spec.image };
  const { usage } = behaviour;
  if (usage === undefined || role !== 'main') return known;
  const { containers } = pod.spec;
  const index = containers.findIndex(({ name }) => name === spec.name);
  const memoryLimit = parseMemoryBytes(spec.resources?.limits?.['memory']);
  const limit = memoryLimit === undefined ? {} : { memoryLimit };
  return { ...known, usage: { pod: usage, index, count: containers.length }, ...limit };
}

function pulledText(image: string, pull: Extract<ImageAnswer, { readonly ok: true }>['pull']): string {
  if (pull === undefined) return `Container image "${image}" already present on machine`;
  return `Successfully pulled image "${image}" in ${formatGoDuration(pull.tookMs)} (${formatGoDuration(pull.waitedMs)} including waiting).`;
}
