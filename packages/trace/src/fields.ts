/** The few facts of an API object that explain a run, as flat scalars: what patches of the trace are made of. */
import { isPodReady, type Pod } from '@everynode/core/api/pod';
import { type ControllerRevision, type DaemonSet, HASH_LABEL } from '@everynode/core/api/daemonSet';
import type { PodDisruptionBudget } from '@everynode/core/api/disruptionBudget';
import { compareKeys, controllerOf, findCondition } from '@everynode/core/api/meta';
import { type Node, POOL_LABEL, type ResourceList, type Taint, ZONE_LABEL } from '@everynode/core/api/node';
import { type ApiObject, type Kind, type ObjectOfKind, objectRef } from '@everynode/core/api/objects';
import { parseTime } from '@everynode/core/api/time';
import type { Patch, Scalar } from './record.ts';

/** Field → value. A field without a value is absent, never null. Keys always come in the same order. */
export type Fields = Readonly<Record<string, Exclude<Scalar, null>>>;

type Value = Scalar | undefined;

/**
 * The fields of an object, by kind; empty for kinds that the report does not show (Lease).
 *
 * - Pod: `node` (its target, bound or not), `scheduled`, `owner` (`ds/kube-system/agent`), `hash`, `phase`, `reason`,
 *   `ready`, `readyAtMs` (since when, while ready), `startedAtMs`, `waiting` (reason of the first waiting container),
 *   `restarts` (sum), `deletedAtMs` (the deletionTimestamp: for a pod with a grace period an instant in the future).
 * - Node: `ready` (True, False, Unknown), `readyAtMs` (since when), `readyReason`, `unschedulable`, `taints`
 *   (`key=value:Effect`, joined by a comma), `pressure` (condition names), `zone`, `pool`, `deletedAtMs`.
 * - DaemonSet: `generation`, `observedGeneration`, `desired`, `current`, `ready`, `updated`, `available`,
 *   `misscheduled`, `strategy`, `maxUnavailable`, `maxSurge` (text, as written), `minReadySeconds`, `image`, `deletedAtMs`.
 * - ControllerRevision: `revision`, `hash`, `owner`.
 * - PodDisruptionBudget: `minAvailable`, `maxUnavailable` (text), `allowed`, `healthy`, `desired`, `expected`.
 * - Namespace: `phase`, `deletedAtMs`.
 * - ResourceQuota: `hard`, `used` (`name=amount`, joined by a comma), `deletedAtMs`.
 *
 * Instants are virtual ms since the start. Absent numbers and false flags are left out, but for a pod's `ready`.
 */
export function traceFields<K extends Kind>(kind: K, object: ObjectOfKind[K]): Fields {
  return defined(FIELDS[kind](object));
}

/**
 * What changed between two pictures of one object: changed and new fields in the order of `after`, then the fields
 * that are gone, as null. Undefined stands for an object that is not there. Empty: nothing changed.
 */
export function diffFields(before: Fields | undefined, after: Fields | undefined): Patch {
  const [from, to] = [before ?? {}, after ?? {}];
  const changed = Object.entries(to).filter(([path, value]) => from[path] !== value);
  const gone = Object.keys(from).filter((path) => to[path] === undefined);
  return [...changed, ...gone.map((path): [string, null] => [path, null])];
}

const FIELDS: { readonly [K in Kind]: (object: ObjectOfKind[K]) => Readonly<Record<string, Value>> } = {
  Pod: podFields,
  Node: nodeFields,
  DaemonSet: daemonSetFields,
  ControllerRevision: revisionFields,
  Lease: () => ({}),
  PodDisruptionBudget: budgetFields,
  Namespace: ({ metadata, status }) => ({
    phase: status?.phase,
    deletedAtMs: parseTime(metadata.deletionTimestamp),
  }),
  ResourceQuota: ({ metadata, status }) => ({
    hard: text(amountsText(status?.hard)),
    used: text(amountsText(status?.used)),
    deletedAtMs: parseTime(metadata.deletionTimestamp),
  }),
};

function podFields(pod: Pod): Readonly<Record<string, Value>> {
  const { spec, status, metadata } = pod;
  const ready = isPodReady(pod);
  const containers = status?.containerStatuses ?? [];
  const all = [...(status?.initContainerStatuses ?? []), ...containers];
  return {
    node: targetNode(pod),
    scheduled: flag(spec.nodeName !== undefined && spec.nodeName !== ''),
    owner: ownerRef(pod),
    hash: metadata.labels?.[HASH_LABEL],
    phase: status?.phase ?? 'Pending',
    reason: status?.reason,
    ready,
    readyAtMs: ready ? parseTime(findCondition(status?.conditions, 'Ready')?.lastTransitionTime) : undefined,
    startedAtMs: parseTime(status?.startTime),
    waiting: all.find((each) => each.state?.waiting !== undefined)?.state?.waiting?.reason,
    restarts: nonZero(containers.reduce((sum, each) => sum + each.restartCount, 0)),
    deletedAtMs: parseTime(metadata.deletionTimestamp),
  };
}

