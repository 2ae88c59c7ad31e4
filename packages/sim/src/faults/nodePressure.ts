/** Disk or memory that runs out on nodes. Rules: E-1…E-18. */
import { flag, withDefault } from '../params.ts';
import type { PressureResource } from '../seams/seams.ts';
import { type AnyFault, defineFault, liftAll } from './fault.ts';

const EVICT = 'whether the kubelet evicts running pods too, beside the condition, its taint and its refusals';

const RULES: Readonly<Record<PressureResource, readonly string[]>> = {
  disk: ['E-4', 'E-14', 'E-15', 'E-18'],
  memory: ['E-4', 'E-14', 'E-16'],
};

function pressure(resource: PressureResource, summary: string): AnyFault {
  return defineFault({
    summary,
    targets: 'nodes',
    bends: ['machines'],
    rules: RULES[resource],
    example: { for: '5m', targets: { nodes: { names: ['worker-0'] } } },
    instant: false,
    params: { evict: withDefault(flag(EVICT), true) },
    begin: ({ seams, params, nodes }) => {
      return liftAll(nodes.map((node) => seams.machine.press(node, resource, { evict: params.evict })));
    },
  });
}

export const diskPressure: AnyFault = pressure(
  'disk',
  'Fills the disk of nodes: DiskPressure, eviction, and refusal of every pod that is not critical, daemon pods too.',
);

export const memoryPressure: AnyFault = pressure(
  'memory',
  'Fills the memory of nodes: MemoryPressure, eviction, and refusal of pods without requests that do not tolerate it.',
);
