/** What a kubelet says of its node although nothing else is wrong with it. Rules: K-5, K-6, N-14. */
import { choice, text, withDefault } from '../params.ts';
import { type AnyFault, defineFault, liftAll } from './fault.ts';

export const nodeCondition: AnyFault = defineFault({
  summary:
    'Lets the kubelets of nodes post a condition, such as Ready=False from a broken runtime, or one of your own; the node itself works on.',
  targets: 'nodes',
  bends: ['machines'],
  rules: ['K-5', 'K-6', 'N-9', 'N-14'],
  example: {
    for: '5m',
    condition: 'Ready',
    status: 'False',
    message: 'PLEG is not healthy',
    targets: { nodes: { names: ['worker-0'] } },
  },
  instant: false,
  params: {
    condition: withDefault(text('its type, such as Ready, NetworkUnavailable or KernelDeadlock'), 'Ready'),
    status: withDefault(choice('its status', ['True', 'False', 'Unknown']), 'False'),
    reason: withDefault(text('its reason, one word in CamelCase'), 'KubeletNotReady'),
    message: withDefault(text('its message'), 'container runtime is down'),
  },
  begin: ({ seams, params, nodes }) => {
    const { condition: type, status, reason, message } = params;
    return liftAll(nodes.map((node) => seams.machine.forceCondition(node, { type, status, reason, message })));
  },
});
