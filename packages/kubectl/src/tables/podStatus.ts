/**
 * What a pod's containers come to in three cells: how many are ready, one word for all, how often they were restarted.
 * Twin: kubernetes pkg/printers/internalversion printers.go printPod. Rules: DS-C3, DS-C8, DS-C9.
 */
import { parseTime } from '@everynode/core/api/time';
import { type Fields, readField, readList, readNumber, readText } from '../readField.ts';
import type { ServedObject } from '../server.ts';
import { formatAge } from './age.ts';
import type { TableContext } from './table.ts';

export interface PodSummary {
  /** `1/2`. */
  readonly ready: string;
  readonly status: string;
  /** `0`, `3 (5m ago)`. */
  readonly restarts: string;
}

export function summarizePod(pod: ServedObject, context: TableContext): PodSummary {
  const init = walkInitContainers(pod);
  const isDone = init.reason === undefined || hasCondition(pod, 'Initialized');
  const statuses = readList(pod, 'status.containerStatuses');
  const main = isDone ? walkContainers(statuses) : undefined;
  const sidecarCount = readList(pod, 'spec.initContainers').filter(isRestartable).length;
  const total = readList(pod, 'spec.containers').length + sidecarCount;
  // Once the pod runs, restarts on the way there no longer count.
  const counted = isDone ? [...init.sidecars, ...statuses] : init.seen;
  return {
    ready: `${init.ready + (main?.ready ?? 0)}/${total}`,
    status: finalStatus(pod, main?.reason ?? init.reason ?? basicStatus(pod), main?.isRunning === true, context),
    restarts: formatRestarts(counted, context.nowMs),
  };
}

interface InitWalk {
  /** Statuses up to the first container that is not done. */
  readonly seen: readonly Fields[];
  /** Those among them that go on beside the others. */
  readonly sidecars: readonly Fields[];
  readonly ready: number;
  /** What the first container that is not done says; undefined: all are. */
  readonly reason: string | undefined;
}

function walkInitContainers(pod: ServedObject): InitWalk {
  const containers = readList(pod, 'spec.initContainers');
  const restartable = new Set(containers.filter(isRestartable).map(({ name }) => name));
  const statuses = readList(pod, 'status.initContainerStatuses');
  let ready = 0;
  for (const [at, status] of statuses.entries()) {
    const isSidecar = restartable.has(status['name']);
    if (isStopped(status) && readNumber(status, 'state.terminated.exitCode') === 0) continue;
    if (isSidecar && status['started'] === true) {
      ready += status['ready'] === true ? 1 : 0;
      continue;
    }
    const seen = statuses.slice(0, at + 1);
    return {
      seen,
      sidecars: seen.filter(({ name }) => restartable.has(name)),
      ready,
      reason: initReason(status, at, containers.length),
    };
  }
  return { seen: statuses, sidecars: statuses.filter(({ name }) => restartable.has(name)), ready, reason: undefined };
}

function initReason(status: Fields, at: number, count: number): string {
  if (isStopped(status)) return `Init:${stopReason(status)}`;
  const waiting = readText(status, 'state.waiting.reason');
  return waiting !== '' && waiting !== 'PodInitializing' ? `Init:${waiting}` : `Init:${at}/${count}`;
}

/** From the last to the first, so that the first one's reason stays. */
function walkContainers(statuses: readonly Fields[]): {
  readonly ready: number;
  readonly reason: string | undefined;
  readonly isRunning: boolean;
} {
  let ready = 0;
  let reason: string | undefined;
  for (const status of [...statuses].reverse()) {
    const waiting = readText(status, 'state.waiting.reason');
    if (waiting !== '') reason = waiting;
    else if (isStopped(status)) reason = stopReason(status);
    else if (status['ready'] === true && has(status, 'state.running')) ready += 1;
  }
  return { ready, reason, isRunning: ready > 0 };
}

function basicStatus(pod: ServedObject): string {
  const isGated = readList(pod, 'status.conditions').some(
    ({ type, reason }) => type === 'PodScheduled' && reason === 'SchedulingGated',
  );
  return isGated ? 'SchedulingGated' : readText(pod, 'status.reason') || readText(pod, 'status.phase');
}

/** Servers up to 1.30 call every pod that is being deleted `Terminating`, over or not (PR 122038). */
const PHASE_OUTLIVES_DELETION_SINCE_MINOR = 31;

function finalStatus(pod: ServedObject, status: string, isRunning: boolean, { minor }: TableContext): string {
  if (has(pod, 'metadata.deletionTimestamp')) {
    if (readText(pod, 'status.reason') === 'NodeLost') return 'Unknown';
    const isOver = ['Succeeded', 'Failed'].includes(readText(pod, 'status.phase'));
    if (!isOver || minor < PHASE_OUTLIVES_DELETION_SINCE_MINOR) return 'Terminating';
  }
  if (status !== 'Completed' || !isRunning) return status;
  return hasCondition(pod, 'Ready') ? 'Running' : 'NotReady';
}

function formatRestarts(statuses: readonly Fields[], nowMs: number): string {
  const count = statuses.reduce((sum, status) => sum + readNumber(status, 'restartCount'), 0);
  const ends = statuses.flatMap((status) => parseTime(readText(status, 'lastState.terminated.finishedAt')) ?? []);
  if (count === 0 || ends.length === 0) return String(count);
  return `${count} (${formatAge(nowMs - Math.max(...ends))} ago)`;
}

function stopReason(status: Fields): string {
  const reason = readText(status, 'state.terminated.reason');
  if (reason !== '') return reason;
  const signal = readNumber(status, 'state.terminated.signal');
  return signal === 0 ? `ExitCode:${readNumber(status, 'state.terminated.exitCode')}` : `Signal:${signal}`;
}

function isStopped(status: Fields): boolean {
  return has(status, 'state.terminated');
}

function isRestartable(container: Fields): boolean {
  return container['restartPolicy'] === 'Always';
}

function hasCondition(pod: ServedObject, type: string): boolean {
  return readList(pod, 'status.conditions').some(
    (condition) => condition['type'] === type && condition['status'] === 'True',
  );
}

function has(value: unknown, path: string): boolean {
  return (readField(value, path) ?? undefined) !== undefined;
}
