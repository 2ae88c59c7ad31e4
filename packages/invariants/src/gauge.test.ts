import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Gauge } from './gauge.ts';

test('a value counts from the instant it is set to the one before the next, inside the window', () => {
  const gauge = new Gauge({ fromMs: 10, toMs: 20 });
  gauge.set(1, 0);
  gauge.set(2, 15);
  gauge.set(3, 20);
  gauge.set(4, 30);
  expect(gauge.finish(40)).toEqual({
    values: [
      { value: 1, weight: 5 },
      { value: 2, weight: 5 },
      { value: 3, weight: 1 },
    ],
  });
});

test('what comes and goes within one millisecond never stood', () => {
  const gauge = new Gauge({ fromMs: 0, toMs: 10 });
  gauge.set(1, 0);
  gauge.set(99, 5);
  gauge.set(1, 5);
  expect(gauge.finish(10)?.values.map(({ value }) => value)).not.toContain(99);
});

test('a window that sees no value has no data', () => {
  const gauge = new Gauge({ fromMs: 100, toMs: 200 });
  gauge.set(1, 0);
  gauge.set(undefined, 50);
  expect(gauge.finish(300)).toBeUndefined();
  expect(new Gauge({ fromMs: 0, toMs: 10 }).finish(10)).toBeUndefined();
});

test('the weights of a gauge that is always set add up to the instants of the window in the run', () => {
  const value = fc.integer({ min: 0, max: 3 });
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 30 }), value), { maxLength: 20 });
  fc.assert(
    fc.property(steps, fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 60 }), (gaps, fromMs, lengthMs) => {
      const gauge = new Gauge({ fromMs, toMs: fromMs + lengthMs });
      gauge.set(0, 0);
      let nowMs = 0;
      const seen: number[] = [];
      for (const [gapMs, value] of gaps) {
        for (let atMs = nowMs; atMs < nowMs + gapMs; atMs += 1) seen.push(atMs);
        nowMs += gapMs;
        gauge.set(value, nowMs);
      }
      const instants = Math.max(0, Math.min(nowMs, fromMs + lengthMs) - fromMs + 1);
      const weights = (gauge.finish(nowMs)?.values ?? []).map(({ weight }) => weight);
      expect(weights.reduce((sum, weight) => sum + weight, 0)).toBe(instants);
    }),
  );
});
