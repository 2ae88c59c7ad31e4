/**
 * The nodes of a cluster with one DaemonSet's pods, as the steps of a pass ask for them: counts, and the few nodes that
 * need something. Answered by a walk over the caches, or by an index that is kept while they change.
 * Twin: none; what manage, rollingUpdate and updateDaemonSetStatus read. Rules: DS-M1, DS-U1, DS-U7, DS-U13, DS-T1.
 */
import type { Node } from '../api/node.ts';
import type { PodsByNode } from './manage.ts';
import type { PlacementOutcome } from './placement.ts';
import type { DeleteFirstSurvey } from './rollingUpdate.ts';
import type { StatusNumbers } from './statusNumbers.ts';
import type { SurgeResult } from './surge.ts';

/** Whoever has followed all passes up to `look - 1` need only look at these names again. */
export interface Touched {
  readonly look: number;
  readonly names: ReadonlySet<string>;
}

export interface Fleet {
  readonly podsByNode: PodsByNode;
  /** What changed since the last pass; absent: perhaps everything. */
  readonly touched?: Touched;
  /** All nodes in the cache; takes a walk. */
  allNodes(): readonly Node[];
  nodeOf(nodeName: string): Node | undefined;
  /** Undefined for a node that is not in the cache. */
  outcomeOf(nodeName: string): PlacementOutcome | undefined;
  /** Every node on which manage may have something to do, in the order of the walk. */
  busyNodes(): readonly Node[];
  /** Names that hold pods and are not in the cache (DS-M7). */
  goneNames(): readonly string[];
  status(): StatusNumbers;
  /** Nodes that should run a pod (DS-U1). */
  desired(): number;
  surveyDeleteFirst(): DeleteFirstSurvey;
  surveySurge(): SurgeResult;
}
