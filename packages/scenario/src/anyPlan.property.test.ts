/** Whatever is done to a cluster: no assertion of ours fails, no law and no rule of the cluster breaks, and equal plans give equal traces. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgeAnyPlan } from './testing/houseProperties.ts';
import { arbitraryPlan } from './testing/randomPlan.ts';
import { minutes, runsFactor, TIMEOUT_MS } from './testing/testScale.ts';

const FACTOR = runsFactor(process.env['EVERYNODE_SOAK']);
const PLANS = 200;

test(
  'of 200 random plans each runs twice with one digest, breaks no law and no rule of the cluster, and leaves a sound trace',
  () => {
    const plans = arbitraryPlan({ stepsUntilMs: minutes(10), idleMs: minutes(8), stepsMax: 8, isRestless: true });
    const property = fc.property(plans, (plan) => {
      expect(judgeAnyPlan(plan)).toEqual([]);
    });
    fc.assert(property, { numRuns: PLANS * FACTOR, seed: 1 });
  },
  TIMEOUT_MS * FACTOR,
);
