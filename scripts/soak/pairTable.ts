/** Every fault beside every other in both orders, once: how many pairs came to rest with nothing bent, and how often each fault bit. */
import { PAIRED, pairPlan } from '../../packages/scenario/src/testing/faultPair.ts';
import { findFaultsOf, watchRun } from '../../packages/scenario/src/testing/watchedRun.ts';
import { table } from '../docs/reference.ts';

interface Tally {
  readonly fault: string;
  readonly pairs: number;
  readonly broken: readonly string[];
  /** Least and most bites in a pair. */
  readonly least: number;
  readonly most: number;
}

/** A table in Markdown, and what is wrong; `told` hears of each row as it is done. */
export function pairTable(seed: string, told: (fault: string) => void): { text: string; broken: readonly string[] } {
  const faults = Object.keys(PAIRED);
  const tallies = faults.map((fault) => {
    told(fault);
    return tallyOf(fault, faults, seed);
  });
  const rows = tallies.map(({ fault, pairs, broken, least, most }) => [
    fault,
    `${pairs - broken.length} of ${pairs}`,
    `${least}…${most}`,
  ]);
  return {
    text: table(['fault', 'pairs that come to rest', 'bites in a pair'], rows),
    broken: tallies.flatMap(({ broken }) => broken),
  };
}

function tallyOf(fault: string, partners: readonly string[], seed: string): Tally {
  const bites: number[] = [];
  const broken: string[] = [];
  for (const partner of partners) {
    const run = watchRun(pairPlan(fault, partner, { seed, explore: false }));
    bites.push(run.end.bites.get(`first-${fault}`) ?? 0);
    const [problem] = [...findFaultsOf(run), ...run.end.bent, ...run.unrest];
    if (problem !== undefined) broken.push(`${fault}, then ${partner}: ${problem}`);
  }
  return { fault, pairs: partners.length, broken, least: Math.min(...bites), most: Math.max(...bites) };
}
