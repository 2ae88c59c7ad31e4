/** Which nodes lacked an available pod at a moment, since when, and which record brought them there. */
import type { DaemonSetTimeline } from './clusterWalk.ts';
import { type Moment, lastEntry } from './moment.ts';
import { NO_NODE, type NodeState, NOT_WANTED, OUTDATED, UPDATED } from './nodeState.ts';

export interface TroubledNode {
  readonly name: string;
  readonly state: NodeState;
  readonly sinceMs: number;
  /** The record at which the node came into this state; its chain of causes explains it. */
  readonly seq: number;
}

/** Nodes in one state, the longest in it first. */
export interface TroubleGroup {
  readonly state: NodeState;
  readonly nodes: readonly TroubledNode[];
}

/** All states but the healthy ones that some node is in, the most frequent first. */
export function troubleAt(timeline: DaemonSetTimeline, moment: Moment): readonly TroubleGroup[] {
  const groups = new Map<NodeState, TroubledNode[]>();
  for (const [name, lane] of timeline.lanes) {
    const index = lastEntry(lane, moment);
    const state = lane.state[index] ?? NO_NODE;
    if (isHealthy(state)) continue;
    const node = { name, state, sinceMs: lane.atMs[index] ?? 0, seq: lane.seq[index] ?? 0 };
    groups.set(state, [...(groups.get(state) ?? []), node]);
  }
  return [...groups]
    .map(([state, nodes]) => ({ state, nodes: nodes.sort((a, b) => a.sinceMs - b.sinceMs || a.seq - b.seq) }))
    .sort((a, b) => b.nodes.length - a.nodes.length || b.state - a.state);
}

/** Nothing to explain: not wanted here, or an available pod. */
function isHealthy(state: NodeState): boolean {
  return state === NO_NODE || state === NOT_WANTED || state === UPDATED || state === OUTDATED;
}
