/** Machines without power: after a crash or for a reboot. Everything on them stops at once. Rules: K-37, K-50, X-7. */
import { type AnyFault, defineFault, liftAll } from './fault.ts';

export const nodeCrash: AnyFault = defineFault({
  summary:
    'Takes the power from nodes: everything on them stops at once and nobody reports it; they boot when the fault ends.',
  targets: 'nodes',
  bends: ['machines'],
  rules: ['K-37', 'N-5', 'N-8', 'X-7'],
  example: { for: '10m', targets: { nodes: { pick: { mode: 'one' } } } },
  instant: false,
  params: {},
  begin: ({ seams, nodes }) => liftAll(nodes.map((node) => seams.machine.powerOff(node))),
});

export const nodeReboot: AnyFault = defineFault({
  summary:
    'Reboots nodes: down until the fault ends, then the same pods start again in place; with the setting shutdownGracePeriod the kubelet first ends its pods.',
  targets: 'nodes',
  bends: ['machines'],
  rules: ['K-37'],
  example: { for: '30s', targets: { nodes: { names: ['worker-0'] } } },
  instant: false,
  params: {},
  begin: ({ seams, nodes }) => liftAll(nodes.map((node) => seams.machine.shutDown(node))),
});
