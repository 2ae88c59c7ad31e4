/** What the API server has at hand while it carries out one request. */
import type { PriorityClasses } from '@everynode/core/api/priorityClass';
import type { Profile } from '@everynode/core/profile';
import type { Rng } from '../engine/rng.ts';
import type { CommitRecorder, ObjectStore } from './objectStore.ts';

export interface WriteScope {
  readonly store: ObjectStore;
  readonly profile: Profile;
  readonly priorityClasses: PriorityClasses;
  readonly nowMs: number;
  /** Streams of generated names and uids. */
  readonly names: Rng;
  readonly uids: Rng;
  readonly record: CommitRecorder;
  /** Of what the server writes on the way, on nobody's behalf. */
  readonly recordOwn: CommitRecorder;
}
