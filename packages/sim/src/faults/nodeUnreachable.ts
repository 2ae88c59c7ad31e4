/** A cut control link: the API loses sight of a node, whose pods run on. Rules: K-38, K-39. */
import { choice, withDefault } from '../params.ts';
import { type AnyFault, defineFault, liftAll } from './fault.ts';

export const nodeUnreachable: AnyFault = defineFault({
  summary:
    'Cuts the link between nodes and the control plane: the kubelets can neither report nor hear, and what runs goes on running.',
  targets: 'nodes',
  bends: ['machines'],
  rules: ['K-38', 'K-39', 'N-5'],
  example: { for: '10m', direction: 'fromServer', targets: { nodes: { names: ['worker-0'] } } },
  instant: false,
  params: {
    direction: withDefault(
      choice(
        'toServer: nothing that the kubelet sends arrives, watches go on; fromServer: heartbeats arrive, and the kubelet hears nothing',
        ['both', 'toServer', 'fromServer'],
      ),
      'both',
    ),
  },
  begin: ({ seams, params, nodes }) => {
    const direction = params.direction === 'both' ? undefined : params.direction;
    return liftAll(nodes.map((node) => seams.machine.partition(node, direction)));
  },
});
