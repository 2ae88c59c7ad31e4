/**
 * Periodic loops without an event per period: a loop that has nothing to do sleeps, and wakes at the instant at which
 * its next round would have come anyway. Rules: V-24.
 */

/** The first instant `phaseMs + n × periodMs` that lies after `nowMs`, or at it where `inclusive`. */
export function nextTickAtMs(nowMs: number, phaseMs: number, periodMs: number, inclusive = false): number {
  const past = (((nowMs - phaseMs) % periodMs) + periodMs) % periodMs;
  return inclusive && past === 0 ? nowMs : nowMs + periodMs - past;
}
