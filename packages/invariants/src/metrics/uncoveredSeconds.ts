/** How long each node was without the pod that it should have had. */
import type { MetricDefinition } from '../metric.ts';
import { BOARD_WATCHES, NodeBoard, type NodeState } from '../nodeBoard.ts';
import { filterOfLabels } from '../nodeFilter.ts';
import { compareKeys } from '@everynode/core/api/meta';

export const daemonSetNodeUncoveredSeconds: MetricDefinition = {
  summary: 'per node, how long it was without an available pod although it should have had one',
  promise:
    'One value for each node that should run a pod at some instant of the window: the total time in it at which the ' +
    'node should run one and had none that is available by the API. A NotReady node that the DaemonSet does not ' +
    'tolerate should run none, so its time does not count. count is the number of nodes, sum the time of all of them.',
  unit: 'seconds',
  unitsPerOne: 1000,
  required: ['daemonSet'],
  optional: ['pool', 'zone', 'node'],
  watches: BOARD_WATCHES,
  record({ labels, window: { fromMs, toMs } }) {
    const totals = new Map<string, number>();
    /** Node → since when it should run a pod, and since when it lacks one. */
    const wanted = new Map<string, number>();
    const uncovered = new Map<string, number>();
    const note = (name: string, sinceMs: number, untilMs: number, isLacking: boolean): void => {
      if (sinceMs > toMs || untilMs < fromMs) return;
      const lackedMs = isLacking ? Math.max(0, Math.min(untilMs, toMs) - Math.max(sinceMs, fromMs)) : 0;
      totals.set(name, (totals.get(name) ?? 0) + lackedMs);
    };
    const show = (spans: Map<string, number>, name: string, isOn: boolean, nowMs: number): void => {
      const sinceMs = spans.get(name);
      if (isOn) spans.set(name, sinceMs ?? nowMs);
      else if (sinceMs !== undefined) {
        spans.delete(name);
        note(name, sinceMs, nowMs, spans === uncovered);
      }
    };
    const board = new NodeBoard(labels['daemonSet'] ?? '', filterOfLabels(labels), (name, _, after, nowMs) => {
      show(wanted, name, isWanted(after), nowMs);
      show(uncovered, name, isWanted(after) && after.available === 0, nowMs);
    });
    return {
      begin: (view) => board.advance(view),
      observe: (change, view) => board.observe(change, view),
      get wakeAtMs() {
        return board.nextMs;
      },
      finish(view) {
        board.advance(view);
        if (view.nowMs < fromMs || toMs < fromMs) return undefined;
        for (const [name, sinceMs] of wanted) note(name, sinceMs, view.nowMs, false);
        for (const [name, sinceMs] of uncovered) note(name, sinceMs, view.nowMs, true);
        const byName = [...totals].sort(([a], [b]) => compareKeys(a, b));
        return byName.length === 0 ? undefined : { values: byName.map(([, value]) => ({ value, weight: 1 })) };
      },
    };
  },
};

function isWanted(state: NodeState): boolean {
  return state.isIncluded && state.placement === 'run';
}
