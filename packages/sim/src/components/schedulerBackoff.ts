/** When pods leave the places where they wait: the scheduler looks there in rounds, not at each of them. Twin: backend/queue. Rules: S-6. */

/** How often it looks for backoffs that are over. */
const BACKOFF_ROUND_MS = 1000;
/** How often it looks for pods that have waited for an event for too long, and how long that is. */
const LEFTOVER_ROUND_MS = 30_000;
const LEFTOVER_MS = 300_000;

/**
 * The instant of the round that ends a backoff. `startMs`: when the scheduler started, whose rounds count from there;
 * undefined where backoffs are cut to whole seconds, and rounds are on them, so that within a second priority decides.
 */
export function backoffRoundMs(dueMs: number, startMs: number | undefined): number {
  if (startMs === undefined) return Math.trunc(dueMs / BACKOFF_ROUND_MS) * BACKOFF_ROUND_MS;
  return startMs + Math.ceil((dueMs - startMs) / BACKOFF_ROUND_MS) * BACKOFF_ROUND_MS;
}

/** The first round in which a pod has been refused for more than five minutes. */
export function leftoverRoundMs(refusedAtMs: number, startMs: number): number {
  const rounds = Math.trunc((refusedAtMs + LEFTOVER_MS - startMs) / LEFTOVER_ROUND_MS) + 1;
  return startMs + rounds * LEFTOVER_ROUND_MS;
}
