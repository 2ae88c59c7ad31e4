// The licences of what is bundled into the published file: their terms ask that the notices travel with the code.
import { readdirSync, readFileSync, realpathSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

/** One text with the licence of every registry package among these inputs of esbuild; throws where one has none. */
export function licencesOf(inputs, workingFolder) {
  const folders = new Set(inputs.map((input) => packageFolder(resolve(workingFolder, input))).filter(Boolean));
  const parts = [...folders].map(noticeOf).sort(({ name: a }, { name: b }) => (a < b ? -1 : 1));
  return parts
    .map(({ name, version, text }) => `${name} ${version}\n\n${text.trim()}\n`)
    .join(`\n${'-'.repeat(80)}\n\n`);
}

/** The folder below the last node_modules of a path, scopes included; undefined for a source of our own. */
function packageFolder(path) {
  const match = /^(.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+)[\\/]/.exec(realpathSync(path));
  return match?.[1];
}

function noticeOf(folder) {
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const file = readdirSync(folder).find((each) => /^licen[cs]e(\.|$)/i.test(each));
  const readme = readdirSync(folder).find((each) => /^readme(\.|$)/i.test(each));
  if (file !== undefined) return { name, version, text: readFileSync(join(folder, file), 'utf8') };
  // Some old packages keep their licence at the end of the README.
  const text = readme === undefined ? '' : readFileSync(join(folder, readme), 'utf8');
  const begin = text.search(/^(#+\s*)?licen[cs]e/im);
  if (begin < 0)
    throw new Error(`${name} ${version} in ${dirname(folder)} brings no licence text; find it before it is published`);
  return { name, version, text: text.slice(begin) };
}
