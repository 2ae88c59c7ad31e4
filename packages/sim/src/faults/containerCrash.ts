/** Applications that crash again and again. Rules: K-21…K-23. */
import { count, daemonSet, draw, optional, text, withDefault } from '../params.ts';
import { type AnyFault, defineFault, liftAll } from './fault.ts';

export const containerCrash: AnyFault = defineFault({
  summary:
    'Lets containers on nodes crash, again after each start: the kubelet restarts them ever more rarely (CrashLoopBackOff).',
  targets: 'pods',
  bends: ['machines'],
  rules: ['K-21', 'K-22', 'K-23'],
  example: { for: '10m', after: '5s', exitCode: 1, targets: { nodes: { names: ['worker-0'] } } },
  instant: false,
  params: {
    daemonSet: optional(daemonSet('only pods of this DaemonSet')),
    container: optional(text('only containers of this name')),
    after: withDefault(draw('how long after its start, or after the fault begins'), { fixed: 0 }),
    exitCode: withDefault(count('what they exit with'), 1),
  },
  begin: ({ seams, params, nodes }) => {
    const { daemonSet: owner, container, after, exitCode } = params;
    const which = { daemonSet: owner, container };
    return liftAll(nodes.map((node) => seams.machine.crashContainers(node, which, after, exitCode)));
  },
});
