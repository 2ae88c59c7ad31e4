/**
 * Keeps a controller from reading a cache that is older than its own writes: it notes the versions its writes got back
 * and waits until the informers have delivered them. Twin: daemon/util/consistency.go. Rules: DS-Q14.
 */
import type { ObjectKey } from '../api/meta.ts';
import type { Kind } from '../api/objects.ts';

/** Written per kind of object, as resourceVersion; versions that are no number never block anybody. */
interface WriteRecord {
  readonly uid: string;
  readonly versions: Map<Kind, number>;
}

export class Consistency {
  readonly #writes = new Map<ObjectKey, WriteRecord>();
  readonly #read = new Map<Kind, number>();

  /** Notes that a write on behalf of the owner came back with `resourceVersion`. */
  wroteAt(owner: ObjectKey, uid: string, kind: Kind, resourceVersion: string | undefined): void {
    const version = parseVersion(resourceVersion);
    if (version === undefined) return;
    let record = this.#writes.get(owner);
    if (record === undefined || record.uid !== uid) {
      record = { uid, versions: new Map() };
      this.#writes.set(owner, record);
    }
    record.versions.set(kind, Math.max(version, record.versions.get(kind) ?? 0));
  }

  /** Notes the version that the informer of a kind has delivered up to; bookmarks count. */
  readAt(kind: Kind, resourceVersion: number): void {
    if (resourceVersion > (this.#read.get(kind) ?? 0)) this.#read.set(kind, resourceVersion);
  }

  /**
   * The kind whose cache still lags behind the owner's writes; none once all are read, and then the record goes. Whether
   * they were made for a predecessor of the same name is not asked, as upstream does not ask either.
   */
  findStale(owner: ObjectKey): Kind | undefined {
    const record = this.#writes.get(owner);
    if (record === undefined) return undefined;
    for (const [kind, version] of record.versions) {
      if (version > (this.#read.get(kind) ?? 0)) return kind;
    }
    this.#writes.delete(owner);
    return undefined;
  }

  /** Drops the record of the owner, unless it was made for another object of that name; without `uid` in any case. */
  forget(owner: ObjectKey, uid?: string): void {
    if (uid === undefined || this.#writes.get(owner)?.uid === uid) this.#writes.delete(owner);
  }
}

function parseVersion(text: string | undefined): number | undefined {
  if (text === undefined || !/^[0-9]{1,15}$/.test(text)) return undefined;
  return Number(text);
}
