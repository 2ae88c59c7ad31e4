/** Whether a rolling update keeps to its budget; and, where asked for, whether anything at all breaks through it. */
import { keyOf } from '@everynode/core/api/meta';
import { objectRef } from '@everynode/core/api/objects';
import { choice, daemonSet, withDefault } from '@everynode/sim/params';
import type { WatchKind } from '@everynode/sim/cluster/worldView';
import { budgetOf, Censuses } from '../census.ts';
import { type AnyExpectation, defineExpectation, type Finding, type Judge, type JudgeScope } from '../expectation.ts';
import { BOARD_WATCHES, NodeBoard, type NodeState } from '../nodeBoard.ts';
import { budgetUseOf } from '../overdraw.ts';
import { judgeStatement, unknownDaemonSet } from '../statement.ts';

const WATCHES: readonly WatchKind[] = [...BOARD_WATCHES, 'Pass'];

export const maxUnavailableRespected: AnyExpectation = defineExpectation({
  summary: 'a rolling update takes down no more available pods than maxUnavailable leaves it',
  promise:
    'Mode `controller`: in every pass of a rolling update the controller deletes at most maxUnavailable − unavailable ' +
    'pods that are available, by what it sees; with surge, none whose node is left without an available one. This ' +
    'Kubernetes does promise. It does not promise that no more than maxUnavailable pods are ever down: pods that are ' +
    'unavailable anyway are replaced outside the budget, and failures come on top. Mode `strict` demands just that, ' +
    'whatever the cause: nodes with an available pod never fewer than desired − maxUnavailable, both by the API.',
  watches: WATCHES,
  params: {
    daemonSet: daemonSet(),
    mode: withDefault(choice('what the controller does, or whatever happens', ['controller', 'strict']), 'controller'),
  },
  worse: ({ mode }) => (mode === 'strict' ? 'lower' : 'higher'),
  demand: ({ mode }) =>
    mode === 'strict' ? 'available ≥ desired − maxUnavailable' : 'taken ≤ maxUnavailable − unavailable',
  judge: ({ daemonSet: key, mode }, scope) => (mode === 'strict' ? judgeFloor(key, scope) : judgePasses(key, scope)),
});

/** What each pass does, by the law INV-5; between two passes there is nothing new to say. */
function judgePasses(key: string, scope: JudgeScope): Judge {
  const { window } = scope;
  const censuses = new Censuses();
  let fresh: Finding[] = [];
  let passes = 0;
  let most = 0;
  return {
    observe(change, view) {
      if (change.kind !== 'Pass' || keyOf(change.pass.ds) !== key) return;
      const census = censuses.follow(change.pass, view.profile);
      if (census === undefined || change.pass.pass !== 'rollingUpdate') return;
      if (view.nowMs < window.fromMs || view.nowMs > window.toMs) return;
      passes += 1;
      const { taken, allowed, why } = budgetUseOf(change.pass, census);
      most = Math.max(most, taken);
      if (taken <= allowed) return;
      const message = `the rolling update of ${key} takes down ${taken} available pods, ${allowed} are allowed (${why})`;
      fresh.push({ message, object: objectRef('DaemonSet', key), got: taken });
    },
    judge() {
      if (passes === 0) return { findings: [], unknown: `the controller made no rolling-update pass for ${key}` };
      const findings = fresh;
      fresh = [];
      return judgeStatement(scope, {
        findings,
        whenTrue: `the rolling update of ${key} keeps to its budget`,
        got: most,
        isMomentary: true,
      });
    },
  };
}

function judgeFloor(key: string, scope: JudgeScope): Judge {
  let desired = 0;
  let available = 0;
  const isWanted = (state: NodeState): boolean => state.placement === 'run';
  const board = new NodeBoard(key, undefined, (_, before, after) => {
    desired += Number(isWanted(after)) - Number(isWanted(before));
    available += Number(isWanted(after) && after.available > 0) - Number(isWanted(before) && before.available > 0);
  });
  return {
    observe: (change, view) => board.observe(change, view),
    judge(view) {
      board.advance(view);
      const ds = board.daemonSet;
      if (ds === undefined) return unknownDaemonSet(key);
      const { maxUnavailable } = budgetOf(ds, desired);
      const floor = desired - maxUnavailable;
      const fact = `${key} is available on ${available} of ${desired} nodes`;
      const demand = `demanded ≥ ${floor} (maxUnavailable ${maxUnavailable})`;
      const finding = { message: `${fact}, ${demand}`, object: objectRef('DaemonSet', key), got: available };
      return judgeStatement(scope, {
        findings: available >= floor ? [] : [finding],
        whenTrue: `${fact}, within its budget`,
        got: available,
        reconsiderAtMs: board.nextMs,
      });
    },
  };
}
