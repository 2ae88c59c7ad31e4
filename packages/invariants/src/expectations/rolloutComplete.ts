/** Whether a rolling update has reached every node that should run a pod. */
import { objectRef } from '@everynode/core/api/objects';
import { daemonSet, nodes, optional } from '@everynode/sim/params';
import { type AnyExpectation, defineExpectation, type Finding } from '../expectation.ts';
import { BOARD_WATCHES, NodeBoard, type NodeState } from '../nodeBoard.ts';
import { judgeStatement, NodeSet, unknownDaemonSet } from '../statement.ts';

export const rolloutComplete: AnyExpectation = defineExpectation({
  summary:
    'every node that should run a pod of the DaemonSet has an available one of the newest template, and no old one',
  promise:
    'Judged by the objects in the API, not by the status numbers: the newest template is recorded as a revision, and ' +
    'each node that should run a pod has an available pod of it and no live one of another template. Nodes that drop ' +
    'out of the desired number (NotReady, without a toleration) are not waited for, just as `kubectl rollout status` ' +
    'does not wait for them. Kubernetes promises no time: one pod that stays unavailable may hold up a rollout for ever.',
  watches: BOARD_WATCHES,
  params: { daemonSet: daemonSet(), nodes: optional(nodes('only these nodes must be updated')) },
  worse: () => 'lower',
  demand: () => 'all nodes updated',
  judge(params, scope) {
    let wanted = 0;
    const behind = new NodeSet();
    const board = new NodeBoard(params.daemonSet, params.nodes, (name, before, after) => {
      wanted += Number(isWanted(after)) - Number(isWanted(before));
      behind.set(name, isWanted(after) && (after.availableNew === 0 || after.liveOld > 0));
    });
    const object = objectRef('DaemonSet', params.daemonSet);
    const findings = (): readonly Finding[] => {
      if (board.daemonSet === undefined)
        return [{ message: `there is no DaemonSet ${params.daemonSet} any more`, object }];
      if (board.hash === undefined) {
        return [{ message: `the controller has not recorded the newest template of ${params.daemonSet} yet`, object }];
      }
      return behind.findings((name) => {
        const { liveOld, liveNew } = board.stateOf(name);
        const fact =
          liveOld > 0
            ? 'still has an old pod'
            : liveNew > 0
              ? 'has a new pod, not available yet'
              : 'has no new pod yet';
        return {
          message: `${params.daemonSet} is updated on ${wanted - behind.size} of ${wanted} nodes: ${name} ${fact}`,
          object,
        };
      });
    };
    return {
      observe: (change, view) => board.observe(change, view),
      judge(view) {
        board.advance(view);
        if (!board.hasExisted) return unknownDaemonSet(params.daemonSet);
        return judgeStatement(scope, {
          findings: findings(),
          whenTrue: `the rollout of ${params.daemonSet} is complete on ${wanted} nodes`,
          got: wanted - behind.size,
          reconsiderAtMs: board.nextMs,
        });
      },
    };
  },
});

function isWanted(state: NodeState): boolean {
  return state.isIncluded && state.placement === 'run';
}
