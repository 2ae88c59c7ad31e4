/**
 * The seven numbers of a DaemonSet's status, and their way to the API server.
 * Twin: daemon_controller.go updateDaemonSetStatus, storeDaemonSetStatus. Rules: DS-T1…DS-T5.
 */
import type { DaemonSet, DaemonSetStatus } from '../api/daemonSet.ts';
import { keyOf } from '../api/meta.ts';
import { isPodAvailable, isPodReady, type Pod } from '../api/pod.ts';
import { comparePodAge, type PassInput } from './manage.ts';
import { isPodUpdated } from './podTemplate.ts';
import type { Sync, SyncContext } from './syncContext.ts';

export interface StatusNumbers {
  readonly desiredNumberScheduled: number;
  readonly currentNumberScheduled: number;
  readonly numberMisscheduled: number;
  readonly numberReady: number;
  readonly updatedNumberScheduled: number;
  readonly numberAvailable: number;
  readonly numberUnavailable: number;
}

const NUMBERS: readonly (keyof StatusNumbers)[] = [
  'desiredNumberScheduled',
  'currentNumberScheduled',
  'numberMisscheduled',
  'numberReady',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
];

/** Counts over the nodes in the list; each node is judged by its oldest pod alone, terminating or not (DS-T1, DS-T2). */
export function computeStatus(input: PassInput): StatusNumbers {
  const { podsByNode, placement, hash } = input;
  const minReadySeconds = input.ds.spec.minReadySeconds ?? 0;
  let desired = 0;
  let current = 0;
  let misscheduled = 0;
  let ready = 0;
  let updated = 0;
  let available = 0;
  for (const node of input.nodes) {
    const outcome = placement(node);
    if (outcome === 'run') desired += 1;
    const pods = podsByNode.get(node.metadata.name);
    if (pods === undefined) continue;
    if (outcome !== 'run') {
      misscheduled += 1;
      continue;
    }
    current += 1;
    const pod = oldestOf(pods);
    if (pod === undefined) continue;
    if (isPodReady(pod)) {
      ready += 1;
      if (isPodAvailable(pod, minReadySeconds, input.nowMs, input.availabilityInclusive)) available += 1;
    }
    if (isPodUpdated(pod, hash)) updated += 1;
  }
  return {
    desiredNumberScheduled: desired,
    currentNumberScheduled: current,
    numberMisscheduled: misscheduled,
    numberReady: ready,
    updatedNumberScheduled: updated,
    numberAvailable: available,
    numberUnavailable: desired - available,
  };
}

/** Whether the stored status says it all already, so that no write is needed (DS-T3). */
export function isStatusCurrent(ds: DaemonSet, numbers: StatusNumbers): boolean {
  const { status } = ds;
  if ((status?.observedGeneration ?? 0) < (ds.metadata.generation ?? 0)) return false;
  return NUMBERS.every((field) => (status?.[field] ?? 0) === numbers[field]);
}

/**
 * Writes the numbers with one retry on a fresh copy; they are not counted again for it (DS-T4). Returns the error.
 * `raise` also notes the generation that this sync has worked on.
 */
export function* storeStatus(
  ds: DaemonSet,
  numbers: StatusNumbers,
  raise: boolean,
  ctx: SyncContext,
): Sync<string | undefined> {
  if (isStatusCurrent(ds, numbers)) return undefined;
  let base = ds;
  for (let attempt = 0; ; attempt += 1) {
    const [updated] = yield [
      { verb: 'updateStatus', object: withNumbers(base, numbers, raise ? ds.metadata.generation : undefined) },
    ];
    if (updated?.ok === true) {
      ctx.consistency.wroteAt(keyOf(ds), ds.metadata.uid ?? '', 'DaemonSet', updated.object?.metadata.resourceVersion);
      return undefined;
    }
    if (attempt > 0) return updated?.message ?? 'no answer';
    const [live] = yield [{ verb: 'get', kind: 'DaemonSet', key: keyOf(ds) }];
    if (live?.ok !== true) return live?.message ?? 'no answer';
    if (live.object?.kind === 'DaemonSet') base = live.object;
  }
}

/** When to look again although nothing may happen: pods that are ready and not yet available become so by time (DS-T5). */
export function statusRecheckDelayMs(ds: DaemonSet, numbers: StatusNumbers): number | undefined {
  const minReadySeconds = ds.spec.minReadySeconds ?? 0;
  return minReadySeconds > 0 && numbers.numberReady !== numbers.numberAvailable ? minReadySeconds * 1000 : undefined;
}

function oldestOf(pods: readonly Pod[]): Pod | undefined {
  // One pod is the rule, and needs no comparing.
  const [first] = pods;
  if (first === undefined || pods.length === 1) return first;
  return pods.reduce((oldest, pod) => (comparePodAge(pod, oldest) < 0 ? pod : oldest), first);
}

/** What the controller does not count (collisionCount, conditions) stays as it was. */
function withNumbers(ds: DaemonSet, numbers: StatusNumbers, observedGeneration: number | undefined): DaemonSet {
  const status: DaemonSetStatus = { ...ds.status, ...numbers };
  return { ...ds, status: observedGeneration === undefined ? status : { ...status, observedGeneration } };
}