function nodeFields(node: Node): Readonly<Record<string, Value>> {
  const conditions = node.status?.conditions;
  const ready = findCondition(conditions, 'Ready');
  const pressure = (conditions ?? []).filter((each) => each.type.endsWith('Pressure') && each.status === 'True');
  return {
    ready: ready?.status ?? 'Unknown',
    readyAtMs: parseTime(ready?.lastTransitionTime),
    readyReason: ready?.reason,
    unschedulable: flag(node.spec?.unschedulable ?? false),
    taints: text((node.spec?.taints ?? []).map(taintText).join(',')),
    pressure: text(pressure.map((each) => each.type).join(',')),
    zone: node.metadata.labels?.[ZONE_LABEL],
    pool: node.metadata.labels?.[POOL_LABEL],
    deletedAtMs: parseTime(node.metadata.deletionTimestamp),
  };
}

function daemonSetFields(ds: DaemonSet): Readonly<Record<string, Value>> {
  const { spec, status, metadata } = ds;
  const rolling = spec.updateStrategy?.rollingUpdate;
  return {
    generation: metadata.generation,
    observedGeneration: status?.observedGeneration,
    desired: status?.desiredNumberScheduled ?? 0,
    current: status?.currentNumberScheduled ?? 0,
    ready: status?.numberReady ?? 0,
    updated: status?.updatedNumberScheduled ?? 0,
    available: status?.numberAvailable ?? 0,
    misscheduled: status?.numberMisscheduled ?? 0,
    strategy: spec.updateStrategy?.type,
    maxUnavailable: intOrPercentText(rolling?.maxUnavailable),
    maxSurge: intOrPercentText(rolling?.maxSurge),
    minReadySeconds: nonZero(spec.minReadySeconds ?? 0),
    image: text(spec.template.spec.containers.map((each) => each.image).join(',')),
    deletedAtMs: parseTime(metadata.deletionTimestamp),
  };
}

function revisionFields(revision: ControllerRevision): Readonly<Record<string, Value>> {
  return {
    revision: revision.revision,
    hash: revision.metadata.labels?.[HASH_LABEL],
    owner: ownerRef(revision),
  };
}

function budgetFields({ spec, status }: PodDisruptionBudget): Readonly<Record<string, Value>> {
  return {
    minAvailable: intOrPercentText(spec.minAvailable),
    maxUnavailable: intOrPercentText(spec.maxUnavailable),
    allowed: status?.disruptionsAllowed,
    healthy: status?.currentHealthy,
    desired: status?.desiredHealthy,
    expected: status?.expectedPods,
  };
}

/** The node a pod is bound to, or the one its affinity asks for: DaemonSet pods name it before they are bound (DS-P9). */
function targetNode(pod: Pod): string | undefined {
  if (pod.spec.nodeName !== undefined && pod.spec.nodeName !== '') return pod.spec.nodeName;
  const required = pod.spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  for (const term of required?.nodeSelectorTerms ?? []) {
    const name = term.matchFields?.find((each) => each.key === 'metadata.name' && each.operator === 'In');
    if (name?.values?.length === 1) return name.values[0];
  }
  return undefined;
}

function ownerRef(object: ApiObject): string | undefined {
  const owner = controllerOf(object);
  if (owner === undefined) return undefined;
  const key = `${object.metadata.namespace ?? ''}/${owner.name}`;
  return owner.kind === 'DaemonSet' ? objectRef('DaemonSet', key) : `${owner.kind}/${key}`;
}

/** By name, since nobody can tell in which order the server counted. */
function amountsText(list: ResourceList = {}): string {
  const names = Object.keys(list).sort(compareKeys);
  return names.map((name) => `${name}=${list[name]}`).join(',');
}

function taintText(taint: Taint): string {
  const value = taint.value === undefined || taint.value === '' ? '' : `=${taint.value}`;
  return `${taint.key}${value}:${taint.effect}`;
}

function intOrPercentText(value: number | string | undefined): string | undefined {
  return value === undefined ? undefined : String(value);
}

function flag(value: boolean): true | undefined {
  return value ? true : undefined;
}

function nonZero(value: number): number | undefined {
  return value === 0 ? undefined : value;
}

function text(value: string): string | undefined {
  return value === '' ? undefined : value;
}

function defined(fields: Readonly<Record<string, Value>>): Fields {
  const result: Record<string, Exclude<Scalar, null>> = {};
  for (const [path, value] of Object.entries(fields)) {
    if (value !== undefined && value !== null) result[path] = value;
  }
  return result;
}
