/** Time travel: the state of all objects at one moment of a trace, by folding the patches up to it. */
import type { TraceRecord } from './record.ts';
import { FoldedState } from './stateHash.ts';

/** Many records share an instant, so a moment is an instant and the last `seq` that counts. */
export interface Moment {
  readonly atMs: number;
  /** Absent: all records of that instant. */
  readonly seq?: number;
}

/** The state after the last event at or before the moment. */
export function foldTo(records: readonly TraceRecord[], moment: Moment): FoldedState {
  const seqMax = moment.seq ?? Number.MAX_SAFE_INTEGER;
  const state = new FoldedState();
  for (const record of records) {
    if (record.kind !== 'event') continue;
    if (record.atMs > moment.atMs || record.seq > seqMax) break;
    if (record.object !== undefined && record.patch !== undefined) state.apply(record.object, record.patch);
  }
  return state;
}
