/**
 * When the workers of a kubelet's probes come to another result, computed instead of probed: how an application answers
 * is a function of time here. Pure. Twin: prober/worker.go. Rules: K-24…K-26, K-28, K-30.
 */
import type { Probe } from '@everynode/core/api/pod';
import { nextTickAtMs } from '../engine/ticks.ts';
import type { ApplicationConduct, FailingSpell } from '../seams/machine.ts';

export type ProbeKind = 'startup' | 'readiness' | 'liveness';

/** One worker and the container that it asks. Instants are the kubelet's, in ms. */
export interface ProbeWorker {
  readonly kind: ProbeKind;
  readonly probe: Probe;
  /** Since when it ticks (K-24). */
  readonly sinceMs: number;
  readonly startedAtMs: number;
  readonly conduct: ApplicationConduct;
}

/** What a worker knows. */
export interface ProbeMemory {
  /** Undefined: a startup probe that has not come to a result. */
  readonly result: boolean | undefined;
  /** Its next attempt. */
  readonly nextMs: number;
  readonly last: boolean | undefined;
  /** Attempts in a row with the outcome `last`. */
  readonly run: number;
}

/** The worker comes to another result. */
export interface ProbeFlip {
  readonly atMs: number;
  readonly isSuccess: boolean;
  readonly memory: ProbeMemory;
}

/** One attempt that fails: why, in the words of the reader's own probe (`unhealthyText`). */
export type ProbeFailure = 'refused' | 'bad' | 'late';

interface Outcome {
  readonly failure: ProbeFailure | undefined;
  readonly tookMs: number;
  /** Until then every attempt has this outcome. */
  readonly untilMs: number;
}

const PERIOD_SECONDS = 10;
const TIMEOUT_SECONDS = 1;
const FAILURE_THRESHOLD = 3;

export function probePeriodMs({ periodSeconds = PERIOD_SECONDS }: Probe): number {
  return periodSeconds * 1000;
}

export function probeTimeoutSeconds({ timeoutSeconds = TIMEOUT_SECONDS }: Probe): number {
  return timeoutSeconds;
}

/** From when on a worker asks: at its next tick, or at once, as for readiness when the startup probe has passed (K-24). */
export interface ProbeBeginning {
  readonly fromMs: number;
  readonly atOnce?: boolean;
  /** It counts as ready already, as after a restart of its kubelet (K-36). */
  readonly isReady?: boolean;
}

/** What a worker knows of a container that it has not asked yet. */
export function firstMemory(
  worker: ProbeWorker,
  { fromMs, atOnce = false, isReady = false }: ProbeBeginning,
): ProbeMemory {
  const { kind, probe, sinceMs, startedAtMs } = worker;
  const soonestMs = Math.max(fromMs, sinceMs, startedAtMs + (probe.initialDelaySeconds ?? 0) * 1000);
  const nextMs = atOnce && soonestMs === fromMs ? fromMs : nextTickFrom(worker, soonestMs);
  return { result: { startup: undefined, readiness: isReady, liveness: true }[kind], nextMs, last: undefined, run: 0 };
}

/** The next change of the worker's result; undefined: it never changes again while this container runs. */
export function nextFlip(worker: ProbeWorker, memory: ProbeMemory): ProbeFlip | undefined {
  const { result } = memory;
  let { nextMs, last, run } = memory;
  for (;;) {
    const { failure, tookMs, untilMs } = outcomeAt(worker, nextMs);
    const isSuccess = failure === undefined;
    if (isSuccess === result) {
      if (untilMs === Infinity) return undefined;
      nextMs = firstAttemptFrom(worker, nextMs, tookMs, untilMs);
      [last, run] = [isSuccess, 1];
      continue;
    }
    run = last === isSuccess ? run + 1 : 1;
    last = isSuccess;
    const endMs = nextMs + tookMs;
    nextMs = attemptAfter(worker, nextMs, tookMs);
    const lacking = thresholdOf(worker.probe, isSuccess) - run;
    if (lacking <= 0) return { atMs: endMs, isSuccess, memory: { result: isSuccess, nextMs, last, run } };
    // All but the last attempt that is needed, as far as the application stays as it is: counted, not walked.
    const cadenceMs = Math.max(probePeriodMs(worker.probe), tookMs);
    const alike = nextMs < untilMs ? (untilMs === Infinity ? lacking : attemptsIn(untilMs - nextMs, cadenceMs)) : 0;
    const skipped = Math.max(0, Math.min(lacking, alike) - 1);
    run += skipped;
    nextMs += skipped * cadenceMs;
  }
}

