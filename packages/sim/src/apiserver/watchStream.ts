/** One watch of one client: what it asked for, what is on its way to it, and what it makes of a commit. Rules: A-20. */
import type { Kind } from '@everynode/core/api/objects';
import type { WatchEvent } from '@everynode/core/api/requests';
import type { EventHandle } from '../engine/eventQueue.ts';
import type { Rng } from '../engine/rng.ts';
import type { Commit } from './changeLog.ts';
import { boundNode } from './journal.ts';

/** Who gets what a stream brings. */
export interface WatchSink {
  event(event: WatchEvent): void;
  /** 410: the stream is closed, the client must list again. */
  expired(): void;
}

export interface WatchRequest {
  readonly client: string;
  /** Which life of the client. */
  readonly incarnation: number;
  readonly kind: Kind;
  /** Pods bound to this node, or the Node or Lease of this name. */
  readonly nodeName: string | undefined;
  /** Everything after this revision is delivered. */
  readonly revision: number;
  readonly sink: WatchSink;
  /** Runs now, later or never, as the life of the client's process has it. */
  readonly deliver: (run: () => void) => void;
}

/** A change on its way. */
export interface Pending {
  readonly event: WatchEvent;
  readonly cause: number | undefined;
  readonly dueMs: number;
}

/** One open watch: what is on its way to the client, and how far it has come. */
export interface Stream extends WatchRequest {
  readonly rng: Rng;
  queue: Pending[];
  /** Queue position of the next one. */
  head: number;
  handle: EventHandle | undefined;
  /** Reports of nodes, which hold nothing up and overtake nothing (`#enqueueReport`). */
  reports: Pending[];
  /** Of the last event delivered. */
  seenRevision: number;
  openedAtMs: number;
  lastDueMs: number;
  /** Since when the client's link is cut; undefined: open. */
  heldSinceMs: number | undefined;
}

/** A stream that has nothing on its way yet. */
export function newStream(request: WatchRequest, rng: Rng, openedAtMs: number): Stream {
  return {
    ...request,
    rng,
    queue: [],
    head: 0,
    handle: undefined,
    reports: [],
    seenRevision: request.revision,
    openedAtMs,
    lastDueMs: 0,
    heldSinceMs: undefined,
  };
}

/** What a watcher of one node makes of a commit: an object that starts to match is new to it. */
export function eventFor(nodeName: string | undefined, commit: Commit): WatchEvent | undefined {
  const { kind, type, before, object, revision } = commit;
  if (nodeName === undefined) return { type, object, resourceVersion: revision };
  const did = before !== undefined && boundNode(kind, before) === nodeName;
  const does = type !== 'DELETED' && boundNode(kind, object) === nodeName;
  if (!did && !does) return undefined;
  return { type: did ? (does ? 'MODIFIED' : 'DELETED') : 'ADDED', object, resourceVersion: revision };
}
