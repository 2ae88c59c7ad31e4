/** What the parts of `compile` share: the scenario they read, the seed they draw from, and the problems they find. */
import type { Source } from '@everynode/sim/plan';
import type { FileReader } from './fileReader.ts';
import type { SourceOf } from './manifestObjects.ts';
import type { Workload } from './workload.ts';
import type { NodeRoll } from './nodeRoll.ts';
import type { Row, ScenarioSpec } from './scenario.ts';
import type { Problem } from './scenarioError.ts';
import type { Vocabulary } from './vocabulary.ts';
import type { YamlPath } from './yamlText.ts';

export interface CompileScope {
  readonly file: string;
  readonly spec: ScenarioSpec;
  readonly row: Row;
  readonly seed: string;
  readonly vocabulary: Vocabulary;
  readonly reader: FileReader;
  readonly durationMs: number;
  readonly sourceOf: SourceOf;
  readonly roll: NodeRoll;
  /** Victims of the fault steps compiled so far, by step id. */
  readonly victims: Map<string, readonly string[]>;
  /** `namespace/name` of every DaemonSet that the manifests hold. */
  readonly daemonSets: readonly string[];
  /** What each `apply` step applies, by its place in the timeline. */
  readonly applied: ReadonlyMap<number, readonly Workload[]>;
  /** Found so far; compiling goes on, so that one run of the command shows them all. */
  readonly problems: Problem[];
}

/** The place as a plan carries it: the file by its name alone, so that a trace does not depend on where it was run. */
export function planSource({ sourceOf }: CompileScope, path: YamlPath): Source {
  const { file, line, column } = sourceOf(path);
  return { file: file.slice(file.lastIndexOf('/') + 1), line, column };
}

export function complain(
  scope: CompileScope,
  path: YamlPath,
  message: string,
  at: 'key' | 'value' = 'value',
): undefined {
  scope.problems.push({ source: scope.sourceOf(path, at), message });
}
