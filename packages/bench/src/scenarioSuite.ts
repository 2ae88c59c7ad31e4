/** What a whole run costs: the demo's plan, compiled once and run again and again, with its trace kept and with it only digested. */
import { readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { compile } from '@everynode/scenario/compile';
import { execute } from '@everynode/scenario/execute';
import type { FileReader } from '@everynode/scenario/fileReader';
import { parseScenario } from '@everynode/scenario/parse';
import { shapeChecker } from '@everynode/scenario/shape';
import { vocabulary } from '@everynode/scenario/vocabulary';
import type { Plan } from '@everynode/sim/plan';
import type { Suite } from './suite.ts';

/** From the root of the repository, where `pnpm bench` runs. */
const DEMO = 'scenarios/tour/hello.yaml';

const reader: FileReader = {
  read: (path, bytesMax) => {
    const { size } = statSync(path);
    return size > bytesMax
      ? { ok: false, problem: 'tooLarge', bytes: size }
      : { ok: true, text: readFileSync(path, 'utf8') };
  },
  resolve: (from, path) => join(dirname(from), path),
};

export function scenarioSuite(): Suite {
  const plan = demoPlan();
  const minutes = Math.round(plan.durationMs / 60_000);
  const run = (sink?: (line: string) => void): void => {
    const options = { tool: 'bench', repro: ['bench'], ...(sink === undefined ? {} : { sink }) };
    const { verdict } = execute(plan, options);
    if (verdict !== 'pass') throw new Error(`the demo ends with ${verdict}`);
  };
  const digested = 'demo, trace only digested';
  return {
    name: 'scenario',
    summary: `the demo from plan to verdict, ${minutes} virtual minutes`,
    cases: [
      { name: digested, units: minutes, unit: 'virtual minute', run: () => run() },
      { name: 'demo, trace kept', units: minutes, unit: 'virtual minute', baseline: digested, run: () => keep(run) },
    ],
  };
}

function keep(run: (sink: (line: string) => void) => void): void {
  const lines: string[] = [];
  run((line) => lines.push(line));
  if (lines.length === 0) throw new Error('no trace was kept');
}

function demoPlan(): Plan {
  const checker = shapeChecker(vocabulary);
  const scenario = parseScenario(DEMO, readFileSync(DEMO, 'utf8'), checker);
  const [row = {}] = scenario.rows;
  return compile({ scenario, row, reader, checker, vocabulary }).plan;
}
