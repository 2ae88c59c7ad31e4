/** Which nodes stand where: zone by zone, chronic failures first, then in the order in which the rollout reached them. */
import { compareKeys } from '@everynode/core/api/meta';
import { FAILED, MISSING, TERMINATING } from '../src/nodeState.ts';
import type { LaneColumns } from '../src/payloadReader.ts';

export interface ZoneRow {
  readonly kind: 'zone';
  readonly zone: string;
  readonly nodes: readonly number[];
  readonly y: number;
  readonly height: number;
}

/** One row of pixels for one node, or for several where there are more nodes than pixels. */
export interface NodesRow {
  readonly kind: 'nodes';
  readonly nodes: readonly number[];
  readonly y: number;
  readonly height: number;
}

export type LaneRow = ZoneRow | NodesRow;

export interface RowLayout {
  readonly rows: readonly LaneRow[];
  readonly height: number;
  /** How many nodes one row stands for. */
  readonly nodesPerRow: number;
}

const ZONE_HEIGHT = 26;
/** Between the rows of one zone and the next. */
const ZONE_GAP = 6;
/** Rows below this height cannot be told apart, so nodes share them. */
const ROW_MIN = 2;
const ROW_MAX = 18;

/** Zones by name, each with its nodes in the order of their rows. */
export function orderNodes(
  nodes: readonly { readonly name: string; readonly zone: string }[],
  lanes: LaneColumns,
  endMs: number,
): ReadonlyMap<string, readonly number[]> {
  const ranks = nodes.map((node, i) => ({ i, name: node.name, ...rankOf(lanes, i, endMs) }));
  const zones = [...new Set(nodes.map((node) => node.zone))].sort(compareKeys);
  return new Map(
    zones.map((zone) => [
      zone,
      ranks
        .filter(({ i }) => nodes[i]?.zone === zone)
        .sort(
          (a, b) =>
            Number(b.isChronic) - Number(a.isChronic) ||
            a.replacedAtMs - b.replacedAtMs ||
            compareNames(a.name, b.name),
        )
        .map(({ i }) => i),
    ]),
  );
}

/** `rowHeight` in pixels, or `fit`: as high as `space` allows, so that everything is seen at once. */
export function layoutRows(
  zones: ReadonlyMap<string, readonly number[]>,
  rowHeight: number | 'fit',
  space: number,
): RowLayout {
  const count = [...zones.values()].reduce((sum, nodes) => sum + nodes.length, 0);
  const free = Math.max(60, space - zones.size * (ZONE_HEIGHT + ZONE_GAP));
  const fitting = Math.min(ROW_MAX, Math.floor(free / Math.max(1, count)));
  const height = rowHeight === 'fit' ? Math.max(ROW_MIN, fitting) : rowHeight;
  const nodesPerRow = rowHeight === 'fit' && fitting < ROW_MIN ? Math.ceil((count * ROW_MIN) / free) : 1;
  const rows: LaneRow[] = [];
  let y = 0;
  for (const [zone, nodes] of zones) {
    rows.push({ kind: 'zone', zone, nodes, y, height: ZONE_HEIGHT });
    y += ZONE_HEIGHT;
    for (let i = 0; i < nodes.length; i += nodesPerRow) {
      rows.push({ kind: 'nodes', nodes: nodes.slice(i, i + nodesPerRow), y, height });
      y += height;
    }
    y += ZONE_GAP;
  }
  return { rows, height: y, nodesPerRow };
}

interface Rank {
  /** Failed for more than half of the run. */
  readonly isChronic: boolean;
  /** When its pod was first taken away; infinite: never. */
  readonly replacedAtMs: number;
}

function rankOf({ starts, atMs, state }: LaneColumns, node: number, endMs: number): Rank {
  const [from = 0, to = 0] = [starts[node], starts[node + 1]];
  let [failedMs, replacedAtMs, hadPod] = [0, Number.POSITIVE_INFINITY, false];
  for (let i = from; i < to; i += 1) {
    const until = i + 1 < to ? (atMs[i + 1] ?? endMs) : endMs;
    if (state[i] === FAILED) failedMs += until - (atMs[i] ?? 0);
    const isLost = state[i] === TERMINATING || (state[i] === MISSING && hadPod);
    if (isLost) replacedAtMs = Math.min(replacedAtMs, atMs[i] ?? 0);
    hadPod ||= state[i] !== MISSING && state[i] !== 0;
  }
  return { isChronic: failedMs * 2 > endMs, replacedAtMs };
}

/** `worker-9` before `worker-10`: runs of digits count as numbers. */
function compareNames(a: string, b: string): number {
  const [partsA, partsB] = [a, b].map((name) => name.match(/\d+|\D+/g) ?? []);
  for (const [i, part] of (partsA ?? []).entries()) {
    const other = partsB?.[i];
    if (other === undefined || part === other) continue;
    const bothDigits = /^\d/.test(part) && /^\d/.test(other);
    return bothDigits ? Number(part) - Number(other) || compareKeys(part, other) : compareKeys(part, other);
  }
  return compareKeys(a, b);
}
