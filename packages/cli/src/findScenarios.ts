/** Which scenarios a command means: files, all scenarios of folders, or those whose labels a selector picks. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { SCENARIO_BYTES_MAX } from '@everynode/scenario/limits';
import { parseScenario } from '@everynode/scenario/parse';
import type { Scenario } from '@everynode/scenario/scenario';
import { readText } from '@everynode/scenario/fileReader';
import type { ShapeChecker } from '@everynode/scenario/shape';
import { diskReader, isFolder } from './files.ts';
import { matchesSelector } from './labelSelector.ts';
import { UsageError } from './usageError.ts';

/** Where scenarios are looked for when only a selector is given. */
const DEFAULT_FOLDER = 'scenarios';
/** Manifests lie beside scenarios; the kind tells them apart, before anything is parsed. */
const SCENARIO_KIND = /^kind:\s*["']?Scenario["']?\s*(?:#.*)?$/m;

export interface Selection {
  readonly paths: readonly string[];
  readonly selector: string | undefined;
}

/** Parses what is selected, in the order of the paths, folders by name. Throws where nothing matches. */
export function findScenarios({ paths, selector }: Selection, checker: ShapeChecker): readonly Scenario[] {
  if (paths.length === 0 && selector === undefined)
    throw new UsageError('no scenario given; name files or folders, or select by label: -l tier=regression');
  const files = (paths.length === 0 ? [DEFAULT_FOLDER] : paths).flatMap(scenarioFiles);
  const scenarios = files.map((file) => parseScenario(file, scenarioText(file), checker));
  const chosen =
    selector === undefined ? scenarios : scenarios.filter(({ labels }) => matchesSelector(selector, labels));
  if (chosen.length > 0) return chosen;
  const where = paths.length === 0 ? DEFAULT_FOLDER : paths.join(', ');
  throw new UsageError(
    selector === undefined
      ? `there is no scenario in ${where}`
      : `none of ${scenarios.length} scenarios in ${where} has labels ${selector}`,
  );
}

/** A file as it is, a folder as the scenario files in and below it. */
function scenarioFiles(path: string): readonly string[] {
  if (!isFolder(path)) return [path];
  const names = readdirSync(path, { recursive: true, encoding: 'utf8' }).filter((name) => /\.ya?ml$/.test(name));
  const files = names.sort((a, b) => (a < b ? -1 : 1)).map((name) => join(path, name).replaceAll('\\', '/'));
  return files.filter((file) => {
    const read = diskReader.read(file, SCENARIO_BYTES_MAX);
    return read.ok && SCENARIO_KIND.test(read.text);
  });
}

function scenarioText(file: string): string {
  return readText(diskReader, file, 'scenario', SCENARIO_BYTES_MAX, { file, line: 1, column: 1 });
}
