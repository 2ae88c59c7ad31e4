/** Two agents on one node fight over ports, files and locks; this counts the pods of every single node. */
import { objectRef } from '@everynode/core/api/objects';
import { daemonSet, flag, nodes, optional, withDefault } from '@everynode/sim/params';
import type { Change, WatchKind, WorldView } from '@everynode/sim/cluster/worldView';
import { badness, BOUND_PARAMS, boundsText, isWithin } from '../comparison.ts';
import { type AnyExpectation, defineExpectation } from '../expectation.ts';
import { NodeCounts } from '../nodeCounts.ts';
import { BOARD_WATCHES, NodeBoard, type NodeState } from '../nodeBoard.ts';
import { NodeSet, unknownDaemonSet } from '../statement.ts';

const WATCHES: readonly WatchKind[] = [...BOARD_WATCHES, 'Machine'];

export const podsPerNode: AnyExpectation = defineExpectation({
  summary: 'every node has a number of pods of the DaemonSet that passes the comparison',
  promise:
    'A statement about each node. Under `always` it must be true of every node, under `never` of none: ' +
    '`never: {gt: 1}` and `always: {lte: 1}` break at the same instants. With `live` it counts what truly runs on the ' +
    'machines, also pods that the API has forgotten; without, the pods in the API that are not finished, terminating ' +
    'ones too. Kubernetes does not promise at most one: surge runs two on purpose, a forced deletion leaves one running ' +
    'beside its successor, and a controller that fails over with a stale cache may create a duplicate.',
  watches: WATCHES,
  params: {
    daemonSet: daemonSet(),
    nodes: optional(nodes('only these nodes are looked at')),
    live: withDefault(flag('count what truly runs on the machines, instead of pods in the API'), false),
    ...BOUND_PARAMS,
  },
  demand: (params) => `${boundsText(params)} on each node`,
  judge(params, { block }) {
    const isNever = block === 'never';
    const breaking = new NodeSet();
    const counts = new NodeCounts((name, count) => {
      breaking.set(name, count !== undefined && isWithin(count, params) === isNever);
    });
    const isLive = params.live;
    const running = new Map<string, number>();
    const show = (name: string, { exists, isIncluded, unfinished }: NodeState): void => {
      const pods = isLive ? (running.get(name) ?? 0) : unfinished;
      // A machine may run pods although its Node object is gone; where nothing is filtered they count.
      const isSeen = exists ? isIncluded : params.nodes === undefined && pods > 0;
      counts.set(name, isSeen ? pods : undefined);
    };
    const board = new NodeBoard(params.daemonSet, params.nodes, (name, _, after) => show(name, after));
    const readMachine = (name: string, view: WorldView): void => {
      running.set(name, countRunning(name, params.daemonSet, view));
      show(name, board.stateOf(name));
    };
    let hasBegun = false;
    return {
      observe(change: Change, view: WorldView) {
        board.observe(change, view);
        if (hasBegun && isLive && change.kind === 'Machine') readMachine(change.node, view);
      },
      judge(view) {
        board.advance(view);
        if (!hasBegun && isLive) for (const { name } of view.machines) readMachine(name, view);
        hasBegun = true;
        if (!board.hasExisted) return unknownDaemonSet(params.daemonSet);
        if (counts.size === 0) return { findings: [], unknown: 'there is no node to look at' };
        const got = counts.worst((count) => (isNever ? -1 : 1) * (badness(count, params) ?? 0));
        const findings = breaking.findings((name) => {
          const count = counts.get(name) ?? 0;
          const verb = isLive ? 'runs' : 'has';
          const demand = isNever ? `never ${boundsText(params)}` : boundsText(params);
          const object = objectRef('Node', name);
          return {
            message: `${name} ${verb} ${count} pods of ${params.daemonSet}, demanded ${demand}`,
            object,
            got: count,
          };
        });
        return { findings, ...(got === undefined ? {} : { got }) };
      },
    };
  },
});

function countRunning(name: string, daemonSetKey: string, view: WorldView): number {
  return view.machine(name)?.running.filter((pod) => pod.daemonSet === daemonSetKey).length ?? 0;
}
