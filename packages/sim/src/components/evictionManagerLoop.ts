/**
 * The eviction manager's rounds: every ten seconds while something is low or a condition is in force, asleep otherwise.
 * At most one pod per round, and after one the next round comes as soon as it is gone. Rules: E-3…E-8, E-10, E-11, E-19.
 */
import type { Node } from '@everynode/core/api/node';
import { nextTickAtMs } from '../engine/ticks.ts';
import type { KubeletContext, Timer } from './component.ts';
import {
  conditionsInForce,
  EVICTION_SIGNALS,
  type EvictionCandidate,
  evictionMessage,
  type EvictionSignal,
  rankForEviction,
  readSignal,
  type SignalReading,
} from './evictionManager.ts';
import { isCriticalPod } from './kubeletAdmission.ts';
import { isEnding, type KubeletPod, type PodVerdict } from './kubeletPod.ts';

const ROUND_MS = 10_000;
/** The runtime measures this often; what has been acted on once is not acted on again (E-4). */
const STATISTICS_MS = 10_000;
/** E-3: how often, and how long at most, an evicted pod is waited for. */
const CLEANUP_POLL_MS = 1000;
const CLEANUP_WAIT_MS = 30_000;
/** E-11: a hard threshold leaves a second. */
const HARD_GRACE_MS = 1000;

export interface EvictionOptions {
  readonly ctx: KubeletContext;
  /** Pods that take room on the node. */
  readonly active: () => readonly KubeletPod[];
  readonly evict: (entry: KubeletPod, verdict: PodVerdict, graceMs: number) => void;
  readonly node: () => Node;
  /** The conditions in force are no longer the same. */
  readonly conditionsChanged: () => void;
}

interface Candidate extends EvictionCandidate {
  readonly entry: KubeletPod;
}

export class EvictionManagerLoop {
  readonly #options: EvictionOptions;
  readonly #phaseMs: number;
  readonly #statisticsPhaseMs: number;
  /** When what the last round saw was measured. */
  #statisticsAtMs = -Infinity;
  readonly #lastSeenMs = new Map<string, number>();
  /** Signals of the present spell for which it has been said that something is reclaimed. */
  readonly #told = new Set<string>();
  #inForce: readonly string[] = [];
  #timer: Timer | undefined;
  /** The pod of the last round, until it is gone or has been waited for long enough. */
  #awaited: { readonly entry: KubeletPod; readonly untilMs: number } | undefined;

  constructor(options: EvictionOptions) {
    this.#options = options;
    this.#phaseMs = options.ctx.rng('eviction-phase').below(ROUND_MS);
    this.#statisticsPhaseMs = options.ctx.rng('statistics-phase').below(STATISTICS_MS);
  }

  /** Pressure conditions that this kubelet reports and admits by. */
  get conditions(): readonly string[] {
    return this.#inForce;
  }

