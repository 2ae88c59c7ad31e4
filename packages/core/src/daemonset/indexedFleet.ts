/**
 * A fleet that asks an index which is up to date, and looks at the nodes that matter alone.
 * Twin: none; the same answers as walkFleet.ts. Rules: DS-U7, DS-U13.
 */
import type { Pod } from '../api/pod.ts';
import type { Fleet } from './fleet.ts';
import type { WalkState } from './nodeState.ts';
import type { NodeStateIndex } from './nodeStateIndex.ts';
import { classifyPods, type UpdateSwitches } from './rollingUpdate.ts';
import { missingNodeError } from './surge.ts';

const UNAVAILABLE: readonly WalkState[] = ['disorder', 'empty', 'newUnavailable', 'both', 'bothNewUnavailable'];
const OLD_UNAVAILABLE: readonly WalkState[] = ['oldUnavailable', 'oldSunsetUnavailable', 'oldGoneUnavailable'];
const RUN_OLD_AVAILABLE: readonly WalkState[] = ['old'];
const OLD_AVAILABLE: readonly WalkState[] = ['old', 'oldSunset', 'oldGone'];

export interface IndexedFleetOptions {
  readonly profile: UpdateSwitches;
  readonly hash: string;
  /** The fleet tells what was touched since the last one that did. */
  readonly takesTouched: boolean;
}

/** Asks an index that is up to date. What it answers holds until the index hears of the next change. */
export function indexedFleet(index: NodeStateIndex, options: IndexedFleetOptions): Fleet {
  const { hash, profile } = options;
  const { countOldUnavailable, surgeSunset } = profile;
  const oldPodOf = (nodeName: string): Pod | undefined => classifyPods(index.podsByNode.get(nodeName), hash).oldPod;
  const oldPodsIn = (states: readonly WalkState[], limit?: number): readonly Pod[] =>
    index.inState(states, limit).flatMap((name) => oldPodOf(name) ?? []);
  return {
    podsByNode: index.podsByNode,
    ...(options.takesTouched ? { touched: index.takeTouched() } : {}),
    allNodes: () => index.allNodes(),
    nodeOf: (nodeName) => index.nodeOf(nodeName),
    outcomeOf: (nodeName) => index.stateOf(nodeName)?.outcome,
    busyNodes: () => index.busyNodes(),
    goneNames: () => index.goneNames(),
    status: () => index.status(),
    desired: () => index.status().desiredNumberScheduled,
    surveyDeleteFirst: () => {
      const isCandidate = (nodeName: string): boolean =>
        OLD_AVAILABLE.includes(index.stateOf(nodeName)?.walk ?? 'outside');
      return {
        numUnavailable:
          index.countInState(UNAVAILABLE) + (countOldUnavailable ? index.countInState(OLD_UNAVAILABLE) : 0),
        replaceNow: oldPodsIn(OLD_UNAVAILABLE),
        candidates: (limit) =>
          index.inState(OLD_AVAILABLE, limit).flatMap((nodeName) => {
            const pod = oldPodOf(nodeName);
            return pod === undefined ? [] : [{ nodeName, pod }];
          }),
        isCandidate,
      };
    },
    surveySurge: () => {
      // Before the switch surge-sunset every node counts as one that should run a pod.
      const [missing] = surgeSunset ? index.inState(['oldGone', 'oldGoneUnavailable'], 1) : [];
      if (missing !== undefined) return { ok: false, error: missingNodeError(missing) };
      const candidates = surgeSunset ? RUN_OLD_AVAILABLE : OLD_AVAILABLE;
      return {
        ok: true,
        survey: {
          numSurge: index.countInState(['disorder', 'bothNewUnavailable']),
          numAvailable: index.countCensusAvailable(),
          deleteNow: oldPodsIn(surgeSunset ? ['both', 'oldSunsetUnavailable'] : ['both']),
          sunsetAvailable: (limit) => (surgeSunset ? oldPodsIn(['oldSunset'], limit) : []),
          freeNodes: index.inState(surgeSunset ? ['oldUnavailable'] : OLD_UNAVAILABLE),
          candidateNodes: (limit) => index.inState(candidates, limit),
          isCandidate: (nodeName) => candidates.includes(index.stateOf(nodeName)?.walk ?? 'outside'),
        },
      };
    },
  };
}
