/** A cut control link: the API loses sight of a node, whose pods run on. Rules: K-38, K-39. */
import { type AnyFault, defineFault, liftAll } from './fault.ts';

export const nodeUnreachable: AnyFault = defineFault({
  summary:
    'Cuts the link between nodes and the control plane: the kubelets can neither report nor hear, and what runs goes on running.',
  targets: 'nodes',
  instant: false,
  params: {},
  begin: ({ seams, nodes }) => liftAll(nodes.map((node) => seams.machine.partition(node))),
});
