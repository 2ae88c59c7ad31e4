/** `pnpm bench [NAME…] [--json FILE]`: measures the named suites (all without a name) and prints one table. Exit 2 on an unknown name. */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { eventQueueSuite } from './eventQueueSuite.ts';
import { scenarioSuite } from './scenarioSuite.ts';
import { statusSuite } from './statusSuite.ts';
import { measure, type Row, type Suite } from './suite.ts';
import { syncSuite } from './syncSuite.ts';
import { renderTable } from './table.ts';

/** Built only when asked for: the fixtures of large suites take seconds. */
const SUITES: Readonly<Record<string, () => Suite>> = {
  'event-queue': eventQueueSuite,
  status: statusSuite,
  sync: syncSuite,
  scenario: scenarioSuite,
};

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({ allowPositionals: true, options: { json: { type: 'string' } } });
  const names = positionals.length === 0 ? Object.keys(SUITES) : positionals;
  const unknown = names.filter((name) => SUITES[name] === undefined);
  if (unknown.length > 0) {
    process.stderr.write(`unknown benchmark ${unknown.join(', ')}; there are: ${Object.keys(SUITES).join(', ')}\n`);
    return 2;
  }
  const rows: Row[] = [];
  for (const name of names) {
    const suite = SUITES[name]?.();
    if (suite === undefined) continue;
    process.stderr.write(`${suite.name}: ${suite.summary}\n`);
    rows.push(...(await measure(suite)));
  }
  process.stdout.write(`${renderTable(rows)}\n`);
  if (values.json !== undefined) writeFileSync(values.json, `${JSON.stringify(rows, null, 2)}\n`);
  return 0;
}

process.exitCode = await main();
