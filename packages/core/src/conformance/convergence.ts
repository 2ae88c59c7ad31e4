/** Step `converge`: reconcile, bind, let the kubelet work, until nothing changes; and what must hold all the while. */
import { HASH_LABEL } from '../api/daemonSet.ts';
import { compareKeys, findCondition, isTerminating } from '../api/meta.ts';
import { isObject } from '../api/patch.ts';
import { isPodAvailable, isPodReady, type Pod } from '../api/pod.ts';
import { parseTime } from '../api/time.ts';
import { compilePlacement } from '../daemonset/placement.ts';
import { targetNodeName } from '../daemonset/podTemplate.ts';
import { updateBudget } from '../daemonset/updateBudget.ts';
import type { Mismatch, Step } from './case.ts';
import { mismatch } from './compare.ts';
import { currentHashOf, daemonSetOf, isActive, nodeOf, podsOf, setReady, syncOnce, type World } from './world.ts';

const ROUNDS_MAX = 2000;

/** Since when an old pod stands beside a new one, by node. */
type BesideSince = Map<string, number>;

export function converge(step: Step, world: World): readonly Mismatch[] {
  const kubelet = step['kubelet'] ?? world.given.kubelet ?? 'manual';
  const beside: BesideSince = new Map();
  for (let round = 0; round < ROUNDS_MAX; round += 1) {
    const { outcome, wrote } = syncOnce(world);
    const broken = checkInvariant(step['invariant'], world, beside);
    if (broken.length > 0)
      return broken.map((found) => ({ ...found, what: `after ${round + 1} syncs: ${found.what}` }));
    const timers = world.cluster.takeTimers().map(({ atMs }) => atMs);
    const worked = runKubelet(kubelet, world, timers);
    if (wrote || worked || !outcome.ok) continue;
    const next = step['advanceClock'] === true ? timers.filter((atMs) => atMs > world.cluster.nowMs) : [];
    if (next.length === 0) return [];
    world.cluster.nowMs = Math.min(...next);
  }
  return mismatch('converge', `rest within ${ROUNDS_MAX} syncs`, 'still changing');
}

/** Binds pods to the node that their affinity names and makes ready what the mode allows; tells whether anything changed. */
function runKubelet(kubelet: unknown, world: World, timers: number[]): boolean {
  let worked = false;
  for (const pod of podsOf(world)) {
    const nodeName = targetNodeName(pod);
    if (!isActive(pod) || nodeName === undefined || nodeOf(world, nodeName) === undefined) continue;
    if ((pod.spec.nodeName ?? '') === '') {
      const status = { ...pod.status, phase: 'Running' as const };
      world.cluster.put({ ...pod, spec: { ...pod.spec, nodeName }, status });
      worked = true;
    } else if (!isPodReady(pod) && isReadyInTime(kubelet, pod, world, timers)) {
      setReady(world, pod, true);
      worked = true;
    }
  }
  return worked;
}

function isReadyInTime(kubelet: unknown, pod: Pod, world: World, timers: number[]): boolean {
  if (kubelet === 'ready') return true;
  if (!isObject(kubelet)) return false;
  const { readyAfterSeconds, neverReadyImages } = kubelet;
  if (Array.isArray(neverReadyImages)) return !neverReadyImages.includes(pod.spec.containers[0]?.image);
  // A pod that a step made unready on purpose stays so.
  if (findCondition(pod.status?.conditions, 'Ready') !== undefined) return false;
  const readyAtMs = (parseTime(pod.metadata.creationTimestamp) ?? 0) + Number(readyAfterSeconds ?? 0) * 1000;
  if (readyAtMs <= world.cluster.nowMs) return true;
  timers.push(readyAtMs);
  return false;
}

function checkInvariant(invariant: unknown, world: World, beside: BesideSince): readonly Mismatch[] {
  if (!isObject(invariant)) return [];
  return Object.entries(invariant).flatMap(([name, bound]) => {
    const max = isObject(bound) ? Number(bound['max']) : Number(bound);
    const measured = measure(name, world, beside);
    if (measured === undefined) return mismatch(`invariant ${name}`, 'a known invariant', name);
    const limit = name === 'newUnavailableAtMost' ? newUnavailableLimit(world) : max;
    return measured <= limit ? [] : mismatch(`invariant ${name}`, limit, measured);
  });
}

function measure(name: string, world: World, beside: BesideSince): number | undefined {
  const pods = podsOf(world);
  const hash = currentHashOf(world);
  switch (name) {
    case 'maxUnavailablePods':
      return desiredNodes(world).length - pods.filter((pod) => isAvailable(world, pod)).length;
    case 'newUnavailableAtMost':
      return pods.filter((pod) => hashOf(pod) === hash && !isAvailable(world, pod)).length;
    case 'revisionsAtOnce':
      return new Set(pods.map(hashOf)).size;
    case 'livePodsPerNodeAndRevision':
      return largestGroup(pods.filter(isActive).map((pod) => `${targetNodeName(pod) ?? ''}/${hashOf(pod)}`));
    case 'terminatingPodsPerNode':
      return largestGroup(pods.filter(isTerminating).map((pod) => targetNodeName(pod) ?? ''));
    case 'oldBesideNewSeconds':
      return longestBeside(pods, hash, world.cluster.nowMs, beside);
    default:
      return undefined;
  }
}

/** What a surge may leave unavailable: its own extra pods, those that replace unavailable ones, and first pods of nodes. */
function newUnavailableLimit(world: World): number {
  const hash = currentHashOf(world);
  const old = podsOf(world).filter((pod) => hashOf(pod) !== hash);
  const desired = desiredNodes(world);
  const nodesWithOld = new Set(old.map(targetNodeName));
  const oldUnavailable = old.filter((pod) => !isAvailable(world, pod)).length;
  const nodesWithoutOld = desired.filter((name) => !nodesWithOld.has(name)).length;
  return updateBudget(daemonSetOf(world), desired.length).maxSurge + oldUnavailable + nodesWithoutOld;
}

function longestBeside(pods: readonly Pod[], hash: string, nowMs: number, beside: BesideSince): number {
  const active = pods.filter(isActive);
  const nodesOf = (isNew: boolean): ReadonlySet<string> =>
    new Set(active.filter((pod) => (hashOf(pod) === hash) === isNew).map((pod) => targetNodeName(pod) ?? ''));
  const withNew = nodesOf(true);
  const withBoth = [...nodesOf(false)].filter((name) => withNew.has(name)).sort(compareKeys);
  for (const name of beside.keys()) if (!withBoth.includes(name)) beside.delete(name);
  for (const name of withBoth) if (!beside.has(name)) beside.set(name, nowMs);
  return Math.max(0, ...[...beside.values()].map((sinceMs) => Math.trunc((nowMs - sinceMs) / 1000)));
}

function desiredNodes(world: World): readonly string[] {
  const placement = compilePlacement(daemonSetOf(world), world.cluster.profile.tolerationCompare);
  return world.cluster
    .list('Node')
    .filter((node) => placement(node) === 'run')
    .map((node) => node.metadata.name);
}

function isAvailable(world: World, pod: Pod): boolean {
  return isPodAvailable(pod, daemonSetOf(world).spec.minReadySeconds ?? 0, world.cluster.nowMs);
}

function hashOf(pod: Pod): string {
  return pod.metadata.labels?.[HASH_LABEL] ?? '';
}

function largestGroup(names: readonly string[]): number {
  const sizes = new Map<string, number>();
  for (const name of names) sizes.set(name, (sizes.get(name) ?? 0) + 1);
  return Math.max(0, ...sizes.values());
}
