/** The generator of plans knows every fault and every operation, and what judges its runs can find them guilty. */
import { faultRegistry } from '@everynode/sim/faults/registry';
import { operationRegistry } from '@everynode/sim/operations/registry';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pairPlan } from './faultPair.ts';
import { FAULT_PARAMS } from './randomFaults.ts';
import { OPERATION_PARAMS } from './randomOperations.ts';
import { arbitraryPlan } from './randomPlan.ts';
import { minutes } from './testScale.ts';
import { watchRun } from './watchedRun.ts';

const OPTIONS = { stepsUntilMs: minutes(10), idleMs: minutes(8), stepsMax: 8, isRestless: true };

test('it draws parameters for exactly the faults and operations of the registries', () => {
  expect(Object.keys(FAULT_PARAMS)).toEqual(Object.keys(faultRegistry));
  expect(Object.keys(OPERATION_PARAMS)).toEqual(Object.keys(operationRegistry));
});

test('200 plans hold every fault and operation, every strategy, and every version', () => {
  const plans = fc.sample(arbitraryPlan(OPTIONS), { numRuns: 200, seed: 1 });
  const types = new Set(plans.flatMap(({ steps }) => steps.map(({ type }) => type)));
  const all = [...Object.keys(faultRegistry), ...Object.keys(operationRegistry)];
  expect(all.filter((type) => !types.has(type))).toEqual([]);
  expect(new Set(plans.map(({ kubernetesVersion }) => kubernetesVersion)).size).toBe(11);
  const text = JSON.stringify(plans.map(({ objects }) => objects));
  expect(['"OnDelete"', '"maxSurge":1', '"maxUnavailable":2'].filter((word) => !text.includes(word))).toEqual([]);
});

test('steps stand in the order of time, and victims are nodes that the plan has or has ordered', () => {
  fc.assert(
    fc.property(arbitraryPlan(OPTIONS), ({ steps, pools }) => {
      expect(steps.map(({ atMs }) => atMs)).toEqual(steps.map(({ atMs }) => atMs).sort((a, b) => a - b));
      const names = pools.flatMap(({ name, count }) => Array.from({ length: count }, (_, i) => `${name}-${i}`));
      const ordered = steps
        .filter(({ type }) => type === 'addNodes')
        .flatMap(({ params }) => Array.from({ length: Number(params['count']) }));
      const known = [...names, ...ordered.map((_, i) => `worker-${(pools[0]?.count ?? 0) + i}`)];
      const victims = steps.flatMap((step) => (step.step === 'fault' ? step.nodes : []));
      expect(victims.filter((name) => !known.includes(name))).toEqual([]);
    }),
    { seed: 1 },
  );
});

test('a run that ends while a node is down and a rollout is on its way is not at rest', () => {
  const plan = { ...pairPlan('NodeCrash', 'ControllerPause', { seed: '1', explore: false }), durationMs: minutes(10) };
  const { unrest } = watchRun(plan);
  expect(unrest).toContain('NodeCrash first-NodeCrash is still in force');
  expect(unrest).toContain('worker-1 is Ready=Unknown');
  expect(unrest.filter((fact) => fact.includes('older template'))).not.toEqual([]);
});