  /** Something that it measures may have changed: its next round is a real one. */
  wake(): void {
    if (this.#timer !== undefined || this.#awaited !== undefined) return;
    const { ctx } = this.#options;
    const nowMs = ctx.nowMs();
    this.#schedule(nextTickAtMs(nowMs, this.#phaseMs, ROUND_MS) - nowMs);
  }

  #schedule(delayMs: number): void {
    this.#timer = this.#options.ctx.schedule(delayMs, () => {
      this.#timer = undefined;
      this.#round();
    });
  }

  #round(): void {
    const { ctx } = this.#options;
    const readings = EVICTION_SIGNALS.map((signal): readonly [EvictionSignal, SignalReading] => [
      signal,
      readSignal(ctx.machine, signal),
    ]);
    const nowMs = ctx.nowMs();
    for (const [{ condition }, { isMet }] of readings) {
      if (isMet) this.#lastSeenMs.set(condition, nowMs);
      else this.#told.delete(condition);
    }
    this.#updateConditions(nowMs);
    const acting = this.#hasNewStatistics(nowMs) ? readings.find(([, { evicts }]) => evicts) : undefined;
    if (acting !== undefined && this.#reclaim(acting[0])) return;
    if (readings.some(([, { isMet }]) => isMet) || this.#inForce.length > 0) this.wake();
  }

  #hasNewStatistics(nowMs: number): boolean {
    const atMs = nextTickAtMs(nowMs - STATISTICS_MS, this.#statisticsPhaseMs, STATISTICS_MS);
    const isNew = atMs > this.#statisticsAtMs;
    this.#statisticsAtMs = atMs;
    return isNew;
  }

  #updateConditions(nowMs: number): void {
    const { ctx, conditionsChanged } = this.#options;
    const inForce = conditionsInForce(this.#lastSeenMs, ctx.settings.evictionPressureTransitionPeriod, nowMs);
    const isSame =
      inForce.length === this.#inForce.length && inForce.every((condition) => this.#inForce.includes(condition));
    this.#inForce = inForce;
    if (!isSame) conditionsChanged();
  }

  /** True: a pod goes, and the next round waits for it. Unused images go first; they may be enough (E-8). */
  #reclaim(signal: EvictionSignal): boolean {
    const { ctx, active } = this.#options;
    this.#tellThreshold(signal);
    if (signal.resource === 'disk') {
      const inUse = new Set(active().flatMap(({ containers }) => containers.map(({ spec }) => spec.image)));
      ctx.machine.removeUnusedImages(inUse);
    }
    const reading = readSignal(ctx.machine, signal);
    if (!reading.evicts) return false;
    const candidates = active()
      .filter((entry) => !isEnding(entry) && !isCriticalPod(entry.pod))
      .map((entry): Candidate => ({ entry, pod: entry.pod, ...usageOf(entry) }));
    const [first] = rankForEviction(ctx.order(candidates), signal);
    if (first === undefined) return false;
    this.#evict(first, signal, reading);
    return true;
  }

  #evict(candidate: Candidate, signal: EvictionSignal, reading: SignalReading): void {
    const { ctx, evict } = this.#options;
    const { entry, pod } = candidate;
    const message = evictionMessage(candidate, signal, reading);
    const data = { resource: signal.name, availableBytes: reading.availableBytes };
    const seq = ctx.trace.event({ type: 'kubelet.evicted', object: `pod/${entry.key}`, node: ctx.nodeName, data });
    ctx.trace.causedBy(seq, () => {
      ctx.trace.apiEvent('Pod', pod, 'Warning', 'Evicted', message);
      this.#awaited = { entry, untilMs: ctx.nowMs() + CLEANUP_WAIT_MS };
      // Before 1.31 the override of zero seconds was taken for none: the pod kept its whole grace (E-11).
      const graceMs = ctx.profile.evictGraceOneSecond
        ? HARD_GRACE_MS
        : (pod.spec.terminationGracePeriodSeconds ?? 30) * 1000;
      evict(entry, { phase: 'Failed', reason: 'Evicted', message, isDisrupted: true }, graceMs);
    });
    ctx.schedule(CLEANUP_POLL_MS, () => this.#pollCleanup());
  }

  #pollCleanup(): void {
    const { ctx } = this.#options;
    const awaited = this.#awaited;
    if (awaited !== undefined && awaited.entry.stage !== 'stopped' && ctx.nowMs() < awaited.untilMs) {
      ctx.schedule(CLEANUP_POLL_MS, () => this.#pollCleanup());
      return;
    }
    this.#awaited = undefined;
    this.#round();
  }

  /** Upstream counts one ApiEvent up at every round; here the first says it all. */
  #tellThreshold({ condition, name }: EvictionSignal): void {
    if (this.#told.has(condition)) return;
    this.#told.add(condition);
    const { ctx, node } = this.#options;
    ctx.trace.apiEvent('Node', node(), 'Warning', 'EvictionThresholdMet', `Attempting to reclaim ${name}`);
  }
}

function usageOf({ behaviour }: KubeletPod): { readonly memoryBytes: number; readonly diskBytes: number } {
  return { memoryBytes: behaviour.memoryBytes, diskBytes: behaviour.diskBytes };
}
