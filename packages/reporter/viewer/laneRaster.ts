/** Turns lanes into columns of pixels: the worst state within a pixel wins, and even the shortest state gets one pixel. */
import { NO_NODE, NODE_STATES } from '../src/nodeState.ts';
import type { LaneColumns } from '../src/payloadReader.ts';

export interface TimeRange {
  readonly fromMs: number;
  readonly toMs: number;
}

/**
 * Writes into `out`, one byte per pixel column, the worst state of these nodes: 0 where none of them exists, else the
 * state's number plus one. Severity is the order of `NODE_STATES`.
 */
export function rasterRow(
  lanes: LaneColumns,
  nodes: readonly number[],
  { fromMs, toMs }: TimeRange,
  out: Uint8Array,
): void {
  out.fill(0);
  const scale = out.length / Math.max(1, toMs - fromMs);
  for (const node of nodes) {
    const end = lanes.starts[node + 1] ?? 0;
    for (let i = firstWithin(lanes, node, fromMs); i < end; i += 1) {
      const at = lanes.atMs[i] ?? 0;
      if (at > toMs) break;
      const state = lanes.state[i] ?? NO_NODE;
      const until = i + 1 < end ? (lanes.atMs[i + 1] ?? toMs) : toMs;
      // What changed again within the same instant never held.
      if (state === NO_NODE || (until === at && i + 1 < end)) continue;
      paint(out, state + 1, Math.floor((at - fromMs) * scale), Math.ceil((Math.min(until, toMs) - fromMs) * scale));
    }
  }
}

function paint(out: Uint8Array, value: number, from: number, to: number): void {
  const start = Math.max(0, from);
  const end = Math.min(out.length, Math.max(to, start + 1));
  for (let x = start; x < end; x += 1) {
    if ((out[x] ?? 0) < value) out[x] = value;
  }
}

/** Index of the entry that holds at `fromMs`, or of the lane's first. */
function firstWithin({ starts, atMs }: LaneColumns, node: number, fromMs: number): number {
  let [low, high] = [starts[node] ?? 0, starts[node + 1] ?? 0];
  const first = low;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((atMs[middle] ?? 0) <= fromMs) low = middle + 1;
    else high = middle;
  }
  return Math.max(first, low - 1);
}

/** How many nodes of a group are in each state from each change on: exact, whatever the rows of pixels show. */
export interface ShareSteps {
  readonly atMs: Float64Array;
  /** Ten numbers for each change. */
  readonly counts: Uint32Array;
}

export function shareSteps(lanes: LaneColumns, nodes: readonly number[]): ShareSteps {
  const changes: { readonly atMs: number; readonly from: number; readonly to: number }[] = [];
  for (const node of nodes) {
    let from = NO_NODE;
    for (let i = lanes.starts[node] ?? 0; i < (lanes.starts[node + 1] ?? 0); i += 1) {
      const to = lanes.state[i] ?? NO_NODE;
      changes.push({ atMs: lanes.atMs[i] ?? 0, from, to });
      from = to;
    }
  }
  changes.sort((a, b) => a.atMs - b.atMs);
  const width = NODE_STATES.length;
  const counts = new Uint32Array(changes.length * width);
  const now = new Uint32Array(width);
  changes.forEach(({ from, to }, i) => {
    if (from !== NO_NODE) now[from] = (now[from] ?? 0) - 1;
    if (to !== NO_NODE) now[to] = (now[to] ?? 0) + 1;
    counts.set(now, i * width);
  });
  return { atMs: Float64Array.from(changes, (change) => change.atMs), counts };
}
