import { expect, test } from 'vitest';
import type { DaemonSetTimeline } from './clusterWalk.ts';
import type { CoveragePoint } from './daemonSetWalk.ts';
import { stallText, worstCoverageText } from './effects.ts';

const MINUTE = 60_000;
const UP: CoveragePoint = {
  atMs: 0,
  desired: 30,
  available: 30,
  updated: 30,
  budget: 3,
  byRollout: 0,
  byFailure: 0,
  byStart: 0,
};
const NEW_TEMPLATE = 7 * MINUTE;

function timeline(points: readonly (Partial<CoveragePoint> & { readonly atMs: number })[]): DaemonSetTimeline {
  return {
    ref: 'ds/kube-system/agent',
    lanes: new Map(),
    coverage: points.map((point) => ({ ...UP, ...point })),
    revisions: [
      { atMs: 0, revision: 1, hash: 'a' },
      { atMs: NEW_TEMPLATE, revision: 2, hash: 'b' },
    ],
  };
}

test('the deepest fall after all were up is told, with its instant', () => {
  const fallen = timeline([
    { atMs: 0, available: 0 },
    { atMs: 9_000 },
    { atMs: 340_003, available: 20 },
    { atMs: 900_000, available: 25 },
  ]);
  expect(worstCoverageText(fallen)).toBe('At worst 20 of 30 nodes had an available pod, at 05:40.003.');
});

test('pods that have never been up are no fall', () => {
  expect(worstCoverageText(timeline([{ atMs: 0, available: 0 }, { atMs: 9_000 }]))).toBeUndefined();
});

test('a rollout that waits is told with how long, how far, and what used its budget up', () => {
  const held = timeline([
    { atMs: NEW_TEMPLATE, updated: 0, available: 20, byFailure: 10 },
    { atMs: 15 * MINUTE, updated: 3 },
    { atMs: 15 * MINUTE + 30_000, updated: 30 },
  ]);
  const text =
    'The rollout of agent stood still for 8m from 07:00.000, with 0 of 30 updated: 10 nodes lost by failure used up the budget of 3.';
  expect(stallText(held, 40 * MINUTE)).toBe(text);
});

test('the time between two pods of a rollout is no standstill', () => {
  const steady = [0, 1, 2, 3].map((step) => ({ atMs: NEW_TEMPLATE + step * 40_000, updated: step * 10 }));
  expect(stallText(timeline(steady), 40 * MINUTE)).toBeUndefined();
});

test('a rollout that never gets on stands still to the end', () => {
  expect(stallText(timeline([{ atMs: NEW_TEMPLATE, updated: 12 }]), 10 * MINUTE)).toContain('stood still for 3m from');
});
