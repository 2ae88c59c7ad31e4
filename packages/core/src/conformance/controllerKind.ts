/** Kind `controller`: whole syncs against a server without latency, step by step. */
import { type ControllerRevision, type DaemonSet, HASH_LABEL } from '../api/daemonSet.ts';
import type { Node } from '../api/node.ts';
import { isObject, mergePatch } from '../api/patch.ts';
import { isPodReady, type Pod, type PodPhase } from '../api/pod.ts';
import { isTerminating } from '../api/meta.ts';
import { parseTime } from '../api/time.ts';
import { maxRevision, revisionData } from '../daemonset/history.ts';
import { ownerReferenceTo } from '../daemonset/podTemplate.ts';
import { computeTemplateHash } from '../daemonset/templateHash.ts';
import type { CaseRunner, Mismatch, Step } from './case.ts';
import { checkAll } from './checks.ts';
import { compareSets, mismatch } from './compare.ts';
import { converge } from './convergence.ts';
import { deliverEvent, queuedKeys } from './queueEvents.ts';
import {
  currentHashOf,
  daemonSetOf,
  newWorld,
  podsOf,
  revisionsOf,
  selectPods,
  setReady,
  syncOnce,
  type World,
} from './world.ts';

export const runController: CaseRunner = ({ given, steps = [], expect }) => {
  const world = newWorld(given);
  const found = steps.flatMap((step, at) =>
    runStep(step, world).map((entry) => ({ ...entry, what: `step ${at} ${step.do}: ${entry.what}` })),
  );
  return [...found, ...checkAll(expect, world)];
};

function runStep(step: Step, world: World): readonly Mismatch[] {
  if (step.do === 'event') return runEvent(step, world);
  const action = ACTIONS[step.do];
  if (action === undefined) return mismatch('step', 'a step of kind controller', step.do);
  return [...(action(step, world) ?? []), ...checkAll(step.expect, world)];
}

type Action = (step: Step, world: World) => readonly Mismatch[] | undefined;

const ACTIONS: Readonly<Record<string, Action>> = {
  sync: (_step, world) => {
    syncOnce(world);
    return undefined;
  },
  converge,
  assert: () => undefined,
  markReady: (step, world) => {
    for (const pod of selectPods(world, step['pods'])) setReady(world, pod, true);
    return undefined;
  },
  setReady: (step, world) => {
    const isReady = step['ready'] !== false;
    const candidates = selectPods(world, step['where']).filter(
      (pod) => !isTerminating(pod) && isPodReady(pod) !== isReady,
    );
    const count = typeof step['count'] === 'number' ? step['count'] : candidates.length;
    for (const pod of candidates.slice(0, count)) setReady(world, pod, isReady);
    return undefined;
  },
  updateDaemonSet: (step, world) => {
    const ds = daemonSetOf(world);
    const patched = mergePatch(ds, step['patch']) as DaemonSet;
    const { generation } = ds.metadata;
    // Upstream's objects carry no generation; one that does counts its spec changes, as the API does.
    const isNewSpec = generation !== undefined && JSON.stringify(ds.spec) !== JSON.stringify(patched.spec);
    const metadata = isNewSpec ? { ...patched.metadata, generation: generation + 1 } : patched.metadata;
    world.cluster.put({ ...patched, metadata });
    return undefined;
  },
  addNode: (step, world) => {
    world.cluster.put(step['node'] as Node);
    return undefined;
  },
  updateNode: (step, world) => {
    world.cluster.put(step['node'] as Node);
    return undefined;
  },
  deleteNode: (step, world) => {
    world.cluster.remove('Node', (step['node'] as Node).metadata.name);
    return undefined;
  },
  deletePods: (step, world) => {
    const pods = selectPods(world, step['where'] ?? step['pods']);
    const count = typeof step['count'] === 'number' ? step['count'] : pods.length;
    for (const pod of pods.slice(0, count)) removePod(pod, world);
    return undefined;
  },
  setPhase: (step, world) => {
    for (const pod of selectPods(world, step['where'])) {
      world.cluster.put({ ...pod, status: { ...pod.status, phase: step['phase'] as PodPhase, conditions: [] } });
    }
    return undefined;
  },
  setClock: (step, world) => {
    // The cases count from 1970, the house from 2026: the old instants are negative here.
    const unixEpochMs = parseTime('1970-01-01T00:00:00Z') ?? 0;
    const { unixSeconds, now } = step;
    world.spareNanos = 0;
    world.cluster.nowMs =
      typeof unixSeconds === 'number' ? unixEpochMs + unixSeconds * 1000 : (parseTime(String(now)) ?? 0);
    return undefined;
  },
  advance: (step, world) => {
    const part = (name: string): number => (typeof step[name] === 'number' ? step[name] : 0);
    const nanos = part('seconds') * 1e9 + part('milliseconds') * 1e6 + part('microseconds') * 1e3 + part('nanoseconds');
    // The clock ticks in milliseconds; what is left over counts with the next step, so that edges are met exactly.
    world.spareNanos += nanos;
    const wholeMs = Math.floor(world.spareNanos / 1e6);
    world.spareNanos -= wholeMs * 1e6;
    world.cluster.nowMs += wholeMs;
    return undefined;
  },
  remember: (step, world) => {
    const as = String(step['as']);
    if (step['currentRevisionHash'] === true) world.remembered.set(as, { hash: currentHashOf(world) });
    else world.remembered.set(as, { pods: selectPods(world, step['pods']).map((pod) => pod.metadata.name) });
    return undefined;
  },
  partitionPods: (step, world) => partitionPods(step, world),
  createRevision: (step, world) => createRevision(step, world),
};

