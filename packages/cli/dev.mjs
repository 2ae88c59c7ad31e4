// Builds the CLI into the one file that is published, and runs it: a checkout runs the same bytes as an installation.
// `node packages/cli/dev.mjs run FILE` bundles and runs; `node dev.mjs --build` only bundles.
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { buildSync } from 'esbuild';
import { licencesOf } from './licences.mjs';

const here = fileURLToPath(new URL('.', import.meta.url));
const viewerEntry = join(here, '../reporter/viewer/main.tsx');
const bundlePath = join(here, 'dist/everynode.cjs');

build();
if (!process.argv.includes('--build')) {
  process.setSourceMapsEnabled(true);
  createRequire(import.meta.url)(bundlePath);
}

function build() {
  const { version } = JSON.parse(readFileSync(join(here, 'package.json'), 'utf8'));
  const viewer = viewerBundle();
  const { outputFiles, metafile } = buildSync({
    entryPoints: [join(here, 'src/main.ts')],
    outfile: bundlePath,
    write: false,
    bundle: true,
    platform: 'node',
    // An ESM bundle dies of yaml's `require`; so no top-level await and no import.meta in the sources.
    format: 'cjs',
    target: 'node20',
    sourcemap: true,
    banner: { js: '#!/usr/bin/env node' },
    define: { EVERYNODE_VERSION: JSON.stringify(version), EVERYNODE_VIEWER_JS: JSON.stringify(viewer.script) },
    metafile: true,
    logLevel: 'error',
  });
  mkdirSync(join(here, 'dist'), { recursive: true });
  for (const file of outputFiles) replaceFile(file.path, file.contents);
  if (process.argv.includes('--build')) {
    const inputs = [...Object.keys(metafile.inputs), ...viewer.inputs];
    replaceFile(join(here, 'dist/THIRD_PARTY_LICENCES.txt'), licencesOf(inputs, process.cwd()));
  }
}

/** The browser side of the report as one script, which the page carries inside. */
function viewerBundle() {
  const { outputFiles, metafile } = buildSync({
    ...JSON.parse(readFileSync(join(here, '../reporter/viewer/bundle.json'), 'utf8')),
    entryPoints: [viewerEntry],
    write: false,
    metafile: true,
    logLevel: 'error',
  });
  return { script: outputFiles[0].text, inputs: Object.keys(metafile.inputs) };
}

/** By rename, so that a run that starts meanwhile reads the old bundle or the new one, never half of one. */
function replaceFile(path, contents) {
  const temporaryPath = `${path}.${process.pid}`;
  writeFileSync(temporaryPath, contents, { mode: path.endsWith('.cjs') ? 0o755 : 0o644 });
  renameSync(temporaryPath, path);
}
