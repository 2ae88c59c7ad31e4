/**
 * Which tolerations answer which taints, and how long a pod may stay beside a NoExecute taint.
 * Twin: component-helpers scheduling/corev1 helpers.go, core/v1 toleration.go, tainteviction. Rules: DS-R4, DS-R5, T-3.
 */
import type { Taint, TaintEffect } from '../api/node.ts';
import type { Toleration } from '../api/pod.ts';

/** 2^63 nanoseconds. */
const GO_SECONDS_MAX = 9_223_372_036;

/** Whether the toleration matches the taint; `tolerationSeconds` plays no part (DS-R4). */
export function tolerates(toleration: Toleration, taint: Taint, compareNumbers = true): boolean {
  const { key = '', operator = '', value = '', effect = '' } = toleration;
  if (effect !== '' && effect !== taint.effect) return false;
  if (key !== '' && key !== taint.key) return false;
  switch (operator) {
    case '':
    case 'Equal':
      return value === (taint.value ?? '');
    case 'Exists':
      return true;
    case 'Lt':
    case 'Gt':
      return compareNumbers && isNumberBeyond(operator, taint.value ?? '', value);
    default:
      return false;
  }
}

export function isTolerated(
  taint: Taint,
  tolerations: readonly Toleration[] | undefined,
  compareNumbers = true,
): boolean {
  return tolerations?.some((toleration) => tolerates(toleration, taint, compareNumbers)) ?? false;
}

/** The first taint, among those of the given effects, that no toleration matches. */
export function findUntolerated(
  taints: readonly Taint[] | undefined,
  tolerations: readonly Toleration[] | undefined,
  effects: readonly TaintEffect[],
  compareNumbers = true,
): Taint | undefined {
  return taints?.find((taint) => effects.includes(taint.effect) && !isTolerated(taint, tolerations, compareNumbers));
}

export function noExecuteTaints(taints: readonly Taint[] | undefined): readonly Taint[] {
  return taints?.filter((taint) => taint.effect === 'NoExecute') ?? [];
}

/** The tolerations that answer the taints: for each taint the first that matches; undefined where one has none (T-3). */
export function matchingTolerations(
  taints: readonly Taint[],
  tolerations: readonly Toleration[] | undefined,
  compareNumbers = true,
): readonly Toleration[] | undefined {
  const used: Toleration[] = [];
  for (const taint of taints) {
    const match = tolerations?.find((toleration) => tolerates(toleration, taint, compareNumbers));
    if (match === undefined) return undefined;
    used.push(match);
  }
  return used;
}

/** The shortest stay that the used tolerations grant; none used grants nothing, a negative stay counts as none (T-3). */
export function minTolerationSeconds(used: readonly Toleration[]): number | 'unlimited' {
  if (used.length === 0) return 0;
  let least: number | 'unlimited' = 'unlimited';
  for (const { tolerationSeconds } of used) {
    if (tolerationSeconds === undefined || tolerationSeconds === null) continue;
    const seconds = Math.max(0, tolerationSeconds);
    if (least === 'unlimited' || seconds < least) least = seconds;
  }
  return least;
}

/** What the NoExecute taints of its node mean for a pod: never, now, or after a while (T-3). */
export type Stay =
  | { readonly kind: 'unlimited' }
  /** Some taint is not tolerated at all: a pending timer is cancelled and the pod deleted at once. */
  | { readonly kind: 'evictNow' }
  | { readonly kind: 'limited'; readonly stayMs: number };

export function stayOf(
  tolerations: readonly Toleration[] | undefined,
  taints: readonly Taint[],
  compareNumbers = true,
): Stay {
  const noExecute = noExecuteTaints(taints);
  if (noExecute.length === 0) return { kind: 'unlimited' };
  const used = matchingTolerations(noExecute, tolerations, compareNumbers);
  if (used === undefined) return { kind: 'evictNow' };
  const seconds = minTolerationSeconds(used);
  const stayMs = seconds === 'unlimited' ? undefined : goDurationMs(seconds);
  return stayMs === undefined ? { kind: 'unlimited' } : { kind: 'limited', stayMs };
}

