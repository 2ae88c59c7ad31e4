/** `everynode init`: a scenario to start from, its manifest, and the schema that an editor completes it with. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scenarioSchema } from '@everynode/scenario/schema';
import { vocabulary } from '@everynode/scenario/vocabulary';
import { EXIT, type ExitCode } from './exitCodes.ts';
import { STARTER_MANIFEST, STARTER_SCENARIO } from './starter.ts';
import { printLine } from './terminal.ts';
import { isSystemError, systemReason, UsageError } from './usageError.ts';

export function initCommand(folder: string): ExitCode {
  const files: readonly (readonly [string, string])[] = [
    ['scenario.yaml', STARTER_SCENARIO],
    ['agent.yaml', STARTER_MANIFEST],
    ['scenario.schema.json', `${JSON.stringify(scenarioSchema(vocabulary), null, 2)}\n`],
  ];
  const taken = files.map(([name]) => join(folder, name)).find((path) => existsSync(path));
  if (taken !== undefined)
    throw new UsageError(`${taken} exists and is not overwritten; name another folder: everynode init FOLDER`);
  try {
    mkdirSync(folder, { recursive: true });
    // `wx`: nor what appeared since we looked.
    for (const [name, text] of files) writeFileSync(join(folder, name), text, { flag: 'wx' });
  } catch (error) {
    if (!isSystemError(error)) throw error;
    throw new UsageError(`cannot write into ${folder}: ${systemReason(error)}; name another folder`);
  }
  for (const [name] of files) printLine(`${join(folder, name)}: written`);
  printLine(`next: everynode run ${join(folder, 'scenario.yaml')}`);
  return EXIT.pass;
}
