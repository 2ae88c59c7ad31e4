import fc from 'fast-check';
import { expect, test } from 'vitest';
import { EPISODE_GAP_MS, Episodes } from './episodes.ts';
import { FaultLog } from './faultLog.ts';
import { makeFault } from './testing/memoryObjects.ts';
import type { Violation } from './testing/memoryPlan.ts';

/** What else an assertion carries is not for the trace. */
const PLANNED = { id: 'demand', invariant: 'nodes-ready', block: 'always', severity: 'critical', params: {} } as const;
const HEAD = { id: 'demand', invariant: 'nodes-ready', block: 'always', severity: 'critical' } as const;

test('an episode is written when the next one begins, and the last one at the end', () => {
  const written: Violation[] = [];
  const episodes = new Episodes(PLANNED, { violation: (fields) => written.push(fields) }, new FaultLog([]));
  episodes.breach(1000, 7, { message: 'first', node: 'n1' });
  episodes.heal(2000);
  expect(written).toEqual([]);
  episodes.breach(2000 + EPISODE_GAP_MS, 9, { message: 'second' });
  expect(written).toEqual([{ ...HEAD, fromMs: 1000, toMs: 2000, seq: 7, message: 'first', node: 'n1', faults: [] }]);
  episodes.finish(50_000);
  expect(written[1]).toEqual({ ...HEAD, fromMs: 32_000, toMs: null, seq: 9, message: 'second', faults: [] });
  expect(episodes).toMatchObject({ count: 2, firstViolatedAtMs: 1000, message: 'first', violatedMs: 19_000 });
});

test('an episode names the faults that were felt when it began', () => {
  const written: Violation[] = [];
  const faults = new FaultLog([makeFault('late', ['n1']), makeFault('outage', ['n2'])]);
  faults.observe({ kind: 'Fault', id: 'outage', begins: true, seq: 0 }, 500);
  const episodes = new Episodes(HEAD, { violation: (fields) => written.push(fields) }, faults);
  episodes.breach(1000, 7, { message: 'first' });
  faults.observe({ kind: 'Fault', id: 'late', begins: true, seq: 0 }, 1500);
  episodes.finish(2000);
  expect(written[0]?.faults).toEqual(['outage']);
});

test('episodes are the breaches with small gaps closed, whatever their order of length', () => {
  const gap = fc.integer({ min: 1, max: 2 * EPISODE_GAP_MS });
  const spans = fc.array(fc.tuple(gap, gap), { minLength: 1, maxLength: 20 });
  fc.assert(
    fc.property(spans, (pairs) => {
      const written: Violation[] = [];
      const episodes = new Episodes(HEAD, { violation: (fields) => written.push(fields) }, new FaultLog([]));
      const merged: [number, number][] = [];
      let nowMs = 0;
      let brokenMs = 0;
      for (const [gapMs, lengthMs] of pairs) {
        const [fromMs, toMs] = [nowMs + gapMs, nowMs + gapMs + lengthMs];
        episodes.breach(fromMs, 1, { message: '' });
        // Being told again changes nothing.
        episodes.breach(toMs, 2, { message: 'again' });
        episodes.heal(toMs);
        const last = merged.at(-1);
        if (last !== undefined && fromMs - last[1] < EPISODE_GAP_MS) last[1] = toMs;
        else merged.push([fromMs, toMs]);
        brokenMs += lengthMs;
        nowMs = toMs;
      }
      episodes.finish(nowMs + 1);
      expect(written.map(({ fromMs, toMs }) => [fromMs, toMs])).toEqual(merged);
      expect(episodes.violatedMs).toBe(brokenMs);
      expect(episodes.count).toBe(merged.length);
    }),
  );
});
