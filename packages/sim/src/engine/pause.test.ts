import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Engine } from './engine.ts';

const LIMITS = { events: 1_000_000, queueLength: 1_000_000, virtualMs: 1_000_000 };

interface Log {
  readonly happened: readonly string[];
  readonly pauses: number;
}

/** Chains of events with these distances, run to 200 ms; before each event of `pausesAt` the caller looks around. */
function runChains(distances: readonly number[], pausesAt: ReadonlySet<number>): Log {
  const happened: string[] = [];
  const engine = new Engine({ seed: '1', explore: false, limits: LIMITS });
  engine.setHooks({ instantEnded: () => void happened.push(`end of ${engine.nowMs}`) });
  for (const [name, distance] of distances.entries()) {
    const step = (): void => {
      happened.push(`${name} at ${engine.nowMs}`);
      if (pausesAt.has(engine.events)) engine.pause();
      if (engine.nowMs < 150) engine.schedule(distance, String(name), step);
    };
    engine.schedule(distance, String(name), step);
  }
  let pauses = 0;
  while (!engine.runUntil(200)) pauses += 1;
  return { happened: [...happened, `now ${engine.nowMs}`], pauses };
}

test('a run that is paused again and again is the same run', () => {
  const anyDistances = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 4 });
  fc.assert(
    fc.property(anyDistances, fc.uniqueArray(fc.integer({ min: 1, max: 30 })), (distances, pausesAt) => {
      const paused = runChains(distances, new Set(pausesAt));
      expect(paused.happened).toEqual(runChains(distances, new Set()).happened);
    }),
  );
});

test('each pause hands back control once', () => {
  expect(runChains([10], new Set([1, 5, 9])).pauses).toBe(3);
});
