/** What README shows of the demo: its verdict as text, and its page. Both come from a real run, so that neither can grow old. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

const SCENARIO = 'scenarios/tour/hello.yaml';
const FOLDER = '.cache/demo';
const [BEGIN, END] = ['<!-- demo: written by `npm run fix:docs` -->', '<!-- /demo -->'];

export interface Demo {
  /** The verdict without what differs from machine to machine. */
  readonly verdict: string;
  readonly page: string;
}

export function runDemo(): Demo {
  const argv = ['packages/cli/dev.mjs', 'run', SCENARIO, '--out', FOLDER];
  const env = { ...process.env, NO_COLOR: '1', CI: 'true' };
  const printed = execFileSync(process.execPath, argv, { encoding: 'utf8', env, stdio: ['ignore', 'pipe', 'ignore'] });
  const lines = printed.split('\n');
  // The path of the page and the wall time of the last line are this machine's.
  const end = lines.findIndex((line) => line.trimStart().startsWith('report '));
  const verdict = lines
    .slice(0, end < 0 ? undefined : end)
    .join('\n')
    .trim();
  return { verdict, page: readFileSync(join(FOLDER, 'report.html'), 'utf8') };
}

/** The README with the demo's verdict between its marks; throws where the marks are missing. */
export function withDemo(readme: string, { verdict }: Demo): string {
  const begin = readme.indexOf(BEGIN);
  const end = readme.indexOf(END);
  if (begin < 0 || end < begin) throw new Error(`README.md has no block ${BEGIN} … ${END}`);
  return `${readme.slice(0, begin)}${BEGIN}\n\`\`\`\n${verdict}\n\`\`\`\n${readme.slice(end)}`;
}
