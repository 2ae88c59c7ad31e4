/**
 * What a client knows of how far a quiet watch has come: once a minute the server tells it in a bookmark, so that it
 * does not fall out of the window. Nothing depends on the telling but where the client resumes after a cut link, so
 * bookmarks are no events: that is computed when it is asked for. Nor is the end that a server puts to each watch after
 * five to ten minutes, for the client goes on at once from the version it has seen last. Rules: A-21.
 */
import type { Kind } from '@everynode/core/api/objects';
import type { ObjectStore } from './objectStore.ts';

const BOOKMARK_MS = 60_000;

export interface WatchProgress {
  readonly kind: Kind;
  /** Of the last event delivered. */
  readonly seenRevision: number;
  /** When it was opened, or resumed: bookmarks count from there. */
  readonly openedAtMs: number;
  /** What is on its way, from `head` on. */
  readonly queue: readonly { readonly event: { readonly resourceVersion: number } }[];
  readonly head: number;
}

/** The version from which the client resumes. */
export function revisionKnown(watch: WatchProgress, store: ObjectStore, nowMs: number): number {
  const { kind, seenRevision, openedAtMs, queue, head } = watch;
  const pending = queue[head]?.event.resourceVersion ?? Infinity;
  const toldAtMs = openedAtMs + Math.trunc((nowMs - openedAtMs) / BOOKMARK_MS) * BOOKMARK_MS;
  return Math.max(seenRevision, Math.min(store.revisionAt(kind, toldAtMs), pending - 1));
}
