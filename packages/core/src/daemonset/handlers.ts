/**
 * What an event of an informer does to queue, timers and expectations; nothing here does it, it only says so.
 * Twin: daemon_controller.go addPod … deleteNode handlers. Rules: DS-Q4, DS-T6, DS-S12, DS-D11.
 */
import { isDeepEqual } from '../api/canonicalJson.ts';
import type { ControllerRevision, DaemonSet } from '../api/daemonSet.ts';
import {
  controllerOf,
  type HasMeta,
  isTerminating,
  keyOf,
  type ObjectKey,
  objectKey,
  type OwnerReference,
} from '../api/meta.ts';
import type { Node } from '../api/node.ts';
import { isPodReady, type Pod } from '../api/pod.ts';
import type { Lister } from '../api/requests.ts';
import { compileLabelSelector } from '../match/selectors.ts';
import type { Profile } from '../profile.ts';
import { isNodeUpdateRelevant, nodeAddedKeys, nodeUpdatedKeys } from './nodeEvents.ts';

export type HandlerEffect =
  | { readonly effect: 'enqueue'; readonly key: ObjectKey }
  | { readonly effect: 'enqueueAfter'; readonly key: ObjectKey; readonly delayMs: number }
  /** Puts a node's name on the node queue; its worker asks `nodeWorkKeys` (switch node-queue). */
  | { readonly effect: 'enqueueNode'; readonly nodeName: string }
  | { readonly effect: 'creationObserved'; readonly key: ObjectKey }
  | { readonly effect: 'deletionObserved'; readonly key: ObjectKey }
  /** Forget the expectations of the key, and its write records where they are of this uid (DS-S16, DS-Q14). */
  | { readonly effect: 'forget'; readonly key: ObjectKey; readonly uid: string | undefined };

export type HandlerEffects = readonly HandlerEffect[];

/** The caches that handlers look into: as old as their watches. */
export interface HandlerCaches {
  readonly profile: Profile;
  readonly daemonSets: Lister<'DaemonSet'>;
}

const NONE: HandlerEffects = [];

export function daemonSetAdded(ds: DaemonSet): HandlerEffects {
  return [{ effect: 'enqueue', key: keyOf(ds) }];
}

/**
 * Any update, status and resync included. Another uid under the same key is a deletion that was never seen. Upstream hands
 * old and new over the wrong way round, so it is the new one that it takes for deleted: the write records of the old one
 * stay, and the new one waits for the echo of its predecessor's writes (DS-X24).
 */
export function daemonSetUpdated(before: DaemonSet, after: DaemonSet): HandlerEffects {
  const enqueue = daemonSetAdded(after);
  return before.metadata.uid === after.metadata.uid ? enqueue : [...daemonSetDeleted(after), ...enqueue];
}

export function daemonSetDeleted(ds: DaemonSet): HandlerEffects {
  const key = keyOf(ds);
  return [
    { effect: 'forget', key, uid: ds.metadata.uid },
    { effect: 'enqueue', key },
  ];
}

export function podAdded(pod: Pod, caches: HandlerCaches): HandlerEffects {
  // After a restart of the controller a pod may show up on its way out.
  if (isTerminating(pod)) return podDeleted(pod, caches);
  const owner = controllerOf(pod);
  if (owner === undefined) return enqueueAll(findMatching(pod, caches));
  const ds = resolveOwner(pod, owner, caches);
  if (ds === undefined) return NONE;
  const key = keyOf(ds);
  return [
    { effect: 'creationObserved', key },
    { effect: 'enqueue', key },
  ];
}

export function podUpdated(before: Pod, after: Pod, caches: HandlerCaches): HandlerEffects {
  // Without a version there is nothing to compare; a relist hands over what has not changed.
  if (isSameVersion(before, after)) return NONE;
  // Every such update counts as a deletion seen, not only the first (DS-S12, DS-X11).
  if (isTerminating(after)) return podDeleted(after, caches);
  const effects: HandlerEffect[] = [];
  const ownerBefore = controllerOf(before);
  const owner = controllerOf(after);
  const hasNewOwner = !isDeepEqual(ownerBefore, owner);
  if (hasNewOwner && ownerBefore !== undefined) {
    const former = resolveOwner(before, ownerBefore, caches);
    if (former !== undefined) effects.push({ effect: 'enqueue', key: keyOf(former) });
  }
  if (owner !== undefined) {
    const ds = resolveOwner(after, owner, caches);
    if (ds !== undefined) effects.push(...ownedPodUpdated(before, after, ds));
  } else if (hasNewOwner || !isDeepEqual(before.metadata.labels, after.metadata.labels)) {
    effects.push(...enqueueAll(findMatching(after, caches)));
  }
  return effects;
}

