/**
 * When a kubelet's readiness probe will have found a container ready, computed instead of probed: the answers of an
 * application are a function of time here. Twin: prober/worker.go. Rules: K-24, K-25, K-28, K-30.
 */
import type { Probe } from '@everynode/core/api/pod';
import { nextTickAtMs } from '../engine/ticks.ts';

/** When the workers of one container made their first probe (K-24). */
export interface ProbesSinceMs {
  readonly readiness: number;
  readonly startup: number;
}

export interface ReadinessInput {
  readonly probe: Probe | undefined;
  readonly startupProbe: Probe | undefined;
  readonly startedAtMs: number;
  /** Start → the application answers, with any extra delay of its model. */
  readonly answersAfterMs: number;
  /** Since when its probe workers tick, each for itself. */
  readonly probesSinceMs: ProbesSinceMs;
}

const PERIOD_SECONDS = 10;

export function probePeriodMs({ periodSeconds = PERIOD_SECONDS }: Probe): number {
  return periodSeconds * 1000;
}

/** The instant at which the container counts as ready; without probes the one at which its application is (K-28). */
export function readyAtMs({ probe, startupProbe, startedAtMs, answersAfterMs, probesSinceMs }: ReadinessInput): number {
  const answersAtMs = startedAtMs + answersAfterMs;
  const startedUpAtMs =
    startupProbe === undefined
      ? startedAtMs
      : passesAtMs(startupProbe, startedAtMs, answersAtMs, probesSinceMs.startup);
  if (probe === undefined) return Math.max(answersAtMs, startedUpAtMs);
  return passesAtMs(probe, startedAtMs, Math.max(answersAtMs, startedUpAtMs), probesSinceMs.readiness);
}

/**
 * The tick of the last of `successThreshold` successes in a row. Whole seconds since the start are compared with
 * `initialDelaySeconds`, and before the application answers every tick is a failure.
 */
function passesAtMs(probe: Probe, startedAtMs: number, answersAtMs: number, sinceMs: number): number {
  const periodMs = probePeriodMs(probe);
  const delayedAtMs = startedAtMs + (probe.initialDelaySeconds ?? 0) * 1000;
  const firstMs = nextTickAtMs(Math.max(answersAtMs, delayedAtMs, sinceMs), sinceMs, periodMs, true);
  return firstMs + (Math.max(1, probe.successThreshold ?? 1) - 1) * periodMs;
}
