/** Pods that end before their time. Rules: K-21, K-22, A-10. */
import { choice, count, daemonSet, optional, withDefault } from '../params.ts';
import { type AnyFault, defineFault, liftAll } from './fault.ts';

/** SIGKILL, as the kernel's OOM killer sends it. */
const KILLED = 137;

export const podKill: AnyFault = defineFault({
  summary: 'Ends the pods on nodes once: deletes them through the API, or kills their containers where they run.',
  targets: 'pods',
  bends: ['machines', 'a user’s hand'],
  rules: ['A-10', 'K-21', 'K-22'],
  example: { how: 'kill', daemonSet: 'default/agent', targets: { nodes: { names: ['worker-0'] } } },
  instant: true,
  params: {
    how: withDefault(
      choice('delete: through the API, as `kubectl delete pod`; kill: the containers exit, the pod stays', [
        'delete',
        'kill',
      ]),
      'delete',
    ),
    daemonSet: optional(daemonSet('only pods of this DaemonSet')),
    gracePeriodSeconds: optional(count('grace of the deletion, instead of the pod’s own')),
    exitCode: withDefault(count('exit code of killed containers'), KILLED),
  },
  begin: ({ seams, params, nodes }) => {
    const { how, daemonSet: owner, gracePeriodSeconds, exitCode } = params;
    return liftAll(
      nodes.map((node) =>
        how === 'kill'
          ? seams.machine.killPods(node, owner, exitCode)
          : seams.deletePods(node, owner, gracePeriodSeconds),
      ),
    );
  },
});
