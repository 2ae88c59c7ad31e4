/**
 * Runs the properties of the whole house on ever new random plans: `pnpm soak --minutes 10 [--seed N]`. Exit 1 on the
 * first plan that breaks one. `pnpm soak --pairs` runs every pair of faults once and prints the table.
 */
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
import { pairTable } from './soak/pairTable.ts';

interface Property {
  readonly name: string;
  readonly plans: fc.Arbitrary<Plan>;
  readonly judge: (plan: Plan) => readonly string[];
}

/** Plans per round of one property: short enough to end near the time asked for. */
const PLANS_PER_ROUND = 10;
/** Shrinking ends after this long, with what it has by then. */
const ROUND_MS = minutes(1);
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
  { name: 'pairs', plans: pairs, judge: (plan) => judgePair(plan, PAIR_CUT_MS, true) },
];

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string' },
    pairs: { type: 'boolean', default: false },
  },
});
const untilMs = performance.now() + minutes(Number(values.minutes));
// A people's tool: without a seed every soak looks elsewhere.
const firstSeed = values.seed === undefined ? Math.trunc(performance.timeOrigin) % 1_000_000_000 : Number(values.seed);
if (!Number.isFinite(untilMs) || !Number.isSafeInteger(firstSeed)) {
  process.stderr.write('usage: pnpm soak [--minutes N] [--seed N] [--pairs]\n');
  process.exit(2);
}
if (values.pairs) {
  const { text, broken } = pairTable(values.seed ?? '1', (fault) => void process.stderr.write(`${fault}\n`));
  process.stdout.write(`${[text, ...broken].join('\n')}\n`);
  process.exit(broken.length > 0 ? 1 : 0);
}

const rounds = soak();
const verdict = process.exitCode === 1 ? 'broken' : 'all hold';
process.stdout.write(`soak: ${rounds * PLANS_PER_ROUND} plans from seed ${firstSeed}, ${verdict}\n`);

/** One property per round, in turn, until time is up or one is broken. */
function soak(): number {
  let round = 0;
  for (; performance.now() < untilMs && process.exitCode === undefined; round += 1) {
    const property = PROPERTIES[round % PROPERTIES.length];
    if (property !== undefined && !holds(property, firstSeed + round)) process.exitCode = 1;
  }
  return round;
}

function holds({ name, plans: drawn, judge }: Property, seed: number): boolean {
  const property = fc.property(drawn, (plan) => {
    const problems = judge(plan);
    if (problems.length > 0) throw new Error(problems.slice(0, 5).join('\n'));
  });
  const found = fc.check(property, { numRuns: PLANS_PER_ROUND, seed, interruptAfterTimeLimit: ROUND_MS });
  if (!found.failed) return true;
  const [plan] = found.counterexample ?? [];
  mkdirSync(FOLDER, { recursive: true });
  const path = join(FOLDER, `${name.replaceAll(' ', '-')}-${seed}.json`);
  writeFileSync(path, `${JSON.stringify(plan, undefined, 2)}\n`);
  const why = found.errorInstance instanceof Error ? found.errorInstance.message : String(found.errorInstance);
  process.stdout.write(`${name}, seed ${seed}: ${why}\nplan, shrunk ${found.numShrinks} times: ${path}\n`);
  return false;
}
