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

  test('keeps at least a hundred changes, however old, and forgets older ones beyond 75 s (A-22)', () => {
    expect(logOf(100, 60_000).since(0)).toHaveLength(100);
    const log = logOf(200, 1_000);
    expect([log.since(0), log.since(199)]).toEqual([undefined, undefined]);
    expect(log.since(200)).toHaveLength(100);
  });

  test('a burst within 75 s is kept as a whole', () => {
    expect(logOf(5_000, 1).since(0)).toHaveLength(5_000);
  });
});
