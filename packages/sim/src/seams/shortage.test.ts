import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MachineRoom } from './machineRoom.ts';
import { arbitraryUsage } from '../testing/randomUsage.ts';
import { nextShortageInMs, type Watched } from './shortage.ts';

const STEP_MS = 10_000;
/** Three hours of rounds. */
const ROUNDS = 1080;

function watch(room: MachineRoom, threshold: number): Watched {
  return {
    slack: (inMs) => room.available('disk', inMs) - threshold,
    leastSlack: () => room.leastAvailable('disk') - threshold,
    growth: (inMs, stepMs) => room.growth('disk', inMs, stepMs),
  };
}

test('E-3: the round that a sleeping manager wakes for is the first one at which one that never sleeps finds something', () => {
  const pods = fc.array(
    fc.record({ usage: arbitraryUsage, startedAtMs: fc.nat(5_000_000), count: fc.integer({ min: 1, max: 3 }) }),
    { minLength: 1, maxLength: 4 },
  );
  let [found, never] = [0, 0];
  fc.assert(
    fc.property(pods, fc.nat(8_000), fc.integer({ min: 1, max: STEP_MS }), (all, threshold, firstInMs) => {
      const nowMs = 5_000_000;
      const room = new MachineRoom({ memory: 0, disk: 10_000, inodes: 0, pids: 0, pressed: {} }, () => nowMs);
      for (const [at, { usage, startedAtMs, count }] of all.entries()) {
        for (let index = 0; index < count; index += 1) {
          room.usage.started(`u${at}`, `c${index}`, { pod: { disk: usage }, index, count }, startedAtMs);
        }
      }
      const watched = watch(room, threshold);
      const naive = Array.from({ length: ROUNDS }, (_, round) => firstInMs + round * STEP_MS).find(
        (inMs) => watched.slack(inMs) < 0,
      );
      const inMs = nextShortageInMs([watched], firstInMs, STEP_MS);
      if (naive === undefined) {
        never += 1;
        expect(inMs ?? Infinity).toBeGreaterThanOrEqual(firstInMs + ROUNDS * STEP_MS);
      } else {
        found += 1;
        expect(inMs).toBe(naive);
      }
    }),
    { numRuns: 500 },
  );
  // Both sides have been looked at.
  expect([found > 50, never > 50]).toEqual([true, true]);
});

test('what can never be too little is not looked at again', () => {
  let looks = 0;
  const calm: Watched = { slack: () => (looks += 1), leastSlack: () => 0, growth: () => ({ perStep: 9, untilMs: 9 }) };
  expect([nextShortageInMs([calm], 1, STEP_MS), looks]).toEqual([undefined, 0]);
});

test('a far burst that is followed for too long is looked for again later', () => {
  const restless: Watched = {
    slack: () => 0,
    leastSlack: () => -1,
    growth: (inMs) => ({ perStep: 0, untilMs: inMs + 1 }),
  };
  expect(nextShortageInMs([restless], 5, STEP_MS)).toBe(5 + 10_000 * STEP_MS);
});
