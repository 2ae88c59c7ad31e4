/** All rules of the house over all its files. To add a rule: one file beside this one, one line here, one test. */
import { checkCycles } from './cycles.ts';
import { checkDeterminism } from './determinism.ts';
import { checkFloors } from './floors.ts';
import { checkHeader } from './headers.ts';
import { checkIntegers } from './integers.ts';
import { checkNames } from './names.ts';
import { checkRegistries } from './registries.ts';
import { checkSizes, type Ratchet } from './sizes.ts';
import type { Problem, SourceFile } from './source.ts';

const FILE_RULES = [checkFloors, checkNames, checkHeader, checkDeterminism, checkIntegers];
const HOUSE_RULES = [checkCycles, checkRegistries];

/** Problems in the order in which a reader walks through the files. */
export function checkHouse(files: readonly SourceFile[], ratchet: Ratchet): readonly Problem[] {
  const problems = [
    ...files.flatMap((file) => FILE_RULES.flatMap((rule) => rule(file))),
    ...HOUSE_RULES.flatMap((rule) => rule(files)),
    ...checkSizes(files, ratchet),
  ];
  return problems.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : a.line - b.line));
}

export function printProblem({ path, line, rule, message }: Problem): string {
  return `${path}:${line}: ${rule}: ${message}`;
}
