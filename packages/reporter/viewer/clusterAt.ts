/** The cluster at one moment, as the panels ask for it: states of nodes, pods of a node, the controller's last word. */
import type { Scalar } from '@everynode/trace/record';
import type { Moment } from '../src/moment.ts';
import { NO_NODE, NODE_STATES, type NodeState } from '../src/nodeState.ts';
import type { LaneColumns, Run } from '../src/payloadReader.ts';
import { lastNotAbove } from '../src/runLog.ts';

/** Index of the entry of a node's lane that holds at a moment; -1: the node is not there yet. */
export function laneEntryAt({ starts, atMs, seq }: LaneColumns, node: number, moment: Moment): number {
  let [low, high] = [starts[node] ?? 0, starts[node + 1] ?? 0];
  const first = low;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const at = atMs[middle] ?? 0;
    if (at < moment.atMs || (at === moment.atMs && (seq[middle] ?? 0) <= moment.seq)) low = middle + 1;
    else high = middle;
  }
  return low === first ? -1 : low - 1;
}

function nodeStateAt(lanes: LaneColumns, node: number, moment: Moment): NodeState {
  const entry = laneEntryAt(lanes, node, moment);
  return entry < 0 ? NO_NODE : (lanes.state[entry] ?? NO_NODE);
}

/** The state of every node, by its index. */
export function statesAt(lanes: LaneColumns, moment: Moment): Uint8Array {
  const states = new Uint8Array(lanes.starts.length - 1);
  for (let node = 0; node < states.length; node += 1) states[node] = nodeStateAt(lanes, node, moment);
  return states;
}

/** How many nodes are in each of the ten states; nodes that do not exist are in none. */
export function countStates(states: Uint8Array): readonly number[] {
  const counts = NODE_STATES.map(() => 0);
  for (const state of states) if (state !== NO_NODE) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}

export interface PodAt {
  readonly ref: string;
  readonly fields: ReadonlyMap<string, Scalar>;
}

/** What a run's columns do not answer at once, indexed when it is first asked for. */
export class ClusterIndex {
  readonly #run: Run;
  #podsByNode: ReadonlyMap<string, ReadonlySet<string>> | undefined;

  constructor(run: Run) {
    this.#run = run;
  }

  /** Pods of a DaemonSet aimed at a node that exist at a moment. */
  podsOn(node: string, daemonSet: string, moment: Moment): readonly PodAt[] {
    this.#podsByNode ??= podsByNode(this.#run);
    return [...(this.#podsByNode.get(node) ?? [])].flatMap((ref) => {
      const fields = this.#run.log.stateOf(ref, moment);
      return fields.get('owner') === daemonSet && fields.get('node') === node ? [{ ref, fields }] : [];
    });
  }

  /** Index of the controller's last decision for a node up to a moment. */
  decisionFor(node: string, daemonSet: string, moment: Moment): number | undefined {
    const { log } = this.#run;
    const entries = log.entriesOfNode(node);
    for (let i = entries.length - 1; i >= 0; i -= 1) {
      const index = entries[i] ?? 0;
      if ((log.columns.seq[index] ?? 0) > moment.seq) continue;
      if (log.typeAt(index).startsWith('decision.') && log.objectAt(index) === daemonSet) return index;
    }
    return undefined;
  }
}

/**
 * Index of the entry that explains a state: the one at which it began, where that is about the node or about all nodes;
 * where time alone brought the change, the last one about the node.
 */
export function explainingEntry(
  { log, header }: Run,
  lanes: LaneColumns,
  { node, laneEntry }: { readonly node: number; readonly laneEntry: number },
): number {
  const index = log.indexOfSeq(lanes.seq[laneEntry] ?? 0);
  const name = header.nodes[node]?.name ?? '';
  const isOfNow = log.columns.atMs[index] === lanes.atMs[laneEntry];
  const isAboutAll = /^(?:ds|rev)\//.test(log.objectAt(index) ?? '') && log.nodeAt(index) === undefined;
  if (isOfNow && (isAboutAll || log.nodeAt(index) === name)) return index;
  const entries = log.entriesOfNode(name);
  return entries[lastNotAbove(entries, index)] ?? index;
}

function podsByNode({ log, header }: Run): ReadonlyMap<string, ReadonlySet<string>> {
  const byNode = new Map<string, Set<string>>();
  const path = header.paths.indexOf('node');
  const { patchStart, patchPath } = log.columns;
  for (let index = 0; index < log.length; index += 1) {
    for (let i = patchStart[index] ?? 0; i < (patchStart[index + 1] ?? 0); i += 1) {
      if (patchPath[i] !== path) continue;
      const [object, node] = [log.objectAt(index), log.patchAt(index).find(([each]) => each === 'node')?.[1]];
      if (object === undefined || typeof node !== 'string' || !object.startsWith('pod/')) continue;
      const pods = byNode.get(node) ?? new Set();
      byNode.set(node, pods.add(object));
    }
  }
  return byNode;
}
