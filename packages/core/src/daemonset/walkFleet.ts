/**
 * A fleet that looks at every node for every question, as upstream does.
 * Twin: daemon_controller.go manage, updateDaemonSetStatus; daemon/update.go rollingUpdate. Rules: DS-U1, DS-S10.
 */
import { compareKeys } from '../api/meta.ts';
import type { Fleet } from './fleet.ts';
import type { PassInput } from './manage.ts';
import type { PlacementOutcome } from './placement.ts';
import { surveyDeleteFirst, type UpdateInput, type UpdateSwitches } from './rollingUpdate.ts';
import { computeStatus } from './statusNumbers.ts';
import { surveySurge } from './surge.ts';

/** Nodes and pods as the caches list them, and what a pass goes by. `order` shuffles where Go has no order (DS-S10). */
export interface WalkInput extends PassInput {
  readonly profile: UpdateSwitches;
  order<T>(list: readonly T[]): readonly T[];
}

/** Looks at every node for every question. */
export function walkFleet(input: WalkInput): Fleet {
  const { nodes, podsByNode, placement } = input;
  const byName = new Map(nodes.map((node) => [node.metadata.name, node]));
  const goneNames = (): readonly string[] =>
    [...podsByNode.keys()].filter((name) => !byName.has(name)).sort(compareKeys);
  const outcomeOf = (nodeName: string): PlacementOutcome | undefined => {
    const node = byName.get(nodeName);
    return node === undefined ? undefined : placement(node);
  };
  /** The nodes of the update's walk: those that should run a pod, and those that hold one, vanished ones last (DS-U1). */
  const updateInput = (): UpdateInput => {
    const names = nodes
      .map(({ metadata }) => metadata.name)
      .filter((name) => podsByNode.has(name) || outcomeOf(name) === 'run');
    return { ...input, ...input.profile, nodeNames: input.order([...names, ...goneNames()]), outcomeOf };
  };
  return {
    podsByNode,
    allNodes: () => nodes,
    nodeOf: (nodeName) => byName.get(nodeName),
    outcomeOf,
    busyNodes: () => nodes,
    goneNames,
    status: () => computeStatus(input),
    desired: () => nodes.filter((node) => placement(node) === 'run').length,
    surveyDeleteFirst: () => surveyDeleteFirst(updateInput()),
    surveySurge: () => surveySurge(updateInput()),
  };
}
