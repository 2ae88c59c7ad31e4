/** What a controller case runs in: the cluster, what the case remembers, and what each sync did. */
import { type ControllerRevision, type DaemonSet, HASH_LABEL } from '../api/daemonSet.ts';
import { controllerOf, findCondition, isTerminating, keyOf, type ObjectKey } from '../api/meta.ts';
import type { Node } from '../api/node.ts';
import { isObject } from '../api/patch.ts';
import { isPodReady, isTerminal, type Pod } from '../api/pod.ts';
import { apiFailure, type ApiRequest, type ApiResult } from '../api/requests.ts';
import { formatTime, parseTime } from '../api/time.ts';
import { assert } from '../assert.ts';
import { isRevisionOf } from '../daemonset/history.ts';
import { targetNodeName } from '../daemonset/podTemplate.ts';
import type { SyncOutcome } from '../daemonset/syncContext.ts';
import { computeTemplateHash } from '../daemonset/templateHash.ts';
import { Backoff } from '../machinery/backoff.ts';
import { profileOf } from '../profile.ts';
import type { Given } from './case.ts';
import { MemoryCluster, type RecordedEvent } from './memoryCluster.ts';

export interface SyncEffects {
  readonly outcome: SyncOutcome;
  readonly created: readonly Pod[];
  readonly createCalls: number;
  readonly deletedPods: readonly string[];
  readonly events: readonly RecordedEvent[];
  /** Whether anything was asked of the API server at all. */
  readonly wrote: boolean;
}

export interface World {
  readonly cluster: MemoryCluster;
  readonly key: ObjectKey;
  readonly given: Given;
  /** Sets of pod names, or hashes, by the name under which the case keeps them. */
  readonly remembered: Map<string, { readonly pods: readonly string[] } | { readonly hash: string }>;
  /** Delays of the backoff that the case compares later. */
  readonly delays: Map<string, number>;
  readonly totals: { creates: number; deletes: number; events: number; createCalls: number };
  readonly firstHash: string;
  readonly firstCollisionCount: number;
  lastSync: SyncEffects | undefined;
  /** Nanoseconds that the clock, which ticks in milliseconds, has not shown yet. */
  spareNanos: number;
}

/** Events of upstream's pod control, which its unit tests replace by a fake: they count the controller's own alone. */
const POD_CONTROL_REASONS = ['SuccessfulCreate', 'FailedCreate', 'SuccessfulDelete', 'FailedDelete'];

export function newWorld(given: Given): World {
  const profile = profileOf(given.config?.kubernetes ?? '1.36');
  assert(profile !== undefined, () => `unknown version in ${JSON.stringify(given.config)}`);
  const limits = given.config?.failedPodsBackoff;
  const backoff = limits === undefined ? new Backoff() : new Backoff(limits.initialMs, limits.maxMs);
  const cluster = new MemoryCluster({ profile, nowMs: parseTime(given.now) ?? 0, backoff });
  const ds: DaemonSet = given.daemonSet;
  cluster.put(ds);
  for (const node of given.nodes ?? []) cluster.put(node);
  const firstHash = computeTemplateHash(ds.spec.template, ds.status?.collisionCount ?? undefined);
  for (const { revision, pod } of given.pods ?? []) cluster.put(withRevision(pod, revision, firstHash));
  for (const revision of given.revisions ?? []) cluster.put(revision);
  cluster.intercept = faultsOf(given);
  return {
    cluster,
    key: keyOf(ds),
    given,
    remembered: new Map(),
    delays: new Map(),
    totals: { creates: 0, deletes: 0, events: 0, createCalls: 0 },
    firstHash,
    firstCollisionCount: ds.status?.collisionCount ?? 0,
    lastSync: undefined,
    spareNanos: 0,
  };
}

export function syncOnce(world: World): SyncEffects {
  const { cluster, totals } = world;
  const outcome = cluster.sync(world.key);
  const requests = cluster.takeRequests();
  const creations = requests.filter(({ request }) => request.verb === 'create' && request.object.kind === 'Pod');
  const created = creations.flatMap(({ result }) =>
    result.ok && result.object?.kind === 'Pod' ? [result.object] : [],
  );
  const deletedPods = requests.flatMap(({ request }) =>
    request.verb === 'delete' && request.kind === 'Pod' ? [request.key.slice(request.key.indexOf('/') + 1)] : [],
  );
  const events = cluster.takeEvents().filter(({ reason }) => !POD_CONTROL_REASONS.includes(reason));
  totals.creates += created.length;
  totals.deletes += deletedPods.length;
  totals.events += events.length;
  totals.createCalls += creations.length;
  const effects = { outcome, created, createCalls: creations.length, deletedPods, events, wrote: requests.length > 0 };
  world.lastSync = effects;
  return effects;
}

