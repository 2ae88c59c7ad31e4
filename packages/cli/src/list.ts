/** `everynode list`: the words of the scenario language with what they mean, from the registries. */
import { vocabulary } from '@everynode/scenario/vocabulary';
import { shapeChecker } from '@everynode/scenario/shape';
import type { ParamSet } from '@everynode/sim/params';
import { EXIT, type ExitCode } from './exitCodes.ts';
import { findScenarios } from './findScenarios.ts';
import { printLine } from './terminal.ts';
import { UsageError } from './usageError.ts';

export const LISTS = ['faults', 'expectations', 'operations', 'metrics', 'scenarios'] as const;

export interface ListCommandOptions {
  readonly what: string;
  /** Only for scenarios. */
  readonly paths: readonly string[];
  readonly selector: string | undefined;
  readonly output: 'text' | 'json';
}

interface Line {
  readonly name: string;
  readonly summary: string;
}

export function listCommand(options: ListCommandOptions): ExitCode {
  const lines = linesOf(options);
  if (options.output === 'json') printLine(JSON.stringify(lines, null, 2));
  else {
    const width = Math.max(0, ...lines.map(({ name }) => name.length));
    for (const { name, summary } of lines) printLine(`${name.padEnd(width)}  ${summary}`);
  }
  return EXIT.pass;
}

function linesOf({ what, paths, selector }: ListCommandOptions): readonly Line[] {
  switch (what) {
    case 'faults':
      return named(vocabulary.faults, ({ summary, targets, instant, params }) => ({
        summary,
        targets,
        instant,
        params: paramLines(params),
      }));
    case 'operations':
      return named(vocabulary.operations, ({ summary, params }) => ({ summary, params: paramLines(params) }));
    case 'expectations':
      return named(vocabulary.expectations, ({ summary, promise, params }) => ({
        summary,
        promise,
        params: paramLines(params),
      }));
    case 'metrics':
      return named(vocabulary.metrics, ({ summary, promise, unit, required, optional }) => ({
        summary,
        promise,
        unit,
        required,
        optional,
      }));
    case 'scenarios':
      return findScenarios(
        { paths: paths.length === 0 && selector === undefined ? ['scenarios'] : paths, selector },
        shapeChecker(vocabulary),
      ).map(scenarioLine);
    default:
      throw new UsageError(`there is no list of ${what}; write one of ${LISTS.join(', ')}`);
  }
}

function named<T>(registry: Readonly<Record<string, T>>, describe: (entry: T) => Omit<Line, 'name'>): readonly Line[] {
  return Object.entries(registry).map(([name, entry]) => ({ name, ...describe(entry) }));
}

function paramLines(params: ParamSet): readonly unknown[] {
  return Object.entries(params).map(([name, { kind, summary, optional, defaultValue }]) => {
    return { name, kind, summary, optional, ...(defaultValue === undefined ? {} : { default: defaultValue }) };
  });
}

function scenarioLine({
  file,
  name,
  labels,
  rows,
  document,
}: ReturnType<typeof findScenarios>[number]): Line & Readonly<Record<string, unknown>> {
  const { spec } = document.value as { readonly spec: { readonly description?: string } };
  const [sentence = ''] = (spec.description ?? '').split(/(?<=\.)\s/);
  return { name, summary: sentence, file, labels, rows: rows.length };
}