/**
 * So many seconds as Go's duration of 64 bits of nanoseconds holds them, in ms. From 292 years on it runs over, and where
 * that makes it negative the controller takes it for no limit at all: undefined.
 */
function goDurationMs(seconds: number): number | undefined {
  if (seconds <= GO_SECONDS_MAX) return seconds * 1000;
  const nanoseconds = BigInt.asIntN(64, BigInt(seconds) * 1_000_000_000n);
  return nanoseconds < 0n ? undefined : Number(nanoseconds / 1_000_000n);
}

/** A pending eviction: when its timer was started, and when it fires. */
export interface EvictionTimer {
  readonly createdAtMs: number;
  readonly firesAtMs: number;
}

export type TimerChange =
  | { readonly change: 'keep' }
  | { readonly change: 'cancel' }
  | { readonly change: 'evictNow'; readonly cancel: boolean }
  | { readonly change: 'start'; readonly cancel: boolean; readonly timer: EvictionTimer };

/**
 * What a re-evaluation does to the pod's timer. A running timer is not prolonged: neither a new taint nor a longer
 * toleration moves it, unless the release replaces timers whose end differs (T-4, switch taint-timer-update).
 */
export function nextTimer(
  stay: Stay,
  timer: EvictionTimer | undefined,
  nowMs: number,
  replaceTimer: boolean,
): TimerChange {
  switch (stay.kind) {
    case 'unlimited':
      return timer === undefined ? { change: 'keep' } : { change: 'cancel' };
    case 'evictNow':
      return { change: 'evictNow', cancel: timer !== undefined };
    case 'limited': {
      if (timer === undefined) {
        return { change: 'start', cancel: false, timer: { createdAtMs: nowMs, firesAtMs: nowMs + stay.stayMs } };
      }
      // The start stays where it was first seen, so the stay is counted from there on.
      const { createdAtMs } = timer;
      const firesAtMs = createdAtMs + stay.stayMs;
      if (replaceTimer && firesAtMs !== timer.firesAtMs) {
        return { change: 'start', cancel: true, timer: { createdAtMs, firesAtMs } };
      }
      // Twin of the older code: a timer that was made before this instant is left as it is.
      if (!replaceTimer && createdAtMs >= nowMs) {
        return { change: 'start', cancel: true, timer: { createdAtMs: nowMs, firesAtMs: nowMs + stay.stayMs } };
      }
      return { change: 'keep' };
    }
  }
}

/** Texts of the eviction events (T-8). */
export function evictionEventMessage(what: 'marked' | 'cancelled', podKey: string): string {
  return what === 'marked' ? `Marking for deletion Pod ${podKey}` : `Cancelling deletion of Pod ${podKey}`;
}
export const EVICTION_EVENT_REASON = 'TaintManagerEviction';

const INT64_MAX = 9_223_372_036_854_775_807n;

/** Both values are decimal 64-bit numbers, and the taint's is beyond the toleration's; compared exactly, not as floats. */
function isNumberBeyond(operator: 'Lt' | 'Gt', taintValue: string, tolerationValue: string): boolean {
  const taint = parseInt64(taintValue);
  const toleration = parseInt64(tolerationValue);
  if (taint === undefined || toleration === undefined) return false;
  return operator === 'Lt' ? taint < toleration : taint > toleration;
}

/** Decimal 64-bit number with an optional sign, as Go's ParseInt reads it; undefined for anything else. */
export function parseInt64(text: string): bigint | undefined {
  if (!/^[+-]?[0-9]+$/.test(text)) return undefined;
  const value = text.startsWith('+') ? BigInt(text.slice(1)) : BigInt(text);
  return value > INT64_MAX || value < -INT64_MAX - 1n ? undefined : value;
}
