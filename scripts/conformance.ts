/** Runs conformance cases from a folder: one line per failing id, a tally last, exit 1 if any failed. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { CaseFile, ConformanceCase, Mismatch } from '../packages/core/src/conformance/case.ts';
import { runCase } from '../packages/core/src/conformance/runCase.ts';

const FORMAT = 'daemonset-conformance/1';
/** Beside the checkout lie the full data, where somebody has put them; the project ships its own copy. */
const DEFAULT_DIRS = ['../shared/conformance', 'packages/core/conformance'];
const VALUE_LENGTH_MAX = 200;

const { values } = parseArgs({ options: { cases: { type: 'string' }, kind: { type: 'string' } } });
const dir = values.cases ?? DEFAULT_DIRS.find((candidate) => existsSync(candidate));
if (dir === undefined || !existsSync(dir)) {
  process.stderr.write(`no folder with cases: ${dir ?? DEFAULT_DIRS.join(', ')}\n`);
  process.exit(2);
}

const cases = readCases(resolve(dir)).filter(({ kind }) => values.kind === undefined || kind === values.kind);
const failures = cases.flatMap((conformanceCase) => {
  const [first] = run(conformanceCase);
  return first === undefined
    ? []
    : [`${conformanceCase.id}: ${first.what}: expected ${show(first.expected)}, got ${show(first.got)}`];
});
for (const line of failures) process.stdout.write(`${line}\n`);
process.stdout.write(`conformance: ${cases.length - failures.length} passed, ${failures.length} failed\n`);
process.exitCode = failures.length === 0 ? 0 : 1;

/** An exception of a runner is a failure of its case, and the others still run. */
function run(conformanceCase: ConformanceCase): readonly Mismatch[] {
  try {
    return runCase(conformanceCase);
  } catch (error) {
    return [
      {
        what: 'exception',
        expected: 'none',
        got: error instanceof Error ? `${error.name}: ${error.message}` : String(error),
      },
    ];
  }
}

function readCases(folder: string): readonly ConformanceCase[] {
  const names = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort((a, b) => (a < b ? -1 : 1));
  return names.flatMap((name) => {
    const file = JSON.parse(readFileSync(join(folder, name), 'utf8')) as CaseFile;
    return file.format === FORMAT ? file.cases : [];
  });
}

function show(value: unknown): string {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > VALUE_LENGTH_MAX ? `${text.slice(0, VALUE_LENGTH_MAX)}…` : text;
}