export function daemonSetOf(world: World): DaemonSet {
  const ds = world.cluster.get('DaemonSet', world.key);
  assert(ds !== undefined, () => `${world.key} is gone`);
  return ds;
}

/** All pods in the namespace of the DaemonSet. */
export function podsOf(world: World): readonly Pod[] {
  const namespace = daemonSetOf(world).metadata.namespace ?? '';
  return world.cluster.list('Pod').filter((pod) => (pod.metadata.namespace ?? '') === namespace);
}

export function isActive(pod: Pod): boolean {
  return !isTerminating(pod) && !isTerminal(pod);
}

export function revisionsOf(world: World): readonly ControllerRevision[] {
  const ds = daemonSetOf(world);
  return world.cluster.list('ControllerRevision').filter((revision) => controllerOf(revision)?.uid === ds.metadata.uid);
}

export function currentRevisionOf(world: World): ControllerRevision | undefined {
  const ds = daemonSetOf(world);
  return revisionsOf(world).find((revision) => isRevisionOf(ds, revision));
}

/** The label value of the current template, also before the controller has made a revision of it. */
export function currentHashOf(world: World): string {
  const { spec, status } = daemonSetOf(world);
  const label = currentRevisionOf(world)?.metadata.labels?.[HASH_LABEL];
  return label ?? computeTemplateHash(spec.template, status?.collisionCount ?? undefined);
}

/** Pods that fit every part of a case's filter. */
export function selectPods(world: World, filter: unknown): readonly Pod[] {
  if (!isObject(filter)) return podsOf(world);
  const hash = currentHashOf(world);
  const isCurrent = (pod: Pod): boolean => pod.metadata.labels?.[HASH_LABEL] === hash;
  const nodesWithCurrent = new Set(podsOf(world).filter(isCurrent).map(targetNodeName));
  return podsOf(world).filter((pod) => {
    const { revision, node, ready, image, nodeHasCurrentPod } = filter;
    if (revision !== undefined && isCurrent(pod) !== (revision === 'current')) return false;
    if (node !== undefined && targetNodeName(pod) !== node) return false;
    if (ready !== undefined && isPodReady(pod) !== ready) return false;
    if (image !== undefined && pod.spec.containers[0]?.image !== image) return false;
    return nodeHasCurrentPod === undefined || nodesWithCurrent.has(targetNodeName(pod)) === nodeHasCurrentPod;
  });
}

/** Sets Ready; its transition time is now where the status changes. */
export function setReady(world: World, pod: Pod, isReady: boolean): void {
  const conditions = pod.status?.conditions ?? [];
  const status = isReady ? 'True' : 'False';
  if (findCondition(conditions, 'Ready')?.status === status) return;
  const ready = { type: 'Ready', status, lastTransitionTime: formatTime(world.cluster.nowMs) };
  world.cluster.put({
    ...pod,
    status: { ...pod.status, conditions: [...conditions.filter(({ type }) => type !== 'Ready'), ready] },
  });
}

export function nodeOf(world: World, name: string): Node | undefined {
  return world.cluster.get('Node', name);
}

/** `current` and `old` say which hash; null is for orphans and strangers, whose labels are theirs. */
function withRevision(pod: Pod, revision: string | null | undefined, currentHash: string): Pod {
  if (revision === null || revision === undefined) return pod;
  const labels = { ...pod.metadata.labels, [HASH_LABEL]: revision === 'current' ? currentHash : `not-${currentHash}` };
  return { ...pod, metadata: { ...pod.metadata, labels } };
}

function faultsOf(given: Given): (request: ApiRequest) => ApiResult | undefined {
  const { createPod, updateStatus, deletePod } = given.faults ?? {};
  const live = given.apiServer;
  let created = 0;
  return (request) => {
    if (request.verb === 'create' && request.object.kind === 'Pod' && createPod !== undefined) {
      if (createPod.alwaysError !== undefined) return apiFailure('InternalError', String(createPod.alwaysError));
      created += 1;
      if (created > createPod.succeedFirst) return apiFailure('InternalError', 'not more than the case allows');
    }
    if (request.verb === 'updateStatus' && updateStatus?.alwaysError !== undefined) {
      return apiFailure('InternalError', String(updateStatus.alwaysError));
    }
    if (request.verb === 'delete' && request.kind === 'Pod' && deletePod?.recordedButPodStays !== undefined) {
      return apiFailure('InternalError', 'the pod stays');
    }
    if (request.verb === 'get' && request.kind === 'DaemonSet' && live !== undefined && 'daemonSet' in live) {
      return live.daemonSet === null ? apiFailure('NotFound', 'not found') : { ok: true, object: live.daemonSet };
    }
    return undefined;
  };
}
