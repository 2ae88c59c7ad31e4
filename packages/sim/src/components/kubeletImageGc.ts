/**
 * Removes images that nobody uses long before the disk is so full that pods have to go: looks every five minutes whether
 * more than a high share of the disk is used, and then frees as much as a low one asks for, the longest unused first.
 * Looks that could find nothing are no events. Twin: kubelet/images image_gc_manager.go. Rules: E-8.
 */
import type { Node } from '@everynode/core/api/node';
import { nextTickAtMs } from '../engine/ticks.ts';
import { nextShortageInMs, type Watched } from '../seams/shortage.ts';
import type { KubeletContext, Timer } from './component.ts';
import { imagesOf, type KubeletPod } from './kubeletPod.ts';

const PERIOD_MS = 300_000;
/** Upstream's defaults of imageGCHighThresholdPercent, imageGCLowThresholdPercent, imageMinimumGCAge. */
const HIGH_PERCENT = 85;
const LOW_PERCENT = 80;
const MINIMUM_AGE_MS = 120_000;

export interface ImageGcOptions {
  readonly ctx: KubeletContext;
  /** Pods whose images are in use. */
  readonly active: () => readonly KubeletPod[];
  readonly node: () => Node;
}

export class KubeletImageGc {
  readonly #options: ImageGcOptions;
  /** Drawn when it is first asked for: most disks never come near their high share. */
  #phaseMs: number | undefined;
  readonly #watched: Watched;
  #timer: Timer | undefined;
  /** Only what fails twice in a row is worth an ApiEvent of its own. */
  #hasFailed = false;

  constructor(options: ImageGcOptions) {
    this.#options = options;
    const { ctx } = options;
    const { room } = ctx.machine;
    const { imageGCHighThresholdPercent: high = HIGH_PERCENT } = ctx.registration.kubelet;
    // `high` percent are used as soon as the whole percents that are free are no more than the rest.
    const tooLittle = Math.ceil(((100 - high + 1) * room.capacity('imageDisk')) / 100);
    this.#watched = {
      slack: (inMs) => room.available('imageDisk', inMs) - tooLittle,
      leastSlack: () => room.leastAvailable('imageDisk') - tooLittle,
      growth: (inMs, stepMs) => room.growth('imageDisk', inMs, stepMs),
    };
  }

  /** What is left of the disk does not go on as it did. */
  reconsider(): void {
    const { ctx } = this.#options;
    if (this.#timer !== undefined) ctx.cancel(this.#timer);
    this.#timer = undefined;
    if (this.#watched.leastSlack() >= 0) return;
    const nowMs = ctx.nowMs();
    this.#phaseMs ??= ctx.rng('image-gc-phase').below(PERIOD_MS);
    const firstInMs = nextTickAtMs(nowMs, this.#phaseMs, PERIOD_MS) - nowMs;
    const inMs = nextShortageInMs([this.#watched], firstInMs, PERIOD_MS);
    this.#timer = inMs === undefined ? undefined : ctx.schedule(inMs, () => this.#round());
  }

  #round(): void {
    if (this.#watched.slack(0) < 0) this.#collect();
    else this.#hasFailed = false;
    this.#timer = undefined;
    this.reconsider();
  }

  #collect(): void {
    const { ctx, active } = this.#options;
    const { imageGCLowThresholdPercent: low = LOW_PERCENT, imageMinimumGCAge: minimumAgeMs = MINIMUM_AGE_MS } =
      ctx.registration.kubelet;
    const { room } = ctx.machine;
    const wanted = Math.trunc((room.capacity('imageDisk') * (100 - low)) / 100) - room.available('imageDisk');
    const inUse = new Set(active().flatMap(imagesOf));
    const freed = ctx.machine.removeImages({ inUse, minimumAgeMs, bytesToFree: wanted });
    if (freed < wanted) this.#tellFailure(wanted, freed);
    else this.#hasFailed = false;
  }

  #tellFailure(wanted: number, freed: number): void {
    const { ctx, node } = this.#options;
    const attempt = `Attempted to free ${wanted} bytes, but only found ${freed} bytes eligible to free.`;
    const message = `Failed to garbage collect required amount of images. ${attempt}`;
    ctx.trace.apiEvent('Node', node(), 'Warning', 'FreeDiskSpaceFailed', message);
    if (this.#hasFailed) ctx.trace.apiEvent('Node', node(), 'Warning', 'ImageGCFailed', message);
    this.#hasFailed = true;
  }
}
