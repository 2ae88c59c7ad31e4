/** `kubectl drain`. Rules: D-2, D-3, D-5. */
import { count, duration, flag, nodes, optional, withDefault } from '../params.ts';
import { drainNodes } from '../kubectl/draining.ts';
import { namesIn } from '../kubectl/words.ts';
import { type AnyOperation, defineOperation } from './operation.ts';

export const drain: AnyOperation = defineOperation({
  summary:
    'Drains nodes, as `kubectl drain` does: all are cordoned, then one after the other is emptied. Daemon pods stay, or the drain refuses to begin; what a disruption budget refuses is tried again every 5 s.',
  params: {
    nodes: nodes('which nodes'),
    ignoreDaemonSets: withDefault(
      flag('leave pods of DaemonSets alone; without it a node that has some is not drained'),
      false,
    ),
    force: withDefault(flag('evict pods that nobody would replace, too'), false),
    disableEviction: withDefault(
      flag('delete the pods instead of evicting them: disruption budgets are not asked'),
      false,
    ),
    gracePeriodSeconds: optional(count('grace of each pod, instead of its own')),
    timeout: optional(duration('give up a node after this long; absent or 0: never')),
  },
  perform: ({ params, send, say, schedule, nowMs }) =>
    drainNodes(namesIn(params.nodes), params, { send, say, schedule, nowMs }),
});
