/** How long new nodes take from joining the cluster to being of use. */
import { findCondition } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import type { MetricDefinition } from '../metric.ts';
import { compileNodeFilter, filterOfLabels } from '../nodeFilter.ts';

export const nodeReadySeconds: MetricDefinition = {
  summary: 'per node that joins in the window, how long it takes from its Node object to Ready',
  promise:
    'One value for each Node object that is created after instant 0 and inside the window, in the order of joining: ' +
    'from then until its condition Ready turns True for the first time. A node that never gets there, or is removed ' +
    'before, counts with the time that it has waited, so that a deadlock does not pass for lack of data. count is the ' +
    'number of nodes that joined.',
  unit: 'seconds',
  unitsPerOne: 1000,
  required: [],
  optional: ['pool', 'zone', 'node'],
  watches: ['Node'],
  record({ labels, window: { fromMs, toMs } }) {
    const isIncluded = compileNodeFilter(filterOfLabels(labels));
    const joins: { readonly uid: string; readonly atMs: number; waitedMs: number | undefined }[] = [];
    /** Nodes that have joined and are not Ready yet, by uid: a name may be used twice. */
    const waiting = new Map<string, (typeof joins)[number]>();
    const settle = (uid: string, nowMs: number): void => {
      const join = waiting.get(uid);
      if (join !== undefined) join.waitedMs = nowMs - join.atMs;
      waiting.delete(uid);
    };
    const observe = (before: Node | undefined, after: Node | undefined, nowMs: number): void => {
      const uid = after?.metadata.uid ?? '';
      if (before !== undefined && before.metadata.uid !== after?.metadata.uid) settle(before.metadata.uid ?? '', nowMs);
      if (after === undefined) return;
      const joins_ = before === undefined || before.metadata.uid !== uid;
      if (joins_ && nowMs > 0 && nowMs >= fromMs && nowMs <= toMs && isIncluded(after.metadata.name, after)) {
        const join = { uid, atMs: nowMs, waitedMs: undefined };
        joins.push(join);
        waiting.set(uid, join);
      }
      if (findCondition(after.status?.conditions, 'Ready')?.status === 'True') settle(uid, nowMs);
    };
    return {
      begin() {},
      observe(change, view) {
        if (change.kind !== 'Node') return;
        observe(change.before as Node | undefined, change.after as Node | undefined, view.nowMs);
      },
      wakeAtMs: undefined,
      finish(view) {
        if (joins.length === 0) return undefined;
        return { values: joins.map(({ atMs, waitedMs }) => ({ value: waitedMs ?? view.nowMs - atMs, weight: 1 })) };
      },
    };
  },
};
