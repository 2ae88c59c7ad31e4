/** Runs the properties of the whole house on ever new random plans: `pnpm soak --minutes 10 [--seed N]`. Exit 1 on the first plan that breaks one. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import fc from 'fast-check';
import { KNOWN_VERSIONS } from '../packages/core/src/profile.ts';
import type { Plan } from '../packages/sim/src/plan.ts';
import { PAIR_CUT_MS, PAIRED, pairPlan } from '../packages/scenario/src/testing/faultPair.ts';
import {
  judgeAnyPlan,
  judgeConvergingPlan,
  judgeExploredPlan,
  judgePair,
} from '../packages/scenario/src/testing/houseProperties.ts';
import { arbitraryPlan } from '../packages/scenario/src/testing/randomPlan.ts';
import { minutes } from '../packages/scenario/src/testing/testScale.ts';

interface Property {
  readonly name: string;
  readonly plans: fc.Arbitrary<Plan>;
  readonly judge: (plan: Plan) => readonly string[];
}

/** Plans per round of one property: short enough to end near the time asked for. */
const PLANS_PER_ROUND = 10;
const FOLDER = 'reports/soak';
const CALM = { stepsUntilMs: minutes(15), idleMs: minutes(75), stepsMax: 12, isRestless: false };

const fault = fc.constantFrom(...Object.keys(PAIRED));
const pairs = fc
  .record({
    first: fault,
    second: fault,
    seed: fc.nat(1_000_000).map(String),
    explore: fc.boolean(),
    kubernetesVersion: fc.constantFrom(...KNOWN_VERSIONS),
  })
  .map(({ first, second, ...options }) => pairPlan(first, second, options));

const PROPERTIES: readonly Property[] = [
  {
    name: 'any plan',
    plans: arbitraryPlan({ stepsUntilMs: minutes(15), idleMs: minutes(10), stepsMax: 14, isRestless: true }),
    judge: judgeAnyPlan,
  },
  { name: 'rest', plans: arbitraryPlan(CALM), judge: judgeConvergingPlan },
  {
    name: 'order',
    plans: arbitraryPlan({ ...CALM, isOrderFree: true }),
    judge: (plan) => judgeExploredPlan(plan, ['a', 'b', 'c']),
  },
  { name: 'pairs', plans: pairs, judge: (plan) => judgePair(plan, PAIR_CUT_MS) },
];

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '10' }, seed: { type: 'string' } } });
const untilMs = performance.now() + minutes(Number(values.minutes));
// A people's tool: without a seed every soak looks elsewhere.
const firstSeed = values.seed === undefined ? Math.trunc(performance.timeOrigin) % 1_000_000_000 : Number(values.seed);
if (!Number.isFinite(untilMs) || !Number.isSafeInteger(firstSeed)) {
  process.stderr.write('usage: pnpm soak [--minutes N] [--seed N]\n');
  process.exit(2);
}

let rounds = 0;
while (performance.now() < untilMs && process.exitCode === undefined) {
  for (const property of PROPERTIES) if (!holds(property, firstSeed + rounds)) process.exitCode = 1;
  rounds += 1;
}
const plans = rounds * PROPERTIES.length * PLANS_PER_ROUND;
process.stdout.write(`soak: ${plans} plans from seed ${firstSeed}, ${process.exitCode === 1 ? 'broken' : 'all hold'}\n`);

function holds({ name, plans: drawn, judge }: Property, seed: number): boolean {
  const property = fc.property(drawn, (plan) => {
    const problems = judge(plan);
    if (problems.length > 0) throw new Error(problems.slice(0, 5).join('\n'));
  });
  const found = fc.check(property, { numRuns: PLANS_PER_ROUND, seed });
  if (!found.failed) return true;
  const [plan] = found.counterexample ?? [];
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `${name.replaceAll(' ', '-')}-${seed}.json`);
  writeFileSync(path, `${JSON.stringify(plan, undefined, 2)}\n`);
  const why = found.errorInstance instanceof Error ? found.errorInstance.message : String(found.errorInstance);
  process.stdout.write(`${name}, seed ${seed}: ${why}\nplan, shrunk ${found.numShrinks} times: ${path}\n`);
  return false;
}