export function podDeleted(pod: Pod, caches: HandlerCaches): HandlerEffects {
  const owner = controllerOf(pod);
  const ds = owner === undefined ? undefined : resolveOwner(pod, owner, caches);
  if (ds === undefined) return NONE;
  const key = keyOf(ds);
  return [
    { effect: 'deletionObserved', key },
    { effect: 'enqueue', key },
  ];
}

export function revisionAdded(revision: ControllerRevision, caches: HandlerCaches): HandlerEffects {
  if (isTerminating(revision)) return revisionDeleted(revision, caches);
  return controllerOf(revision) === undefined ? enqueueAll(findMatching(revision, caches)) : NONE;
}

export function revisionUpdated(
  before: ControllerRevision,
  after: ControllerRevision,
  caches: HandlerCaches,
): HandlerEffects {
  if (isSameVersion(before, after)) return NONE;
  const effects: HandlerEffect[] = [];
  const ownerBefore = controllerOf(before);
  const owner = controllerOf(after);
  const hasNewOwner = !isDeepEqual(ownerBefore, owner);
  if (hasNewOwner && ownerBefore !== undefined) effects.push(...enqueueOwner(before, ownerBefore, caches));
  if (owner !== undefined) effects.push(...enqueueOwner(after, owner, caches));
  else if (hasNewOwner || !isDeepEqual(before.metadata.labels, after.metadata.labels)) {
    effects.push(...enqueueAll(findMatching(after, caches)));
  }
  return effects;
}

export function revisionDeleted(revision: ControllerRevision, caches: HandlerCaches): HandlerEffects {
  const owner = controllerOf(revision);
  return owner === undefined ? NONE : enqueueOwner(revision, owner, caches);
}

export function nodeAdded(node: Node, caches: HandlerCaches): HandlerEffects {
  if (caches.profile.nodeQueue) return [{ effect: 'enqueueNode', nodeName: node.metadata.name }];
  return enqueueKeys(nodeAddedKeys(node, caches));
}

export function nodeUpdated(before: Node, after: Node, caches: HandlerCaches): HandlerEffects {
  if (!isNodeUpdateRelevant(before, after, caches.profile)) return NONE;
  if (caches.profile.nodeQueue) return [{ effect: 'enqueueNode', nodeName: after.metadata.name }];
  return enqueueKeys(nodeUpdatedKeys(before, after, caches));
}

/** The DaemonSet that an owner reference means: kind, namespace, name and uid must all fit (DS-Q13). */
function resolveOwner(object: HasMeta, owner: OwnerReference, { daemonSets }: HandlerCaches): DaemonSet | undefined {
  if (owner.kind !== 'DaemonSet') return undefined;
  const ds = daemonSets.get(objectKey(object.metadata.namespace, owner.name));
  return ds?.metadata.uid === owner.uid ? ds : undefined;
}

/** DaemonSets of the namespace that might adopt an orphan; one without labels matches nothing. */
function findMatching(orphan: HasMeta, { daemonSets }: HandlerCaches): readonly DaemonSet[] {
  const { labels, namespace = '' } = orphan.metadata;
  if (labels === undefined || Object.keys(labels).length === 0) return [];
  return daemonSets.list().filter((ds) => {
    if ((ds.metadata.namespace ?? '') !== namespace || ds.spec.selector === undefined) return false;
    const selector = compileLabelSelector(ds.spec.selector);
    return !selector.isEmpty && selector.matches(labels);
  });
}

function ownedPodUpdated(before: Pod, after: Pod, ds: DaemonSet): HandlerEffects {
  const key = keyOf(ds);
  const enqueue: HandlerEffect = { effect: 'enqueue', key };
  const minReadySeconds = ds.spec.minReadySeconds ?? 0;
  if (minReadySeconds <= 0 || isPodReady(before) || !isPodReady(after)) return [enqueue];
  // One second more, since the pod's instant and this timer come from different clocks (DS-T6).
  return [enqueue, { effect: 'enqueueAfter', key, delayMs: minReadySeconds * 1000 + 1000 }];
}

function isSameVersion(before: HasMeta, after: HasMeta): boolean {
  return before.metadata.resourceVersion === after.metadata.resourceVersion;
}

function enqueueOwner(object: HasMeta, owner: OwnerReference, caches: HandlerCaches): HandlerEffects {
  const ds = resolveOwner(object, owner, caches);
  return ds === undefined ? NONE : enqueueAll([ds]);
}

function enqueueAll(daemonSets: readonly DaemonSet[]): HandlerEffects {
  return enqueueKeys(daemonSets.map(keyOf));
}

function enqueueKeys(keys: readonly ObjectKey[]): HandlerEffects {
  return keys.map((key) => ({ effect: 'enqueue', key }));
}
