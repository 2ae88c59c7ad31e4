/** What happened in a run, when and where, for comparing two runs whose templates differ. */
import type { TraceRecord } from '@everynode/trace/record';

/** One line an event, in order; without names of objects, since those of revisions tell the template's hash. */
export function happenings(records: readonly TraceRecord[]): readonly string[] {
  return records.flatMap((each) =>
    each.kind === 'event' ? [[each.atMs, each.type, each.actor, each.node ?? ''].join(' ')] : [],
  );
}
