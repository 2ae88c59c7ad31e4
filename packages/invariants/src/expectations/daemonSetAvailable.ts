/** How many nodes have a pod that serves: the floor that most scenarios are about. */
import { objectRef } from '@everynode/core/api/objects';
import { daemonSet, nodes, optional } from '@everynode/sim/params';
import { BOUND_PARAMS, boundsText, isWithin } from '../comparison.ts';
import { type AnyExpectation, defineExpectation } from '../expectation.ts';
import { BOARD_WATCHES, NodeBoard } from '../nodeBoard.ts';
import { judgeStatement, unknownDaemonSet } from '../statement.ts';

export const daemonSetAvailable: AnyExpectation = defineExpectation({
  summary: 'the number of nodes with an available pod of the DaemonSet passes the comparison',
  promise:
    'Counts the nodes that have a Node object, that the filter picks, and that hold a pod which the API shows as ready ' +
    'for at least minReadySeconds. A terminating pod counts as long as it is ready, as in kubectl’s AVAILABLE; so does ' +
    'a pod on a dead node until node-lifecycle has marked it. Kubernetes promises no such floor: failures come on top ' +
    'of what a rolling update takes down.',
  watches: BOARD_WATCHES,
  params: {
    daemonSet: daemonSet(),
    nodes: optional(nodes('only these nodes count')),
    ...BOUND_PARAMS,
  },
  demand: (params) => boundsText(params),
  judge(params, scope) {
    let available = 0;
    let included = 0;
    const board = new NodeBoard(params.daemonSet, params.nodes, (_, before, after) => {
      const counts = (state: typeof before): boolean => state.exists && state.isIncluded;
      included += Number(counts(after)) - Number(counts(before));
      available += Number(counts(after) && after.available > 0) - Number(counts(before) && before.available > 0);
    });
    return {
      observe: (change, view) => board.observe(change, view),
      judge(view) {
        board.advance(view);
        if (!board.hasExisted) return unknownDaemonSet(params.daemonSet);
        const fact = `${params.daemonSet} is available on ${available} of ${included} nodes`;
        const object = objectRef('DaemonSet', params.daemonSet);
        const isTrue = isWithin(available, params);
        return judgeStatement(scope, {
          findings: isTrue ? [] : [{ message: `${fact}, demanded ${boundsText(params)}`, object, got: available }],
          whenTrue: `${fact}, which never should be ${boundsText(params)}`,
          got: available,
          reconsiderAtMs: board.nextMs,
        });
      },
    };
  },
});
