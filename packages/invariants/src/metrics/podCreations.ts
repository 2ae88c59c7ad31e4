/** How many pods were created, in all and per node. */
import { compareKeys, controllerOf, objectKey } from '@everynode/core/api/meta';
import type { Pod } from '@everynode/core/api/pod';
import { targetNodeName } from '@everynode/core/daemonset/podTemplate';
import type { MetricDefinition } from '../metric.ts';
import { compileNodeFilter, filterOfLabels } from '../nodeFilter.ts';

export const podCreations: MetricDefinition = {
  summary: 'pods of the DaemonSet that the API has created in the window',
  promise:
    'count and sum are the number of pods; all other stats are over nodes, with one value for each: how many pods were ' +
    'created for it, 0 for a node without any. Nodes count as they stand at the end of the run, and those that had a ' +
    'pod created while they were there.',
  unit: 'pods',
  unitsPerOne: 1,
  required: ['daemonSet'],
  optional: ['pool', 'zone', 'node'],
  watches: ['Pod'],
  record({ labels, window: { fromMs, toMs } }) {
    const isIncluded = compileNodeFilter(filterOfLabels(labels));
    const created = new Map<string, number>();
    return {
      begin() {},
      observe(change, view) {
        if (change.kind !== 'Pod' || change.before !== undefined || change.after === undefined) return;
        if (view.nowMs < fromMs || view.nowMs > toMs) return;
        const pod = change.after as Pod;
        const owner = controllerOf(pod);
        if (owner?.kind !== 'DaemonSet' || objectKey(pod.metadata.namespace, owner.name) !== labels['daemonSet'])
          return;
        const name = targetNodeName(pod);
        if (name === undefined || !isIncluded(name, view.get('Node', name))) return;
        created.set(name, (created.get(name) ?? 0) + 1);
      },
      wakeAtMs: undefined,
      finish(view) {
        if (view.nowMs < fromMs || toMs < fromMs) return undefined;
        for (const node of view.list('Node')) {
          const { name } = node.metadata;
          if (isIncluded(name, node)) created.set(name, created.get(name) ?? 0);
        }
        const values = [...created].sort(([a], [b]) => compareKeys(a, b)).map(([, value]) => ({ value, weight: 1 }));
        if (values.length === 0) return undefined;
        return { values, count: values.reduce((sum, { value }) => sum + value, 0) };
      },
    };
  },
};