/** The first attempt from `fromMs` on that fails; undefined: none will while this container runs. */
export function nextFailure(
  worker: ProbeWorker,
  fromMs: number,
): { readonly atMs: number; readonly failure: ProbeFailure; readonly nextMs: number } | undefined {
  let atMs = fromMs;
  for (;;) {
    const { failure, tookMs, untilMs } = outcomeAt(worker, atMs);
    if (failure !== undefined) return { atMs: atMs + tookMs, failure, nextMs: attemptAfter(worker, atMs, tookMs) };
    if (untilMs === Infinity) return undefined;
    atMs = firstAttemptFrom(worker, atMs, tookMs, untilMs);
  }
}

function thresholdOf(
  { failureThreshold = FAILURE_THRESHOLD, successThreshold = 1 }: Probe,
  isSuccess: boolean,
): number {
  return Math.max(1, isSuccess ? successThreshold : failureThreshold);
}

function attemptsIn(spanMs: number, cadenceMs: number): number {
  return Math.trunc((spanMs - 1) / cadenceMs) + 1;
}

function nextTickFrom({ sinceMs, probe }: ProbeWorker, fromMs: number): number {
  return nextTickAtMs(fromMs, sinceMs, probePeriodMs(probe), true);
}

/** A tick that comes while an attempt is under way waits for its end, a second one is lost. */
function attemptAfter({ sinceMs, probe }: ProbeWorker, atMs: number, tookMs: number): number {
  return Math.max(nextTickAtMs(atMs, sinceMs, probePeriodMs(probe)), atMs + tookMs);
}

/** The first attempt at or after `untilMs`, given one before it. */
function firstAttemptFrom(worker: ProbeWorker, atMs: number, tookMs: number, untilMs: number): number {
  const periodMs = probePeriodMs(worker.probe);
  if (tookMs <= periodMs) return Math.max(attemptAfter(worker, atMs, tookMs), nextTickFrom(worker, untilMs));
  return atMs + attemptsIn(untilMs - atMs, tookMs) * tookMs;
}

/** How an attempt ends that begins at `atMs`. */
function outcomeAt({ kind, probe, startedAtMs, conduct }: ProbeWorker, atMs: number): Outcome {
  const runMs = atMs - startedAtMs;
  const answersFromMs = kind === 'readiness' ? conduct.readyAfterMs : conduct.answersAfterMs;
  if (runMs < answersFromMs) return { failure: 'refused', tookMs: 0, untilMs: startedAtMs + answersFromMs };
  const spells = conduct.spells[kind];
  const current = spells.filter(({ fromMs, untilMs }) => fromMs <= runMs && runMs < untilMs);
  const changesAtMs = spells.flatMap(({ fromMs, untilMs }) => [fromMs, untilMs]).filter((each) => each > runMs);
  const untilMs = startedAtMs + Math.min(Infinity, ...changesAtMs);
  const timeoutMs = probeTimeoutSeconds(probe) * 1000;
  return { ...answerOf(current, timeoutMs), untilMs };
}

/** Of several spells at a time the worst counts. */
function answerOf(spells: readonly FailingSpell[], timeoutMs: number): Omit<Outcome, 'untilMs'> {
  if (spells.some(({ answersInMs }) => answersInMs === undefined)) return { failure: 'bad', tookMs: 0 };
  const tookMs = Math.max(0, ...spells.map(({ answersInMs = 0 }) => answersInMs));
  return tookMs > timeoutMs ? { failure: 'late', tookMs: timeoutMs } : { failure: undefined, tookMs };
}
