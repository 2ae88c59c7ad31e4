/** A log that is too long loses what repeats itself, and nothing that a reader would ask for. */
import { expect, test } from 'vitest';
import type { LogEntry } from './causes.ts';
import { reduceLog } from './reduce.ts';
import type { ReportModel } from './report.ts';

/** Ten times: a lease renewal, its delivery, and a change that the delivery led to. */
const LOG: readonly LogEntry[] = Array.from({ length: 10 }, (_, i): readonly LogEntry[] => [
  {
    kind: 'event',
    seq: i * 3,
    atMs: i,
    type: i === 0 ? 'run.begin' : 'lease.updated',
    actor: 'engine',
    ...(i === 0 ? {} : { cause: i * 3 - 1 }),
  },
  { kind: 'event', seq: i * 3 + 1, atMs: i, type: 'watch.delivered', actor: 'c', cause: i * 3 },
  {
    kind: 'event',
    seq: i * 3 + 2,
    atMs: i,
    type: 'pod.updated',
    actor: 'c',
    object: 'pod/a',
    cause: i * 3 + 1,
    patch: [['i', i]],
  },
]).flat();
const NO_EPISODES: ReportModel['episodes'] = [];

test('a log within the limit stays as it is', () => {
  expect(reduceLog({ log: LOG, episodes: NO_EPISODES }, 30)).toEqual({ log: LOG, dropped: 0 });
});

test('lease renewals go first, and what they led to gets the nearest cause that stays', () => {
  const { log, dropped } = reduceLog({ log: LOG, episodes: NO_EPISODES }, 22);
  expect(dropped).toBe(9);
  expect(log.some((entry) => entry.kind === 'event' && entry.type === 'lease.updated')).toBe(false);
  expect(log.find((entry) => entry.seq === 4)?.cause).toBe(2);
});

test('changes of state and inputs stay however small the limit is', () => {
  const { log } = reduceLog({ log: LOG, episodes: NO_EPISODES }, 1);
  expect(log.map((entry) => entry.seq)).toEqual([0, 2, 5, 8, 11, 14, 17, 20, 23, 26, 29]);
  expect(log.map((entry) => entry.cause)).toEqual([undefined, 0, 2, 5, 8, 11, 14, 17, 20, 23, 26]);
});

test('every cause of a violation stays', () => {
  const episode = {
    id: 'a',
    invariant: 'a',
    block: 'always',
    severity: 'critical',
    fromMs: 2,
    toMs: null,
    seq: 7,
    message: '',
    faults: [],
    breaches: 1,
    nodes: [],
  } as const;
  const { log } = reduceLog({ log: LOG, episodes: [episode] }, 1);
  expect(log.map((entry) => entry.seq).filter((seq) => seq < 9)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
});
