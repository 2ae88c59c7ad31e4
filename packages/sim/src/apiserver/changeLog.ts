/**
 * The recent changes of one kind, as the watch cache keeps them: a watch may start at any revision that is still in
 * the window, and must list again below it. Rules.
 */
import type { Kind, ObjectOfKind } from '@everynode/core/api/objects';

/** One committed write of one object. */
export interface Commit<K extends Kind = Kind> {
  readonly kind: K;
  readonly key: string;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly before: ObjectOfKind[K] | undefined;
  /** As stored; after a removal the last picture, with the revision of the removal. */
  readonly object: ObjectOfKind[K];
  readonly revision: number;
  readonly atMs: number;
  /** Seq of the record that tells of the write; what a watch delivers has it as its cause. */
  readonly cause: number | undefined;
}

/** The ring doubles while its oldest change is younger than this, and shrinks to it otherwise. */
const WINDOW_MS = 75_000;
const WINDOW_MIN = 100;
const WINDOW_MAX = 102_400;

export class ChangeLog {
  #commits: Commit[] = [];
  /** Changes before this position have left the window; they are cut off now and then, not one by one. */
  #start = 0;
  /** Highest revision that has left the window. */
  #forgotten = 0;

  add(commit: Commit): void {
    this.#commits.push(commit);
    while (this.#hasSurplus(commit.atMs)) {
      this.#forgotten = this.#commits[this.#start]?.revision ?? this.#forgotten;
      this.#start += 1;
    }
    if (this.#start > 1024 && this.#start * 2 > this.#commits.length) {
      this.#commits = this.#commits.slice(this.#start);
      this.#start = 0;
    }
  }

  /** All changes after the revision, in order; undefined: the window no longer reaches back so far (410 Expired). */
  since(revision: number): readonly Commit[] | undefined {
    if (revision < this.#forgotten) return undefined;
    let low = this.#start;
    let high = this.#commits.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#commits[middle]?.revision ?? 0) <= revision) low = middle + 1;
      else high = middle;
    }
    return this.#commits.slice(low);
  }

  /** All changes in the window that were made later than an instant, in order. */
  later(atMs: number): readonly Commit[] {
    let at = this.#commits.length;
    while (at > this.#start && (this.#commits[at - 1]?.atMs ?? 0) > atMs) at -= 1;
    return this.#commits.slice(at);
  }

  #hasSurplus(nowMs: number): boolean {
    const size = this.#commits.length - this.#start;
    if (size > WINDOW_MAX) return true;
    const oldest = this.#commits[this.#start];
    return size > WINDOW_MIN && oldest !== undefined && nowMs - oldest.atMs > WINDOW_MS;
  }
}
