/**
 * The eviction manager's rounds: one every ten seconds, of which those that could find nothing are no events; after an
 * eviction the next one follows as soon as the pod is cleaned up. Rules: E-3, E-4, E-5, E-10, E-19.
 */
import type { Node } from '@everynode/core/api/node';
import { nextTickAtMs } from '../engine/ticks.ts';
import type { KubeletContext, Timer } from './component.ts';
import { EvictionChoice } from './evictionManagerChoice.ts';
import { evictAll, type HandsOptions } from './evictionManagerHands.ts';
import { EvictionState, type Reading } from './evictionManagerState.ts';
import {
  amountOf,
  EVICTION_SIGNALS,
  type SignalName,
  type Threshold,
  thresholdsOf,
} from './evictionManagerThresholds.ts';
import type { KubeletPod } from './kubeletPod.ts';
import { watchStorageLimits } from './evictionManagerStorage.ts';
import { nextShortageInMs, type Watched } from '../seams/shortage.ts';

const ROUND_MS = 10_000;
/** The container runtime measures its images this often; everything else is measured anew for every round (E-4). */
const IMAGE_STATISTICS_MS = 10_000;

export interface EvictionOptions extends HandsOptions {
  readonly ctx: KubeletContext;
  /** Pods that take room on the node. */
  readonly active: () => readonly KubeletPod[];
  readonly node: () => Node;
  /** The conditions in force are no longer the same. */
  readonly conditionsChanged: () => void;
  /** Tests: every round is an event, as upstream's are. */
  readonly isNaive?: boolean;
}

export class EvictionManagerLoop {
  readonly #options: EvictionOptions;
  readonly #thresholds: readonly Threshold[];
  readonly #state: EvictionState;
  readonly #choice: EvictionChoice;
  readonly #watched: readonly Watched[];
  /** The rounds lie on a grid that begins at this instant, and anew after every eviction. */
  #gridMs: number;
  readonly #statisticsPhaseMs: number;
  /** When the images of the last round were measured. */
  #statisticsAtMs = -Infinity;
  #inForce: readonly string[] = [];
  /** The last round found something to be low. */
  #isLow = false;
  #timer: Timer | undefined;
  /** Pods are on their way out: the next round comes by itself. */
  #isEvicting = false;

  constructor(options: EvictionOptions) {
    this.#options = options;
    const { ctx, active, node } = options;
    const { kubelet } = ctx.registration;
    this.#thresholds = thresholdsOf(kubelet, ctx.profile);
    const { evictionPressureTransitionPeriod = ctx.settings.evictionPressureTransitionPeriod } = kubelet;
    this.#state = new EvictionState(this.#thresholds, evictionPressureTransitionPeriod);
    const read = (signal: SignalName): Reading => this.#read(signal, false);
    this.#choice = new EvictionChoice({ ctx, active, node, thresholds: this.#thresholds, read });
    this.#watched = this.#thresholds.map((threshold) => this.#watch(threshold));
    this.#gridMs = ctx.rng('eviction-phase').below(ROUND_MS);
    this.#statisticsPhaseMs = ctx.rng('statistics-phase').below(IMAGE_STATISTICS_MS);
  }

  /** Pressure conditions that this kubelet reports and admits by. */
  get conditions(): readonly string[] {
    return this.#inForce;
  }

  /** What is left does not go on as it did: another round may be the first that finds something. */
  reconsider(): void {
    if (this.#isEvicting) return;
    const { ctx } = this.#options;
    if (this.#timer !== undefined) ctx.cancel(this.#timer);
    const inMs = this.#nextRoundInMs();
    this.#timer = inMs === undefined ? undefined : ctx.schedule(inMs, () => this.#round());
  }

  #nextRoundInMs(): number | undefined {
    const { ctx, active, isNaive = false } = this.#options;
    const nowMs = ctx.nowMs();
    const firstInMs = nextTickAtMs(nowMs, this.#gridMs, ROUND_MS) - nowMs;
    if (this.#isLow || isNaive) return firstInMs;
    const { room } = ctx.machine;
    const limits = room.isUnused ? [] : active().flatMap(({ pod }) => watchStorageLimits(pod, room));
    const shortage = nextShortageInMs([...this.#watched, ...limits], firstInMs, ROUND_MS);
    const endMs = this.#state.firstEndMs(nowMs);
    if (endMs === Infinity) return shortage;
    const end = nextTickAtMs(endMs, this.#gridMs, ROUND_MS, true) - nowMs;
    return Math.min(end, shortage ?? Infinity);
  }

  #round(): void {
    const { ctx } = this.#options;
    this.#timer = undefined;
    const hasNewImages = this.#hasNewStatistics();
    const { isLow, acting } = this.#state.evaluate((signal) => this.#read(signal, hasNewImages), ctx.nowMs());
    this.#isLow = isLow;
    this.#updateConditions();
    const broken = this.#choice.brokenLimits();
    const pressed = broken.length > 0 || acting.length === 0 ? undefined : this.#choice.reclaim(acting);
    const victims = pressed === undefined ? broken : [pressed];
    if (victims.length > 0) {
      this.#isEvicting = true;
      evictAll(this.#options, victims, () => {
        this.#isEvicting = false;
        this.#round();
      });
      return;
    }
    if (!isLow) this.#choice.spellOver();
    this.#gridMs = ctx.nowMs();
    this.reconsider();
  }

  #read(signal: SignalName, hasNewImages: boolean): Reading {
    const { room } = this.#options.ctx.machine;
    const place = EVICTION_SIGNALS[signal].room;
    return {
      available: room.available(place),
      capacity: room.capacity(place),
      isConditionOnly: room.pressure(place) === 'condition',
      isNew: hasNewImages || (place !== 'imageDisk' && place !== 'imageInodes'),
    };
  }

  #hasNewStatistics(): boolean {
    const nowMs = this.#options.ctx.nowMs();
    const atMs = nextTickAtMs(nowMs - IMAGE_STATISTICS_MS, this.#statisticsPhaseMs, IMAGE_STATISTICS_MS);
    const isNew = atMs > this.#statisticsAtMs;
    this.#statisticsAtMs = atMs;
    return isNew;
  }

  #updateConditions(): void {
    const { ctx, conditionsChanged } = this.#options;
    const inForce = this.#state.conditionsAt(ctx.nowMs());
    const isSame =
      inForce.length === this.#inForce.length && inForce.every((condition) => this.#inForce.includes(condition));
    // Go walks over a map here (E-15).
    this.#inForce = ctx.order(inForce);
    if (!isSame) conditionsChanged();
  }

  #watch({ signal, value }: Threshold): Watched {
    const { room } = this.#options.ctx.machine;
    const place = EVICTION_SIGNALS[signal].room;
    const amount = amountOf(value, room.capacity(place));
    return {
      slack: (inMs) => room.available(place, inMs) - amount,
      leastSlack: () => room.leastAvailable(place) - amount,
      growth: (inMs, stepMs) => room.growth(place, inMs, stepMs),
    };
  }
}
