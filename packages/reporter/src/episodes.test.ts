/** Breaches that follow each other closely are one episode; what is severe and early comes first. */
import type { ViolationRecord } from '@everynode/trace/record';
import { expect, test } from 'vitest';
import { EPISODE_GAP_MS, mergeEpisodes } from './episodes.ts';

function violation(
  id: string,
  fromMs: number,
  toMs: number | null,
  rest: Partial<ViolationRecord> = {},
): ViolationRecord {
  return {
    kind: 'violation',
    id,
    invariant: id,
    block: 'always',
    severity: 'critical',
    fromMs,
    toMs,
    seq: fromMs,
    message: `${id} at ${fromMs}`,
    faults: [],
    ...rest,
  };
}

test('breaches with a pause below 30 s are one episode with all their nodes, at 30 s they are two', () => {
  const [first, second] = mergeEpisodes([
    violation('a', 0, 1_000, { node: 'n1' }),
    violation('a', 1_000 + EPISODE_GAP_MS - 1, 40_000, { node: 'n2' }),
    violation('a', 40_000 + EPISODE_GAP_MS, 90_000, { node: 'n1' }),
  ]);
  expect(first).toMatchObject({ fromMs: 0, toMs: 40_000, breaches: 2, nodes: ['n1', 'n2'], message: 'a at 0' });
  expect(second).toMatchObject({ fromMs: 70_000, breaches: 1 });
});

test('an episode that is not over takes in whatever follows', () => {
  expect(mergeEpisodes([violation('a', 0, null), violation('a', 900_000, 900_001)])).toMatchObject([
    { toMs: null, breaches: 2 },
  ]);
});

test('a breach within an earlier one does not shorten it', () => {
  expect(mergeEpisodes([violation('a', 0, 9_000), violation('a', 1_000, 2_000)])).toMatchObject([{ toMs: 9_000 }]);
});

test('episodes are ordered by severity, then by their beginning', () => {
  const episodes = mergeEpisodes([
    violation('remark', 0, 1, { severity: 'observation' }),
    violation('late', 9, 10),
    violation('warning', 1, 2, { severity: 'warning' }),
    violation('early', 5, 6),
  ]);
  expect(episodes.map(({ id }) => id)).toEqual(['early', 'late', 'warning', 'remark']);
});
