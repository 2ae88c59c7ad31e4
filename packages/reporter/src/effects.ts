/** What faults did to a run that went well all the same: how far coverage fell, and where a rollout stood still. */
import type { DaemonSetTimeline } from './clusterWalk.ts';
import type { CoveragePoint } from './daemonSetWalk.ts';
import { shortName } from './eventText.ts';
import { formatClock, formatDuration } from './time.ts';

/** A rollout that makes no progress for less than this only waits for its next pod. */
const STALL_MIN_MS = 60_000;

/** `At worst 20 of 30 nodes had an available pod, at 05:40.003.`, or undefined where nothing fell after all were up. */
export function worstCoverageText({ coverage }: DaemonSetTimeline): string | undefined {
  const up = coverage.findIndex((point) => point.desired > 0 && point.available >= point.desired);
  if (up < 0) return undefined;
  const missing = (point: CoveragePoint): number => point.desired - point.available;
  const worst = coverage.slice(up).reduce((most, point) => (missing(point) > missing(most) ? point : most));
  if (missing(worst) <= 0) return undefined;
  return `At worst ${worst.available} of ${worst.desired} nodes had an available pod, at ${formatClock(worst.atMs)}.`;
}

/**
 * `The rollout of agent stood still for 8m04s from 07:00.412, with 0 of 30 updated: 10 nodes lost by failure used up the budget of 3.`
 * Undefined without a rollout, or where none stood still.
 */
export function stallText({ ref, coverage, revisions }: DaemonSetTimeline, endMs: number): string | undefined {
  const begunMs = revisions[1]?.atMs;
  if (begunMs === undefined) return undefined;
  const stall = longestStall(
    coverage.filter((point) => point.atMs >= begunMs),
    endMs,
  );
  if (stall === undefined) return undefined;
  const { point, lastsMs } = stall;
  const { updated, desired, byFailure, budget } = point;
  const why =
    budget !== null && byFailure >= budget
      ? `: ${byFailure} nodes lost by failure used up the budget of ${budget}`
      : '';
  const where = `stood still for ${formatDuration(lastsMs)} from ${formatClock(point.atMs)}`;
  return `The rollout of ${shortName(ref)} ${where}, with ${updated} of ${desired} updated${why}.`;
}

function longestStall(
  points: readonly CoveragePoint[],
  endMs: number,
): { readonly point: CoveragePoint; readonly lastsMs: number } | undefined {
  let longest: { readonly point: CoveragePoint; readonly lastsMs: number } | undefined;
  for (let at = 0; at < points.length;) {
    const point = points[at];
    if (point === undefined) break;
    let next = at + 1;
    while (points[next]?.updated === point.updated) next += 1;
    const lastsMs = (points[next]?.atMs ?? endMs) - point.atMs;
    const isStall = point.updated < point.desired && lastsMs >= STALL_MIN_MS;
    if (isStall && lastsMs > (longest?.lastsMs ?? 0)) longest = { point, lastsMs };
    at = next;
  }
  return longest;
}
