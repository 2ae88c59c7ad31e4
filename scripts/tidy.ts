/** Checks the rules of the house that neither the compiler nor the linter can know: `npm run tidy`. */
import { readdirSync, readFileSync } from 'node:fs';
import { checkHouse, printProblem } from './tidy/house.ts';
import type { Ratchet } from './tidy/sizes.ts';
import { parseSource } from './tidy/source.ts';

const FOLDERS = ['packages', 'scripts'];
const SKIPPED = new Set(['node_modules', 'dist', 'coverage']);

const files = FOLDERS.flatMap(sourcePaths).map((path) => parseSource(path, readFileSync(path, 'utf8')));
const ratchet = JSON.parse(readFileSync('scripts/tidy.ratchet.json', 'utf8')) as Ratchet;
const problems = checkHouse(files, ratchet);
for (const problem of problems) console.log(printProblem(problem));
console.log(`tidy: ${files.length} files, ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;

function sourcePaths(folder: string): readonly string[] {
  const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
  return entries.flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : sourcePaths(path);
    return /\.tsx?$/.test(entry.name) ? [path] : [];
  });
}
