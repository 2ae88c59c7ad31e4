/** A moment of a run, and the state of lanes at it. Many records share an instant, so a moment carries a seq too. */
import type { Lane } from './daemonSetWalk.ts';
import { NODE_STATES, NO_NODE, type NodeState } from './nodeState.ts';

/** `seq` is the last record that counts. */
export interface Moment {
  readonly atMs: number;
  readonly seq: number;
}

/** The state of a node at a moment; `NO_NODE` before its first. */
export function laneStateAt(lane: Lane, moment: Moment): NodeState {
  return lane.state[lastEntry(lane, moment)] ?? NO_NODE;
}

/** Index of the entry of a lane that holds at a moment; -1 before its first. */
export function lastEntry(lane: Lane, { atMs, seq }: Moment): number {
  let [low, high] = [0, lane.atMs.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    const [at, s] = [lane.atMs[middle] ?? 0, lane.seq[middle] ?? 0];
    if (at < atMs || (at === atMs && s <= seq)) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** How many of the lanes are in each of the ten states; nodes that do not exist count nowhere. */
export function stateCounts(lanes: Iterable<Lane>, moment: Moment): readonly number[] {
  const counts = NODE_STATES.map(() => 0);
  for (const lane of lanes) {
    const state = laneStateAt(lane, moment);
    if (state !== NO_NODE) counts[state] = (counts[state] ?? 0) + 1;
  }
  return counts;
}
