/** The order that Go leaves open, shuffled: it changes who comes when, and neither the counts nor the budgets. Rules: DS-S10, DS-X17. */
import type { Plan } from '@everynode/sim/plan';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgeShuffledRollout } from './testing/houseProperties.ts';
import { arbitraryRollout } from './testing/randomRollout.ts';
import { arbitraryPlan } from './testing/randomPlan.ts';
import { minutes, runsFactor, TIMEOUT_MS } from './testing/testScale.ts';
import { findFaultsOf, watchRun } from './testing/watchedRun.ts';

const FACTOR = runsFactor(process.env['EVERYNODE_SOAK']);
const ROLLOUTS = 30;
const DISTURBED = 40;

test(
  'an undisturbed rollout creates and deletes as many pods under three shuffles as by name, within its budgets, and ends with the same status',
  () => {
    const property = fc.property(arbitraryRollout(), (plan) => {
      expect(judgeShuffledRollout(plan, ['a', 'b', 'c'])).toEqual([]);
    });
    fc.assert(property, { numRuns: ROLLOUTS * FACTOR, seed: 4 });
  },
  TIMEOUT_MS * FACTOR,
);

test(
  'whatever is done to a cluster, under two shuffles no law breaks: budgets, bursts, expectations and status hold in any order',
  () => {
    const plans = arbitraryPlan({ stepsUntilMs: minutes(10), idleMs: minutes(8), stepsMax: 8, isRestless: true });
    const property = fc.property(plans, (plan) => {
      const shuffled = ['a', 'b'].map((seed) => watchRun({ ...plan, seed, explore: true }));
      expect(shuffled.flatMap(findFaultsOf)).toEqual([]);
    });
    fc.assert(property, { numRuns: DISTURBED * FACTOR, seed: 7 });
  },
  TIMEOUT_MS * FACTOR,
);

test('the shuffle reaches the walk of the update: the node that is first differs between seeds, and repeats with its seed', () => {
  const one = arbitraryRollout().filter(
    ({ pools, objects }) => (pools[0]?.count ?? 0) >= 8 && JSON.stringify(objects).includes('"maxUnavailable":1}'),
  );
  const [plan] = fc.sample(one, { numRuns: 1, seed: 4 });
  if (plan === undefined) throw new Error('nothing was drawn');
  const firsts = ['a', 'b', 'c', 'a'].map((seed) => firstReplaced({ ...plan, seed, explore: true }));
  expect(firsts[3]).toBe(firsts[0]);
  expect(new Set(firsts).size).toBeGreaterThan(1);
  expect(firstReplaced(plan)).toMatch(/^(edge|worker)-0$/);
});

/** The node whose pod the first update deletes first. */
function firstReplaced(plan: Plan): string | undefined {
  const deleted = watchRun(plan).records.find((each) => each.kind === 'event' && each.type === 'pod.deleting');
  return deleted?.kind === 'event' ? deleted.node : undefined;
}
