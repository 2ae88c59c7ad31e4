/** A committed write as one watcher gets to see it. Rules: A-20. */
import type { WatchEvent } from '@everynode/core/api/requests';
import type { Commit } from './changeLog.ts';
import { boundNode } from './journal.ts';

/** What a watcher of one node makes of a commit: an object that starts to match is new to it. */
export function eventFor(nodeName: string | undefined, commit: Commit): WatchEvent | undefined {
  const { kind, type, before, object, revision } = commit;
  if (nodeName === undefined) return { type, object, resourceVersion: revision };
  const did = before !== undefined && boundNode(kind, before) === nodeName;
  const does = type !== 'DELETED' && boundNode(kind, object) === nodeName;
  if (!did && !does) return undefined;
  return { type: did ? (does ? 'MODIFIED' : 'DELETED') : 'ADDED', object, resourceVersion: revision };
}
