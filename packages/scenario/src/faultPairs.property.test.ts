/** Every fault beside every other, itself among them: both bite, both are undone, and the cluster comes to rest. */
import { faultRegistry } from '@everynode/sim/faults/registry';
import { expect, test } from 'vitest';
import { PAIR_CUT_MS, PAIRED, pairPlan } from './testing/faultPair.ts';
import { judgePair } from './testing/houseProperties.ts';
import { TIMEOUT_MS } from './testing/testScale.ts';

const FAULTS = Object.keys(faultRegistry);

test('every fault of the registry has its place in the table of pairs', () => {
  expect(Object.keys(PAIRED)).toEqual(FAULTS);
});

// Each pair once; which of the two comes first alternates. The soak runs both orders.
test.each(FAULTS.map((fault, i) => [fault, FAULTS.slice(i)] as const))(
  '%s overlaps with itself and with each fault after it in the registry: both bite, both are undone, and the end is rest',
  (fault, partners) => {
    const problems = partners.flatMap((partner, i) => {
      const [first, second] = i % 2 === 0 ? [fault, partner] : [partner, fault];
      const plan = pairPlan(first, second, { seed: '1', explore: i % 2 === 1 });
      return judgePair(plan, PAIR_CUT_MS).map((problem) => `${first}, then ${second}: ${problem}`);
    });
    expect(problems).toEqual([]);
  },
  TIMEOUT_MS,
);

// Found by the table of pairs: a leader that has been followed may write a status of long ago (L-3).
test('a former leader that goes on writes what it last worked on, and no law is broken', () => {
  const plan = pairPlan('ControllerPause', 'WatchBreak', { seed: '1', explore: false });
  expect(judgePair(plan, PAIR_CUT_MS, true)).toEqual([]);
});

// Found by a soak: the pod was forgotten at its end, and its object stayed Terminating for ever.
test('a pod that its kubelet took for gone after a list from the past, and that was deleted meanwhile, comes to its end', () => {
  const options = { seed: '897825', explore: true, kubernetesVersion: '1.28.14' };
  expect(judgePair(pairPlan('ControllerRestart', 'StaleList', options), PAIR_CUT_MS)).toEqual([]);
});
