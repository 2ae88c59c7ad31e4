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

/** A full ring doubles where its oldest change is younger than this, and halves where its newest quarter is older. */
const FRESH_MS = 75_000;
const CAPACITY_MIN = 100;
const CAPACITY_MAX = 102_400;

export class ChangeLog {
  #commits: Commit[] = [];
  /** Changes before this position have left the window; they are cut off now and then, not one by one. */
  #start = 0;
  #capacity = CAPACITY_MIN;
  /** Highest revision that has left the window, and when it was written. */
  #forgotten = 0;
  #forgottenAtMs = 0;

  add(commit: Commit): void {
    if (this.#size === this.#capacity) this.#resize(commit.atMs);
    this.#commits.push(commit);
    while (this.#size > this.#capacity) this.#forgetOldest();
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

  /** The highest revision up to which every change was made at that instant or before. */
  revisionAt(atMs: number): number {
    if (this.#forgotten > 0 && this.#forgottenAtMs > atMs) return this.#forgotten - 1;
    const [first] = this.later(atMs);
    return first === undefined ? Infinity : first.revision - 1;
  }

  /** When the last change up to the revision was made; 0 where that is no longer known, and so long ago. */
  atMsOf(revision: number): number {
    const after = this.since(revision);
    return after === undefined ? 0 : (this.#commits[this.#commits.length - after.length - 1]?.atMs ?? 0);
  }

  get #size(): number {
    return this.#commits.length - this.#start;
  }

  #resize(nowMs: number): void {
    const ageMs = (fromEnd: number): number => nowMs - (this.#commits[this.#commits.length - fromEnd]?.atMs ?? nowMs);
    if (ageMs(this.#capacity) < FRESH_MS) this.#capacity = Math.min(this.#capacity * 2, CAPACITY_MAX);
    else if (ageMs(Math.trunc(this.#capacity / 4)) > FRESH_MS)
      this.#capacity = Math.max(Math.trunc(this.#capacity / 2), CAPACITY_MIN);
  }

  #forgetOldest(): void {
    const oldest = this.#commits[this.#start];
    this.#forgotten = oldest?.revision ?? this.#forgotten;
    this.#forgottenAtMs = oldest?.atMs ?? this.#forgottenAtMs;
    this.#start += 1;
  }
}
