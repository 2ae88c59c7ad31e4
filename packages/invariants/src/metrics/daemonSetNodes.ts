/** Numbers of nodes over time: with an updated pod, with an available one. */
import type { MetricDefinition, Recorder, RecorderScope } from '../metric.ts';
import { Gauge } from '../gauge.ts';
import { BOARD_WATCHES, NodeBoard, type NodeState } from '../nodeBoard.ts';
import { filterOfLabels } from '../nodeFilter.ts';
import { templateText } from '../templateText.ts';

export const daemonSetUpdatedPods: MetricDefinition = {
  summary: 'nodes with a live pod of the newest template, since the template has changed',
  promise:
    'Counts nodes that have a Node object and a pod of the newest template which is neither finished nor terminating, ' +
    'ready or not. Until the template changes for the first time in the run nothing has been updated, so it is 0. ' +
    'Averages and percentiles weigh each value with the time for which it stood; count and sum are over its changes.',
  unit: 'nodes',
  unitsPerOne: 1,
  required: ['daemonSet'],
  optional: ['pool', 'zone', 'node'],
  watches: BOARD_WATCHES,
  record: (scope) => recordNodes(scope, ({ liveNew }) => liveNew > 0, true),
};

export const daemonSetAvailablePods: MetricDefinition = {
  summary: 'nodes with an available pod',
  promise:
    'Counts nodes that have a Node object and a pod which the API shows as ready for at least minReadySeconds, as ' +
    'daemonset-available does. Nothing is measured before the DaemonSet exists. Averages and percentiles weigh each ' +
    'value with the time for which it stood; count and sum are over its changes.',
  unit: 'nodes',
  unitsPerOne: 1,
  required: ['daemonSet'],
  optional: ['pool', 'zone', 'node'],
  watches: BOARD_WATCHES,
  record: (scope) => recordNodes(scope, ({ available }) => available > 0, false),
};

function recordNodes(
  { labels, window }: RecorderScope,
  counts: (state: NodeState) => boolean,
  onlyAfterUpdate: boolean,
): Recorder {
  const gauge = new Gauge(window);
  let nodes = 0;
  let firstTemplate: string | undefined;
  let isUpdated = false;
  const isCounted = (state: NodeState): boolean => state.exists && state.isIncluded && counts(state);
  const board = new NodeBoard(labels['daemonSet'] ?? '', filterOfLabels(labels), (_, before, after) => {
    nodes += Number(isCounted(after)) - Number(isCounted(before));
  });
  const show = (nowMs: number): void => {
    const template = board.daemonSet?.spec.template;
    if (template !== undefined && !isUpdated) {
      firstTemplate ??= templateText(template);
      isUpdated = templateText(template) !== firstTemplate;
    }
    if (board.hasExisted) gauge.set(onlyAfterUpdate && !isUpdated ? 0 : nodes, nowMs);
  };
  return {
    begin(view) {
      board.advance(view);
      show(view.nowMs);
    },
    observe(change, view) {
      board.observe(change, view);
      show(view.nowMs);
    },
    get wakeAtMs() {
      return board.nextMs;
    },
    finish(view) {
      board.advance(view);
      show(view.nowMs);
      return gauge.finish(view.nowMs);
    },
  };
}
