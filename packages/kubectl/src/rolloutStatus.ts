/** `kubectl rollout status`: a line now, and one for each change until the rollout is done. Twin: kubectl cmd/rollout/rollout_status.go. Rules: DS-K1. */
import type { DaemonSet } from '@everynode/core/api/daemonSet';
import { rolloutStatus } from '@everynode/core/daemonset/rollout';
import type { Surroundings } from './surroundings.ts';
import type { ServedEvent, ServedObject } from './server.ts';

export interface StatusOptions {
  readonly watch: boolean;
  /** How long one object may take; 0: for ever. */
  readonly timeoutMs: number;
}

export interface Watched {
  readonly text: string;
  readonly error?: string;
  /** When the watch ended: the next object's begins then. */
  readonly endedAtMs: number;
}

/** Watches one DaemonSet from an instant on; `object` is what the server lists at the client's `nowMs`. */
export function watchStatus(
  object: ServedObject,
  startMs: number,
  { watch, timeoutMs }: StatusOptions,
  { server }: Surroundings,
): Watched {
  const deadlineMs = timeoutMs > 0 ? startMs + timeoutMs : Number.POSITIVE_INFINITY;
  let text = '';
  for (const { type, object: seen, atMs } of eventsSince(object, startMs, server.later(object))) {
    if (atMs >= deadlineMs) break;
    if (type === 'DELETED') return { text, error: 'object has been deleted', endedAtMs: atMs };
    const status = rolloutStatus(seen as unknown as DaemonSet);
    if (!status.ok) return { text, error: status.error, endedAtMs: atMs };
    text += status.message;
    if (status.done || !watch) return { text, endedAtMs: atMs };
  }
  return deadlineMs <= server.endsAtMs
    ? { text, error: 'timed out waiting for the condition', endedAtMs: deadlineMs }
    : { text, error: server.ended, endedAtMs: server.endsAtMs };
}

/** The state at the start, as a list would find it, then every change after it. */
function* eventsSince(
  object: ServedObject,
  startMs: number,
  later: Iterable<ServedEvent>,
): Generator<ServedEvent, void, undefined> {
  let current: ServedObject | undefined = object;
  let hasBegun = false;
  for (const event of later) {
    if (event.atMs > startMs && !hasBegun) {
      hasBegun = true;
      if (current !== undefined) yield { type: 'ADDED', object: current, atMs: startMs };
    }
    if (event.atMs > startMs) yield event;
    else current = event.type === 'DELETED' ? undefined : event.object;
  }
  if (!hasBegun && current !== undefined) yield { type: 'ADDED', object: current, atMs: startMs };
}
