/** How often pods are created anew on one and the same node: the number by which a hot loop shows. */
import { controllerOf, objectKey } from '@everynode/core/api/meta';
import { objectRef } from '@everynode/core/api/objects';
import type { Pod } from '@everynode/core/api/pod';
import { targetNodeName } from '@everynode/core/daemonset/podTemplate';
import { daemonSet, duration, nodes, optional } from '@everynode/sim/params';
import type { Change, WorldView } from '@everynode/sim/cluster/worldView';
import { badness, BOUND_PARAMS, boundsText, isWithin } from '../comparison.ts';
import { Deadlines } from '../deadlines.ts';
import { durationText } from '../durationText.ts';
import { type AnyExpectation, defineExpectation } from '../expectation.ts';
import { BOARD_WATCHES, NodeBoard, type NodeState } from '../nodeBoard.ts';
import { NodeCounts } from '../nodeCounts.ts';
import { NodeSet, unknownDaemonSet } from '../statement.ts';

export const podCreationsPerNode: AnyExpectation = defineExpectation({
  summary: 'on every node the number of pods created within a span of time passes the comparison',
  promise:
    'A statement about each node: true of every one under `always`, of none under `never`. Counts pods of the DaemonSet ' +
    'that the API has created for the node within the last `over`, beginning with the window of the assertion. ' +
    'Kubernetes slows failed pods down (one second, doubled up to 15 minutes, per node) and nothing else: pods that ' +
    'succeed, pods that somebody deletes, and failed pods under surge are replaced at once.',
  watches: BOARD_WATCHES,
  params: {
    daemonSet: daemonSet(),
    nodes: optional(nodes('only these nodes are looked at')),
    over: duration('the span of time in which creations are counted'),
    ...BOUND_PARAMS,
  },
  demand: (params) => `${boundsText(params)} on each node in ${durationText(params.over)}`,
  judge(params, { block, window }) {
    const isNever = block === 'never';
    const breaking = new NodeSet();
    const counts = new NodeCounts((name, count) => {
      breaking.set(name, count !== undefined && isWithin(count, params) === isNever);
    });
    const createdAt = new Map<string, readonly number[]>();
    const expiry = new Deadlines();
    const show = (name: string, { exists, isIncluded }: NodeState): void => {
      const created = createdAt.get(name)?.length ?? 0;
      const isSeen = exists ? isIncluded : params.nodes === undefined && created > 0;
      counts.set(name, isSeen ? created : undefined);
    };
    const board = new NodeBoard(params.daemonSet, params.nodes, (name, _, after) => show(name, after));
    const keep = (name: string, instants: readonly number[]): void => {
      createdAt.set(name, instants);
      expiry.set(name, instants[0] === undefined ? undefined : instants[0] + params.over);
      show(name, board.stateOf(name));
    };
    const expire = (nowMs: number): void => {
      for (let name = expiry.takeDue(nowMs); name !== undefined; name = expiry.takeDue(nowMs)) {
        keep(
          name,
          (createdAt.get(name) ?? []).filter((atMs) => atMs + params.over > nowMs),
        );
      }
    };
    return {
      observe(change: Change, view: WorldView) {
        board.observe(change, view);
        expire(view.nowMs);
        const name = change.kind === 'Pod' ? nodeOfCreation(change, params.daemonSet) : undefined;
        if (name === undefined || view.nowMs < window.fromMs || view.nowMs > window.toMs) return;
        keep(name, [...(createdAt.get(name) ?? []), view.nowMs]);
      },
      judge(view) {
        board.advance(view);
        expire(view.nowMs);
        if (!board.hasExisted) return unknownDaemonSet(params.daemonSet);
        if (counts.size === 0) return { findings: [], unknown: 'there is no node to look at' };
        const got = counts.worst((count) => (isNever ? -1 : 1) * (badness(count, params) ?? 0));
        const findings = breaking.findings((name) => {
          const count = counts.get(name) ?? 0;
          const demand = `${isNever ? 'never ' : ''}${boundsText(params)}`;
          const message = `${count} pods of ${params.daemonSet} were created for ${name} within ${durationText(params.over)}, demanded ${demand}`;
          return { message, object: objectRef('Node', name), got: count };
        });
        const reconsiderAtMs = expiry.earliestMs;
        return {
          findings,
          ...(got === undefined ? {} : { got }),
          ...(reconsiderAtMs === undefined ? {} : { reconsiderAtMs }),
        };
      },
    };
  },
});

/** The node that a new pod of the DaemonSet is meant for; undefined for any other change. */
function nodeOfCreation(change: Extract<Change, { readonly key: string }>, daemonSetKey: string): string | undefined {
  const pod = change.after as Pod | undefined;
  if (change.before !== undefined || pod === undefined) return undefined;
  const owner = controllerOf(pod);
  const isOurs = owner?.kind === 'DaemonSet' && objectKey(pod.metadata.namespace, owner.name) === daemonSetKey;
  return isOurs ? targetNodeName(pod) : undefined;
}
