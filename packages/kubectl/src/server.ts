/**
 * The API server as kubectl meets it: objects of any kind to read, patches to send, an object to watch. A finished run
 * at one of its moments is such a server, and so is a list of recorded objects in a test.
 */
import type { PatchBody } from '@everynode/core/api/requests';

/** An object as JSON. `apiVersion`, `kind` and `metadata.name` are always there; the rest is as stored. */
export interface ServedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ServedMeta;
  readonly [field: string]: unknown;
}

export interface ServedMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly [field: string]: unknown;
}

/** Why the server did not do it, in its own words; `reason` as in a Status object, such as `NotFound`. */
export interface Refusal {
  readonly ok: false;
  readonly reason: string;
  readonly message: string;
}

export interface ServedEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: ServedObject;
  /** When it comes, in the time of the client's clock: a `--timeout` counts up to it. */
  readonly atMs: number;
}

export interface Server {
  /** All objects of a kind (`DaemonSet`, `Event` …), by namespace, then name. */
  list(kind: string): readonly ServedObject[];
  /** Changes one object. `dryRun`: answers as if it had, and keeps the old one. Absent: this server cannot be written to. */
  patch?(
    object: ServedObject,
    patch: PatchBody,
    options: { readonly dryRun: boolean },
  ): { readonly ok: true; readonly object: ServedObject } | Refusal;
  /** What happens to the object after the moment that `list` shows, oldest first; the list ends with what the server knows. */
  later(object: ServedObject): Iterable<ServedEvent>;
  /** When `later` ends: nothing is known of what would come then. */
  readonly endsAtMs: number;
  /** Why a watch that outlives the server's knowledge ends: text that follows `error: `. */
  readonly ended: string;
}
