import type { Pod } from '@everynode/core/api/pod';
import { describe, expect, test } from 'vitest';
import { ChangeLog, type Commit } from './changeLog.ts';

const POD: Pod = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { containers: [] } };

function commit(revision: number, atMs: number): Commit {
  return { kind: 'Pod', key: 'p', type: 'MODIFIED', before: POD, object: POD, revision, atMs, cause: undefined };
}

function logOf(count: number, everyMs: number): ChangeLog {
  const log = new ChangeLog();
  for (let i = 1; i <= count; i += 1) log.add(commit(i * 2, i * everyMs));
  return log;
}

describe('ChangeLog', () => {
  test('tells everything after a revision, in order, whether or not the revision itself is of this kind', () => {
    const log = logOf(5, 10);
    const after = (revision: number) => log.since(revision)?.map((each) => each.revision);
    expect([after(0), after(5), after(6), after(10)]).toEqual([[2, 4, 6, 8, 10], [6, 8, 10], [8, 10], []]);
  });

  test('A-22: a full ring of a hundred keeps the newest, while its oldest is 75 s old or older', () => {
    expect(logOf(100, 60_000).since(0)).toHaveLength(100);
    const log = logOf(200, 1_000);
    expect([log.since(0), log.since(199)]).toEqual([undefined, undefined]);
    expect(log.since(200)).toHaveLength(100);
  });

  test('a burst within 75 s is kept as a whole', () => {
    expect(logOf(5_000, 1).since(0)).toHaveLength(5_000);
  });

  /** A hundred changes within the ring's first second, and one more at that instant. */
  const filledThen = (atMs: number): ChangeLog => {
    const log = logOf(100, 10);
    log.add(commit(202, atMs));
    return log;
  };

  test('A-22: it doubles where it is full and its oldest change is younger than 75 s, and not where it is 75 s old', () => {
    expect(filledThen(10 + 74_999).since(0)).toHaveLength(101);
    expect([filledThen(10 + 75_000).since(0), filledThen(10 + 75_000).since(2)?.length]).toEqual([undefined, 100]);
  });

  test('A-22: it halves where the newest quarter alone is older than 75 s', () => {
    const grown = logOf(400, 10);
    // Full at 400 of 400; the newest hundred begin at 3.01 s.
    grown.add(commit(802, 3_010 + 75_000));
    expect(grown.since(2)).toHaveLength(400);
    const halved = logOf(400, 10);
    halved.add(commit(802, 3_010 + 75_001));
    expect([halved.since(400), halved.since(402)?.length]).toEqual([undefined, 200]);
  });

  test('tells up to which revision it had come at an instant, also where that has left the window', () => {
    const log = logOf(5, 10);
    expect([log.revisionAt(9), log.revisionAt(10), log.revisionAt(49), log.revisionAt(50)]).toEqual([
      1,
      3,
      9,
      Infinity,
    ]);
    const old = logOf(200, 1_000);
    expect([old.revisionAt(1_000), old.since(old.revisionAt(1_000))]).toEqual([199, undefined]);
  });
});
