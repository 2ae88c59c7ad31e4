/** From what the command line asks to the runs that have to be made: one job for each scenario, row and seed. */
import { type Compiled, compile } from '@everynode/scenario/compile';
import type { Row, Scenario } from '@everynode/scenario/scenario';
import { type ShapeChecker, shapeChecker } from '@everynode/scenario/shape';
import { vocabulary } from '@everynode/scenario/vocabulary';
import { diskReader } from './files.ts';
import { findScenarios, type Selection } from './findScenarios.ts';
import { UsageError } from './usageError.ts';

export interface JobOptions extends Selection {
  /** Number of the row, from 1; absent: all rows. */
  readonly row: number | undefined;
  /** `name=value` each; they replace the matrix, or the values of the row. */
  readonly params: readonly string[];
  readonly seed: string | undefined;
}

export interface Job {
  readonly scenario: Scenario;
  /** From 1; undefined where the scenario has one run only. */
  readonly rowNumber: number | undefined;
  readonly row: Row;
  readonly compiled: Compiled;
  /** Options that choose this very run again. */
  readonly reproOptions: readonly string[];
}

/** Parses and compiles everything before anything runs: what is wrong with the last file shows before the first run. */
export function findJobs(options: JobOptions): readonly Job[] {
  const checker = shapeChecker(vocabulary);
  return findScenarios(options, checker).flatMap((scenario) =>
    rowsOf(scenario, options).map((each) => newJob(scenario, each, options, checker)),
  );
}

interface NumberedRow {
  readonly number: number | undefined;
  readonly row: Row;
}

function rowsOf(scenario: Scenario, { row: wanted, params }: JobOptions): readonly NumberedRow[] {
  const { rows } = scenario;
  const given = parseParams(scenario, params);
  if (wanted !== undefined) {
    const row = rows[wanted - 1];
    if (row === undefined)
      throw new UsageError(
        `${scenario.file} has ${rows.length} rows; write --row with a number from 1 to ${rows.length}`,
      );
    return [{ number: wanted, row: { ...row, ...given } }];
  }
  if (params.length > 0) return [{ number: undefined, row: { ...defaultsOf(scenario), ...given } }];
  return rows.map((row, at) => ({ number: rows.length === 1 ? undefined : at + 1, row }));
}

function defaultsOf({ parameters }: Scenario): Row {
  return Object.fromEntries(Object.entries(parameters).map(([name, { defaultValue }]) => [name, defaultValue]));
}

/** Values take the type of the parameter's default: `1` is a number for a number and a text for a text. */
function parseParams({ file, parameters }: Scenario, params: readonly string[]): Row {
  const entries = params.map((text) => {
    const [, name = '', value = ''] = /^([^=]+)=(.*)$/.exec(text) ?? [];
    const parameter = parameters[name];
    if (parameter === undefined)
      throw new UsageError(
        `${file} has no parameter ${JSON.stringify(name || text)}; write --param name=value with one of ${Object.keys(parameters).join(', ') || 'none'}`,
      );
    const parsed = parseValue(value, parameter.defaultValue);
    if (parameter.values !== undefined && !parameter.values.includes(parsed))
      throw new UsageError(`${name}=${value} is not allowed; write one of ${parameter.values.map(String).join(', ')}`);
    return [name, parsed] as const;
  });
  return Object.fromEntries(entries);
}

function parseValue(text: string, like: Row[string] | undefined): string | number | boolean {
  if (typeof like === 'number' && text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
  if (typeof like === 'boolean' && (text === 'true' || text === 'false')) return text === 'true';
  return text;
}

function newJob(
  scenario: Scenario,
  { number, row }: NumberedRow,
  { seed, params }: JobOptions,
  checker: ShapeChecker,
): Job {
  const common = { scenario, row, reader: diskReader, checker, vocabulary };
  const compiled = compile(seed === undefined ? common : { ...common, seed });
  const rowOption = number === undefined ? [] : ['--row', String(number)];
  const reproOptions = ['--seed', compiled.plan.seed, ...rowOption, ...params.flatMap((text) => ['--param', text])];
  return { scenario, rowNumber: number, row, compiled, reproOptions };
}
