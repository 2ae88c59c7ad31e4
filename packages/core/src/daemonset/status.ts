/**
 * The way of the status numbers to the API server.
 * Twin: daemon_controller.go storeDaemonSetStatus. Rules: DS-T3…DS-T5.
 */
import type { DaemonSet, DaemonSetStatus } from '../api/daemonSet.ts';
import { keyOf } from '../api/meta.ts';
import type { StatusNumbers } from './statusNumbers.ts';
import type { Sync, SyncContext } from './syncContext.ts';

const NUMBERS: readonly (keyof StatusNumbers)[] = [
  'desiredNumberScheduled',
  'currentNumberScheduled',
  'numberMisscheduled',
  'numberReady',
  'updatedNumberScheduled',
  'numberAvailable',
  'numberUnavailable',
];

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

/** What the controller does not count (collisionCount, conditions) stays as it was. */
function withNumbers(ds: DaemonSet, numbers: StatusNumbers, observedGeneration: number | undefined): DaemonSet {
  const status: DaemonSetStatus = { ...ds.status, ...numbers };
  return { ...ds, status: observedGeneration === undefined ? status : { ...status, observedGeneration } };
}
