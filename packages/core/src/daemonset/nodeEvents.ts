/**
 * Which DaemonSets a change of a node wakes: by the node queue since 1.33, by comparing old and new before.
 * Twin: daemon_controller.go addNode, updateNode, syncNodeUpdate. Rules: DS-Q5…DS-Q8.
 */
import { isDeepEqual } from '../api/canonicalJson.ts';
import { compareKeys, type Condition, controllerOf, keyOf, type ObjectKey, objectKey } from '../api/meta.ts';
import type { Node } from '../api/node.ts';
import type { Pod } from '../api/pod.ts';
import type { Lister } from '../api/requests.ts';
import type { Profile } from '../profile.ts';
import { compilePlacement } from './placement.ts';

export interface NodeEventCaches {
  readonly profile: Profile;
  readonly daemonSets: Lister<'DaemonSet'>;
}

/** Whether an update of a node is looked at; conditions never wake anybody where the node queue is on. */
export function isNodeUpdateRelevant(before: Node, after: Node, profile: Profile): boolean {
  if (!profile.nodeQueue) return !isIgnoredNodeUpdate(before, after);
  return (
    !isDeepEqual(before.metadata.labels ?? {}, after.metadata.labels ?? {}) ||
    !isDeepEqual(before.spec?.taints ?? [], after.spec?.taints ?? [])
  );
}

/** Before the node queue: nothing changed but version and conditions, and the same conditions are True (DS-Q8). */
export function isIgnoredNodeUpdate(before: Node, after: Node): boolean {
  const trueTypes = (conditions: readonly Condition[] | undefined): readonly string[] =>
    (conditions ?? [])
      .filter(({ status }) => status === 'True')
      .map(({ type }) => type)
      .sort(compareKeys);
  if (!isDeepEqual(trueTypes(before.status?.conditions), trueTypes(after.status?.conditions))) return false;
  return isDeepEqual(withoutNoise(before), withoutNoise(after));
}

/** Before the node queue: a new node wakes the DaemonSets that should run a pod on it. */
export function nodeAddedKeys(node: Node, { profile, daemonSets }: NodeEventCaches): readonly ObjectKey[] {
  return daemonSets
    .list()
    .filter((ds) => compilePlacement(ds, profile.tolerationCompare)(node) === 'run')
    .map(keyOf);
}

/** Before the node queue: an update wakes the DaemonSets for which either answer of DS-R1 differs. */
export function nodeUpdatedKeys(
  before: Node,
  after: Node,
  { profile, daemonSets }: NodeEventCaches,
): readonly ObjectKey[] {
  return daemonSets
    .list()
    .filter((ds) => {
      const placement = compilePlacement(ds, profile.tolerationCompare);
      return placement(before) !== placement(after);
    })
    .map(keyOf);
}

/**
 * With the node queue: what its worker enqueues for a node, judged by the state and not by the difference.
 * `podsOnNode` are the pods bound to it, of every phase; the owner's uid is not compared (DS-Q5).
 */
export function nodeWorkKeys(
  node: Node | undefined,
  podsOnNode: readonly Pod[],
  { profile, daemonSets }: NodeEventCaches,
): readonly ObjectKey[] {
  if (node === undefined) return [];
  const scheduled = new Set<ObjectKey>();
  for (const pod of podsOnNode) {
    const owner = controllerOf(pod);
    if (owner?.kind === 'DaemonSet') scheduled.add(objectKey(pod.metadata.namespace, owner.name));
  }
  return daemonSets
    .list()
    .filter((ds) => {
      const outcome = compilePlacement(ds, profile.tolerationCompare)(node);
      if (!scheduled.has(keyOf(ds))) return outcome === 'run';
      return outcome === 'none' || (profile.misscheduledRequeue && (ds.status?.numberMisscheduled ?? 0) > 0);
    })
    .map(keyOf);
}

function withoutNoise(node: Node): unknown {
  const { resourceVersion: _version, ...metadata } = node.metadata;
  const { conditions: _conditions, ...status } = node.status ?? {};
  return { ...node, metadata, status };
}
