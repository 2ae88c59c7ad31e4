/**
 * Writes every file that follows from the code, or fails when one is stale: `npm run fix:docs`, `npm run check:docs`.
 * A generated file is one line in the table below.
 */
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { scenarioSchema } from '@everynode/scenario/schema';
import { vocabulary } from '@everynode/scenario/vocabulary';
import { DEFAULT_VERSION, KNOWN_VERSIONS } from '../packages/core/src/profile.ts';
import { versionRows } from '../packages/core/src/versionTable.ts';
import { SETTINGS } from '@everynode/sim/settings';
import { faultRegistry } from '@everynode/sim/faults/registry';
import { runDemo, withDemo } from './docs/demo.ts';
import { faultPages, type ScenarioFile } from './docs/faultPages.ts';
import { GENERATED_NOTE, referencePage, table } from './docs/reference.ts';
import { expectationsAsWritten, metricsPage, operationsAsWritten } from './docs/vocabularyPages.ts';

const demo = runDemo();

/** Path → its text, as the code says it now. */
const GENERATED: Readonly<Record<string, () => string>> = {
  ...faultPages(faultRegistry, scenarioFiles()),
  'docs/reference/operations.md': () =>
    referencePage(
      'Operations',
      'What users do on purpose: a step with the name of the operation as its key.',
      operationsAsWritten(vocabulary),
    ),
  'docs/reference/expectations.md': () =>
    referencePage(
      'Expectations',
      'What a scenario may demand: an entry under `expect` with `invariant:` and `with:`. `object` is written `object:`, `cel` is written `cel:`.',
      expectationsAsWritten(vocabulary),
    ),
  'docs/reference/metrics.md': () => metricsPage(vocabulary.metrics),
  'docs/reference/settings.md': settingsPage,
  'docs/reference/versions.md': versionsPage,
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

/** Tour first: who looks a fault up wants to see it alone. */
function scenarioFiles(): readonly ScenarioFile[] {
  return ['scenarios/tour', 'scenarios/examples', 'scenarios/surprises'].flatMap((folder) =>
    readdirSync(folder)
      .filter((name) => name.endsWith('.yaml'))
      .sort((a, b) => (a < b ? -1 : 1))
      .map((name) => ({ path: `${folder}/${name}`, text: readFileSync(`${folder}/${name}`, 'utf8') })),
  );
}

function settingsPage(): string {
  const rows = Object.entries(SETTINGS).map(([name, { form, summary }]) => [`\`${name}\``, form, summary]);
  const intro =
    'Flags of the control plane and the kubelets that a scenario sets under `kubernetes.settings`; defaults in brackets.';
  return `# Settings\n\n${GENERATED_NOTE}\n\n${intro}\n\n${table(['setting', 'form', 'meaning'], rows)}\n`;
}

function versionsPage(): string {
  const intro = `A scenario names under \`kubernetes.version\` a minor from ${KNOWN_VERSIONS[0]} to ${KNOWN_VERSIONS.at(-1)}, which stands for its first release, or the patch release that you run, such as "1.31.4", with all that was backported to it; default: ${DEFAULT_VERSION}. Feature gates are set under \`kubernetes.featureGates\`. The releases are those of the pull requests in kubernetes/kubernetes; \`everynode versions 1.31.4\` says which switches are on there.`;
  const rows = versionRows().map(({ name, behaviour, from, backportedTo, gate, reference, rules }) => {
    return [name, behaviour, from, backportedTo.join(', ') || '–', gate ?? '–', reference, rules.join(', ')];
  });
  const head = ['switch', 'behaviour', 'from', 'backported to', 'feature gate', 'reference', 'rules'];
  return `# Kubernetes versions\n\n${GENERATED_NOTE}\n\n${intro}\n\n${table(head, rows)}\n`;
}
