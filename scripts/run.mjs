// Runs a TypeScript script on any Node from 20 on, where type stripping does not exist yet: `node scripts/run.mjs FILE args…`.
// Packages of the house are bundled from their sources; a registry package is bundled too, unless it brings native code.
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';

const NATIVE = ['esbuild', 'oxc-parser', 'playwright-core'];
// CommonJS inside an ESM bundle asks for a `require` that ESM lacks.
const BANNER = `import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);`;

const [script, ...args] = process.argv.slice(2);
if (script === undefined) {
  process.stderr.write('usage: node scripts/run.mjs FILE.ts [ARGS]\n');
  process.exit(2);
}

const root = resolve(fileURLToPath(import.meta.url), '../..');
const bundlePath = join(root, '.cache/scripts', `${basename(script, '.ts')}.mjs`);
const { outputFiles } = buildSync({
  absWorkingDir: root,
  entryPoints: [script],
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'inline',
  external: NATIVE,
  banner: { js: BANNER },
  outfile: bundlePath,
  write: false,
  logLevel: 'error',
});

// By rename, so that a second terminal running the same script never reads half a file.
mkdirSync(dirname(bundlePath), { recursive: true });
writeFileSync(`${bundlePath}.${process.pid}`, outputFiles[0].contents);
renameSync(`${bundlePath}.${process.pid}`, bundlePath);

process.setSourceMapsEnabled(true);
process.argv = [process.execPath, resolve(script), ...args];
await import(pathToFileURL(bundlePath).href);