/** A pod that goes takes its watch event with it, as every other effect here. */
function removePod(pod: Pod, world: World): void {
  world.cluster.remove('Pod', `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`);
}

/** Deals the pods into parts, in name order, each with a revision and a readiness. */
function partitionPods(step: Step, world: World): readonly Mismatch[] {
  const parts = step['parts'];
  if (!Array.isArray(parts)) return mismatch('partitionPods.parts', 'a list', parts);
  const pods = [...podsOf(world)];
  const currentHash = currentHashOf(world);
  for (const part of parts) {
    const size = part.count ?? part.size;
    const count = typeof size === 'number' ? size : pods.length;
    for (const pod of pods.splice(0, count)) {
      const hash = part.revision === 'current' ? currentHash : world.firstHash;
      const labels = part.revision === undefined ? pod.metadata.labels : { ...pod.metadata.labels, [HASH_LABEL]: hash };
      const relabelled = { ...pod, metadata: { ...pod.metadata, ...(labels === undefined ? {} : { labels }) } };
      world.cluster.put(relabelled);
      if (typeof part.ready === 'boolean') setReady(world, relabelled, part.ready);
    }
  }
  return [];
}

/** Puts a revision in place under the name that another template would get: a collision, or a duplicate. */
function createRevision(step: Step, world: World): readonly Mismatch[] {
  const ds = daemonSetOf(world);
  const { nameAndHashOf, revision, owned } = step;
  const patch = isObject(nameAndHashOf) ? nameAndHashOf['templatePatch'] : undefined;
  const other = patch === undefined ? ds : (mergePatch(ds, patch) as DaemonSet);
  const collisionCount = isObject(nameAndHashOf) ? nameAndHashOf['collisionCount'] : undefined;
  const counted = typeof collisionCount === 'number' ? collisionCount : (ds.status?.collisionCount ?? undefined);
  const hash = typeof step['hash'] === 'string' ? step['hash'] : computeTemplateHash(other.spec.template, counted);
  const name = typeof step['name'] === 'string' ? step['name'] : `${ds.metadata.name}-${hash}`;
  const number = typeof revision === 'number' ? revision : maxRevision(revisionsOf(world)) + 1;
  const object: ControllerRevision = {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name,
      ...(ds.metadata.namespace === undefined ? {} : { namespace: ds.metadata.namespace }),
      labels: { ...ds.spec.template.metadata?.labels, [HASH_LABEL]: hash },
      ...(owned === false ? {} : { ownerReferences: [ownerReferenceTo(ds)] }),
    },
    data: revisionData(ds),
    revision: number,
  };
  world.cluster.put(object);
  if (typeof step['as'] === 'string') world.remembered.set(step['as'], { hash });
  return [];
}

function runEvent(step: Step, world: World): readonly Mismatch[] {
  const caches = world.cluster.context();
  const effects = deliverEvent(step, caches);
  if (effects === undefined) return mismatch('event', 'a known event', step['event']);
  const { queued } = step.expect ?? {};
  if (!Array.isArray(queued)) return [];
  return compareSets('queued', queued.map(String), queuedKeys(effects, step, world.cluster.list('Pod'), caches));
}
