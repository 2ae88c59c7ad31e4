/** Once nothing stands in its way any more, a cluster comes to rest where it should, whatever happened before and in whatever order. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeConvergingPlan, judgeExploredPlan } from './testing/houseProperties.ts';
import { arbitraryPlan } from './testing/randomPlan.ts';
import { minutes, runsFactor, TIMEOUT_MS } from './testing/testScale.ts';

const FACTOR = runsFactor(process.env['EVERYNODE_SOAK']);
const CONVERGING = 70;
const EXPLORED = 20;
/** Longer than two backoffs of a failed pod, a boot and a pull together. */
const CALM = { stepsUntilMs: minutes(15), idleMs: minutes(75), stepsMax: 8, isRestless: false };

describe('after 75 minutes without faults and operations', () => {
  test(
    'every node is ready and runs exactly the pods it should, and nothing happens but heartbeats',
    () => {
      const property = fc.property(arbitraryPlan(CALM), (plan) => {
        expect(judgeConvergingPlan(plan)).toEqual([]);
      });
      fc.assert(property, { numRuns: CONVERGING * FACTOR, seed: 2 });
    },
    TIMEOUT_MS * FACTOR,
  );

  test(
    'three seeds in explore mode end in the same state',
    () => {
      const property = fc.property(arbitraryPlan({ ...CALM, isOrderFree: true }), (plan) => {
        expect(judgeExploredPlan(plan, ['a', 'b', 'c'])).toEqual([]);
      });
      fc.assert(property, { numRuns: EXPLORED * FACTOR, seed: 3 });
    },
    TIMEOUT_MS * FACTOR,
  );
});
