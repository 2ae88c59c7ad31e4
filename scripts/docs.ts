/**
 * Writes every file that follows from the code, or fails when one is stale: `npm run fix:docs`, `npm run check:docs`.
 * A generated file is one line in the table below.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { scenarioSchema } from '@everynode/scenario/schema';
import { vocabulary } from '@everynode/scenario/vocabulary';
import { SETTINGS } from '@everynode/sim/settings';
import { runDemo, withDemo } from './docs/demo.ts';
import { GENERATED_NOTE, referencePage, table } from './docs/reference.ts';
import { metricsPage, operationsAsWritten } from './docs/vocabularyPages.ts';

const demo = runDemo();

/** Path → its text, as the code says it now. */
const GENERATED: Readonly<Record<string, () => string>> = {
  'docs/reference/faults.md': () =>
    referencePage(
      'Faults',
      'What can go wrong: a step with `fault: { type: … }`, for a while or at once.',
      vocabulary.faults,
    ),
  'docs/reference/operations.md': () =>
    referencePage(
      'Operations',
      'What users do on purpose: a step with the name of the operation as its key.',
      operationsAsWritten(vocabulary),
    ),
  'docs/reference/expectations.md': () =>
    referencePage(
      'Expectations',
      'What a scenario may demand: an entry under `expect` with `invariant:` and `with:`. `object` is written `object:`.',
      vocabulary.expectations,
    ),
  'docs/reference/metrics.md': () => metricsPage(vocabulary.metrics),
  'docs/reference/settings.md': settingsPage,
  'README.md': () => withDemo(readFileSync('README.md', 'utf8'), demo),
  'reports/sample/hello.html': () => demo.page,
  'scenarios/scenario.schema.json': () => `${JSON.stringify(scenarioSchema(vocabulary), null, 2)}\n`,
};

const isCheck = process.argv.includes('--check');
const stale = Object.entries(GENERATED).filter(
  ([path, text]) => (existsSync(path) ? readFileSync(path, 'utf8') : '') !== text(),
);
for (const [path, text] of stale) {
  if (isCheck) {
    console.log(`${path}:1: docs: stale, run npm run fix:docs`);
  } else {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text());
    console.log(`${path}: written`);
  }
}
console.log(`docs: ${Object.keys(GENERATED).length} generated, ${stale.length} ${isCheck ? 'stale' : 'written'}`);
process.exitCode = isCheck && stale.length > 0 ? 1 : 0;

function settingsPage(): string {
  const rows = Object.entries(SETTINGS).map(([name, { form, summary }]) => [`\`${name}\``, form, summary]);
  const intro =
    'Flags of the control plane and the kubelets that a scenario sets under `kubernetes.settings`; defaults in brackets.';
  return `# Settings\n\n${GENERATED_NOTE}\n\n${intro}\n\n${table(['setting', 'form', 'meaning'], rows)}\n`;
}
