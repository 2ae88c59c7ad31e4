/** Kind `backoff`: the delay behind failed pods, on a clock that the case moves. In nanoseconds, the finest that a case uses. */
import { isObject } from '../api/patch.ts';
import { Backoff } from '../machinery/backoff.ts';
import type { CaseRunner, Mismatch, Step } from './case.ts';
import { compareWhole, mismatch } from './compare.ts';

const NANOS_PER_MS = 1_000_000;

interface State {
  readonly backoff: Backoff;
  /** Microseconds would do for every case seen; nanoseconds of a day stay within the safe integers. */
  nowNs: number;
  readonly marks: Map<string, number>;
  previousNs: number;
  /** Unix seconds of instant 0, so that nanoseconds stay safe integers; set by the first `setClock` that is far out. */
  baseSeconds: number | undefined;
}

const FAR_SECONDS = 4_000_000;

export const runBackoff: CaseRunner = ({ given, steps = [] }) => {
  // Half of what the case allows, so that it lies between its bounds.
  const jitterNs = (delayNs: number): number => Math.trunc((delayNs * (given.maxJitterFactor ?? 0)) / 2);
  const state: State = {
    backoff: new Backoff(given.initialMs * NANOS_PER_MS, given.maxMs * NANOS_PER_MS, jitterNs),
    nowNs: 0,
    marks: new Map(),
    previousNs: 0,
    baseSeconds: undefined,
  };
  return steps.flatMap((step, at) =>
    run(step, state).map((found) => ({ ...found, what: `step ${at} ${step.do}: ${found.what}` })),
  );
};

function run(step: Step, state: State): readonly Mismatch[] {
  const { expect = {} } = step;
  const key = typeof step['key'] === 'string' ? step['key'] : 'key';
  const { backoff, nowNs } = state;
  switch (step.do) {
    case 'advance':
      state.nowNs += advanceNs(step);
      return [];
    case 'setClock':
      state.nowNs = clockNs(step, state);
      return [];
    case 'next':
      backoff.next(key, nowNs);
      return [];
    case 'get':
      return compareDelay(expect['delayMs'], backoff.get(key), state);
    case 'isInBackOffSinceUpdate':
      return compareWhole('inBackoff', expect['inBackoff'], backoff.isInBackOffSinceUpdate(key, nowNs));
    case 'isInBackOffSince': {
      const event = step['event'];
      const eventNs = typeof event === 'string' && event !== 'now' ? (state.marks.get(event) ?? 0) : nowNs;
      return compareWhole('inBackoff', expect['inBackoff'], backoff.isInBackOffSince(key, eventNs, nowNs));
    }
    case 'mark':
      state.marks.set(String(step['as']), nowNs);
      return [];
    case 'gc':
      backoff.gc(nowNs);
      return [];
    case 'hasEntry':
      return compareWhole('present', expect['present'], backoff.has(key));
    case 'reset':
      backoff.reset(key);
      return [];
    default:
      return mismatch('step', 'a step of kind backoff', step.do);
  }
}

function advanceNs(step: Step): number {
  const part = (name: string, ns: number): number => Math.round(Number(step[name] ?? 0) * ns);
  return part('seconds', 1e9) + part('milliseconds', 1e6) + part('microseconds', 1e3) + part('nanoseconds', 1);
}

function clockNs(step: Step, state: State): number {
  const seconds = Number(step['unixSeconds'] ?? 0);
  state.baseSeconds ??= seconds < FAR_SECONDS ? 0 : Math.trunc(seconds) - FAR_SECONDS;
  return Math.round((seconds - state.baseSeconds) * 1e9);
}

/** Bounds are about jitter: between the delay and a little more, or a multiple of the one before. */
function compareDelay(expected: unknown, gotNs: number, state: State): readonly Mismatch[] {
  const { previousNs } = state;
  state.previousNs = gotNs;
  if (!isObject(expected)) return compareWhole('delayMs', expected, toMs(gotNs));
  const limit = (name: string): number | undefined => (typeof expected[name] === 'number' ? expected[name] : undefined);
  const gotMs = toMs(gotNs);
  const previousMs = toMs(previousNs);
  if (gotMs === limit('orEqual')) return [];
  const isWithin =
    gotMs > (limit('moreThan') ?? -Infinity) &&
    gotMs <= (limit('atMost') ?? Infinity) &&
    gotMs > (limit('moreThanTimesPrevious') ?? -Infinity) * (previousMs === 0 ? 1 : previousMs) &&
    gotMs <= (limit('atMostTimesPrevious') ?? Infinity) * (previousMs === 0 ? 1 : previousMs);
  return isWithin ? [] : mismatch('delayMs', expected, gotMs);
}

function toMs(ns: number): number {
  return Math.trunc(ns / NANOS_PER_MS);
}
