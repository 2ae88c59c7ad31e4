/** Lines stay inside their area, keep their extremes, and ticks are round and few. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { areaPath, type ChartScale, stepPath, timeTicks, valueTicks, xOf, yOf } from './chartGeometry.ts';

const SCALE: ChartScale = { fromMs: 0, toMs: 1_000, left: 10, width: 100, top: 5, height: 50, valueMax: 10 };

test('a step line holds each value until the next one, and the last one to the edge', () => {
  const steps = [
    { atMs: 0, value: 0 },
    { atMs: 500, value: 10 },
  ];
  expect(stepPath(steps, SCALE)).toBe('M10,55H60V5H110');
  expect(areaPath(steps, SCALE)).toBe('M10,55H60V5H110V55H10Z');
});

test('a view that begins later starts with the value that holds there', () => {
  const steps = [
    { atMs: 0, value: 4 },
    { atMs: 900, value: 8 },
  ];
  expect(stepPath(steps, { ...SCALE, fromMs: 500 })).toBe('M10,35H90V15H110');
  expect(stepPath([{ atMs: 2_000, value: 1 }], SCALE)).toBe('');
});

test('of thousands of changes the lowest and the highest within a pixel remain', () => {
  const steps = Array.from({ length: 10_000 }, (_, i) => ({
    atMs: i / 10,
    value: i === 5_005 ? 10 : i === 5_006 ? 0 : 5,
  }));
  const path = stepPath(steps, SCALE);
  expect(path).toContain('V5');
  expect(path).toContain('V55');
  expect(path.length).toBeLessThan(20_000);
});

test('values above the top are drawn at the top, and instants map to pixels in order', () => {
  expect(yOf(SCALE, 99)).toBe(5);
  expect([xOf(SCALE, 0), xOf(SCALE, 250), xOf(SCALE, 1_000)]).toEqual([10, 35, 110]);
});

test('time ticks lie within the view, are evenly spaced, and are as few as asked for', () => {
  fc.assert(
    fc.property(fc.nat(1e9), fc.integer({ min: 1, max: 1e9 }), fc.integer({ min: 2, max: 20 }), (fromMs, span, max) => {
      const ticks = timeTicks(fromMs, fromMs + span, max);
      expect(ticks.length).toBeLessThanOrEqual(max + 1);
      for (const tick of ticks) expect(tick >= fromMs && tick <= fromMs + span).toBe(true);
      const gaps = new Set(ticks.slice(1).map((tick, i) => tick - (ticks[i] ?? 0)));
      expect(gaps.size).toBeLessThanOrEqual(1);
    }),
  );
  expect(timeTicks(0, 2_700_000, 9)).toEqual([
    0, 300_000, 600_000, 900_000, 1_200_000, 1_500_000, 1_800_000, 2_100_000, 2_400_000, 2_700_000,
  ]);
});

test.each([
  [3, [0, 1, 2, 3]],
  [10, [0, 5, 10]],
  [90, [0, 50]],
  [5_000, [0, 2_000, 4_000]],
])('the numbers up to %i are marked at %j', (valueMax, ticks) => {
  expect(valueTicks(valueMax)).toEqual(ticks);
});
