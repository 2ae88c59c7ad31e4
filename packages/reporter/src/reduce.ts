/**
 * What of a very long log the page carries. All changes of state, all inputs and all causes of violations stay; what
 * goes first is what repeats itself: lease renewals and syncs without an outcome, then watch deliveries, then the rest.
 */
import type { LogEntry } from './causes.ts';
import type { ReportModel } from './report.ts';

/** About 14 MB of page; below it nothing is left out. */
const ENTRIES_MAX = 2_000_000;

export interface Reduced {
  readonly log: readonly LogEntry[];
  readonly dropped: number;
}

/** Kinds of entries that may go, in the order in which they go. */
const CLASSES: readonly ((entry: LogEntry) => boolean)[] = [
  (entry) =>
    entry.kind === 'event' &&
    (entry.type.startsWith('lease.') || (entry.type === 'ds.sync' && entry.data?.['outcome'] === 'none')),
  (entry) => entry.kind === 'event' && entry.type.startsWith('watch.'),
  (entry) => entry.kind === 'event' && !/^(?:fault|step|run)\./.test(entry.type),
];

/** Leaves the log as it is up to `max` entries. An entry whose cause goes gets the nearest cause that stays. */
export function reduceLog(model: Pick<ReportModel, 'log' | 'episodes'>, max: number = ENTRIES_MAX): Reduced {
  if (model.log.length <= max) return { log: model.log, dropped: 0 };
  const needed = ancestorsOf(model);
  let log = model.log;
  for (const mayGo of CLASSES) {
    if (log.length <= max) break;
    log = log.filter((entry) => needed.has(entry.seq) || hasChange(entry) || !mayGo(entry));
  }
  return { log: relinked(model.log, log), dropped: model.log.length - log.length };
}

function ancestorsOf({ log, episodes }: Pick<ReportModel, 'log' | 'episodes'>): ReadonlySet<number> {
  const needed = new Set<number>();
  for (const { seq } of episodes) {
    for (let at: number | undefined = seq; at !== undefined && !needed.has(at); at = log[at]?.cause) needed.add(at);
  }
  return needed;
}

function hasChange(entry: LogEntry): boolean {
  return entry.kind === 'event' && entry.patch !== undefined && entry.patch.length > 0;
}

function relinked(all: readonly LogEntry[], kept: readonly LogEntry[]): readonly LogEntry[] {
  const stays = new Set(kept.map((entry) => entry.seq));
  return kept.map((entry) => {
    let { cause } = entry;
    while (cause !== undefined && !stays.has(cause)) cause = all[cause]?.cause;
    if (cause === entry.cause) return entry;
    const { cause: _gone, ...rest } = entry;
    return cause === undefined ? rest : { ...rest, cause };
  });
}
