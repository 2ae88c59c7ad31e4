/** Memory, disk or process ids that run out on nodes. Rules: E-1…E-18. */
import { choice, flag, optional, withDefault } from '../params.ts';
import type { PressureResource } from '../seams/seams.ts';
import { type AnyFault, defineFault, liftAll } from './fault.ts';

const EVICT = 'whether the kubelet evicts running pods too, beside the condition, its taint and its refusals';
const WHAT = 'what the disk lacks (space); inodes run out with a great many small files';

export const diskPressure: AnyFault = defineFault({
  summary:
    'Fills the disk of nodes: DiskPressure, eviction, and refusal of every pod that is not critical, daemon pods too.',
  targets: 'nodes',
  bends: ['machines'],
  rules: ['E-4', 'E-14', 'E-15', 'E-18'],
  example: { for: '5m', targets: { nodes: { names: ['worker-0'] } } },
  instant: false,
  params: {
    evict: withDefault(flag(EVICT), true),
    what: optional(choice(WHAT, ['space', 'inodes'])),
  },
  begin: ({ seams, params: { evict, what }, nodes }) => {
    const resource = what === 'inodes' ? 'inodes' : 'disk';
    return liftAll(nodes.map((node) => seams.machine.press(node, resource, { evict })));
  },
});

export const memoryPressure: AnyFault = pressure(
  'memory',
  'Fills the memory of nodes: MemoryPressure, eviction, and refusal of pods without requests that do not tolerate it.',
  ['E-4', 'E-14', 'E-16'],
);

export const pidPressure: AnyFault = pressure(
  'pids',
  'Uses up the process ids of nodes: PIDPressure, eviction, and refusal of every pod that is not critical. No kubelet looks at them by default: give the pool a `kubelet` with `evictionHard` for `pid.available`.',
  ['E-1', 'E-4', 'E-14', 'E-15'],
);

function pressure(resource: PressureResource, summary: string, rules: readonly string[]): AnyFault {
  return defineFault({
    summary,
    targets: 'nodes',
    bends: ['machines'],
    rules,
    example: { for: '5m', targets: { nodes: { names: ['worker-0'] } } },
    instant: false,
    params: { evict: withDefault(flag(EVICT), true) },
    begin: ({ seams, params, nodes }) => {
      return liftAll(nodes.map((node) => seams.machine.press(node, resource, { evict: params.evict })));
    },
  });
}
