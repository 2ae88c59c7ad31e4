/** How client-go waits between attempts to list or watch. Rules: I-2. */
import type { Rng } from '../engine/rng.ts';

/** 800 ms, doubled up to 30 s; each delay is the base times a factor of 1 to 2. */
const BASE_MS = 800;
const BASE_MAX_MS = 30_000;

/** Delay before attempt `failures` + 1, in ms. */
export function reconnectBackoffMs(failures: number, rng: Rng): number {
  const base = Math.min(BASE_MS * 2 ** Math.min(failures, 6), BASE_MAX_MS);
  return base + rng.below(base + 1);
}

/** After an outage of `outageMs`: how long until the attempt that happens to be next finds the link in order. */
export function reconnectDelayMs(outageMs: number, rng: Rng): number {
  let atMs = 0;
  for (let failures = 0; ; failures += 1) {
    atMs += reconnectBackoffMs(failures, rng);
    if (atMs >= outageMs) return atMs - outageMs;
  }
}
