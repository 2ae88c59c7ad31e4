/**
 * When a room that only shrinks by itself will next be found too small by somebody who looks at regular instants: so
 * that a loop may sleep through all the rounds that would find nothing. Rules: E-3, E-4.
 */
import type { Growth } from './usage.ts';

/** Something that is looked at: how far it is from being too little, in its own unit. */
export interface Watched {
  /** Below 0: too little. */
  slack(inMs: number): number;
  /** The least it can ever be as things stand; not below 0: never too little. */
  leastSlack(): number;
  /** How fast it shrinks at most from then on; `untilMs` counts from now. */
  growth(inMs: number, stepMs: number): Growth;
}

/** So many jumps, then a round looks for itself: bursts that never quite reach a limit must not be followed for ever. */
const JUMPS_MAX = 10_000;

/**
 * In how many ms, out of `firstInMs`, `firstInMs + stepMs` …, something is too little for the first time; undefined:
 * never as things stand. May name an instant too early where that is far away, never one too late.
 */
export function nextShortageInMs(all: readonly Watched[], firstInMs: number, stepMs: number): number | undefined {
  const watched = all.filter((each) => each.leastSlack() < 0);
  if (watched.length === 0) return undefined;
  let inMs = firstInMs;
  for (let jumps = 0; jumps < JUMPS_MAX; jumps += 1) {
    let steps = Infinity;
    for (const each of watched) {
      const slack = each.slack(inMs);
      if (slack < 0) return inMs;
      steps = Math.min(steps, safeSteps(slack, each.growth(inMs, stepMs), inMs, stepMs));
    }
    if (steps === Infinity) return undefined;
    inMs += steps * stepMs;
  }
  return inMs;
}

/** So many steps ahead is the first instant at which it could be too little; at least one. */
function safeSteps(slack: number, { perStep, untilMs }: Growth, inMs: number, stepMs: number): number {
  const untilShort = perStep === 0 ? Infinity : Math.trunc(slack / perStep) + 1;
  // From the next piece on the growth of this one says nothing.
  const untilNext = Math.max(1, Math.ceil((untilMs - inMs) / stepMs));
  return Math.min(untilShort, untilNext);
}
