/** A scenario file to a scenario: syntax, shape, parameters and matrix are checked, references are still in it. */
import { isObject } from '@everynode/core/api/patch';
import type { Scalar } from '@everynode/trace/record';
import { SCENARIO_BYTES_MAX, formatMebibytes } from './limits.ts';
import { matrixRows } from './matrix.ts';
import { findReferenceProblems, referenceName, resolveReferences } from './references.ts';
import type { JsonObject, Parameter, Row, Scenario, ScenarioSpec } from './scenario.ts';
import { fail, type Problem, throwProblems } from './scenarioError.ts';
import { API_VERSION } from './schemaFrame.ts';
import type { ShapeChecker } from './shape.ts';
import { parseYaml, type YamlDocument, type YamlPath } from './yamlText.ts';

interface ScenarioText {
  readonly metadata: { readonly name: string; readonly labels?: Readonly<Record<string, string>> };
  readonly spec: ScenarioSpec & {
    readonly parameters?: Readonly<Record<string, { readonly default: Scalar; readonly enum?: readonly Scalar[] }>>;
    readonly matrix?: Readonly<Record<string, readonly unknown[]>>;
  };
}

/** Checks a scenario's text. `file` is only for messages. Throws `ScenarioError` with everything that is wrong with its form. */
export function parseScenario(file: string, text: string, checker: ShapeChecker): Scenario {
  if (text.length > SCENARIO_BYTES_MAX)
    fail(
      { file, line: 1, column: 1 },
      `a scenario has at most ${formatMebibytes(SCENARIO_BYTES_MAX)}; move manifests into files of their own`,
    );
  const document = onlyDocument(file, text);
  refuseOtherKinds(document);
  throwProblems(findUnsupported(document));
  throwProblems(checker.check(document.value, document));
  const { metadata, spec } = document.value as ScenarioText;
  const parameters = readParameters(spec.parameters ?? {}, document);
  throwProblems(
    findReferenceProblems(withoutPart(document.value as JsonObject, 'parameters'), Object.keys(parameters), document),
  );
  const rows = matrixRows(spec.matrix, parameters, document);
  return { file, name: metadata.name, labels: metadata.labels ?? {}, parameters, rows, document };
}

/** The spec with the values of a row in place; checked once more, since a value may not fit where it stands. */
export function resolveSpec(scenario: Scenario, row: Row, checker: ShapeChecker): ScenarioSpec {
  const { document } = scenario;
  const resolved = resolveReferences(document.value, row) as ScenarioText;
  const problems = checker.check(resolved, {
    sourceOf: (path, of) => document.sourceOf(path, of),
  });
  throwProblems(problems.map((problem) => withReference(problem, document, row)));
  return resolved.spec;
}

function onlyDocument(file: string, text: string): YamlDocument {
  const [document, second] = parseYaml(file, text, 'scenario');
  if (document === undefined)
    fail({ file, line: 1, column: 1 }, 'the file is empty; write a scenario, or let `everynode init` write one');
  if (second !== undefined) fail(second.sourceOf([]), 'a second document; keep one scenario in a file');
  return document;
}

/** The commonest slip: the manifest is given where the scenario belongs. */
function refuseOtherKinds(document: YamlDocument): void {
  const { value } = document;
  if (typeof value !== 'object' || Array.isArray(value))
    fail(document.sourceOf([]), 'this is no mapping; write a scenario, or let `everynode init` write one');
  const kind = (value as JsonObject)['kind'];
  if (typeof kind !== 'string' || kind === 'Scenario' || (value as JsonObject)['apiVersion'] === API_VERSION) return;
  fail(
    document.sourceOf(['kind']),
    `this is a ${kind}, not a scenario; write a scenario that names this file under spec.manifests`,
  );
}

/** Words that the design knows and this version does not carry out. */
function findUnsupported({ value, sourceOf }: YamlDocument): readonly Problem[] {
  const spec = part(value, 'spec');
  const found: Problem[] = [];
  if (part(part(spec, 'cluster'), 'from') !== undefined) {
    found.push({
      source: sourceOf(['spec', 'cluster', 'from'], 'key'),
      message: '`from` is not supported yet; describe the nodes under nodePools',
    });
  }
  for (const [at, step] of list(part(spec, 'timeline')).entries()) {
    if (part(step, 'when') === undefined) continue;
    found.push({
      source: sourceOf(['spec', 'timeline', at, 'when'], 'key'),
      message: '`when` on a step is not supported yet; write `at`, `after` or `every`',
    });
  }
  return found;
}

function readParameters(
  texts: NonNullable<ScenarioText['spec']['parameters']>,
  document: YamlDocument,
): Readonly<Record<string, Parameter>> {
  const problems: Problem[] = [];
  const entries = Object.entries(texts).map(([name, { default: defaultValue, enum: values }]): [string, Parameter] => {
    const path: YamlPath = ['spec', 'parameters', name];
    if (!/^[A-Za-z][A-Za-z0-9_]*$/.test(name)) {
      problems.push({
        source: document.sourceOf(path, 'key'),
        message: `${JSON.stringify(name)} is no name of a parameter; write letters, digits and _`,
      });
    }
    if (values !== undefined && !values.includes(defaultValue)) {
      problems.push({
        source: document.sourceOf([...path, 'default']),
        message: `the default is not in the enum; write one of ${values.map(String).join(', ')}`,
      });
    }
    return [name, values === undefined ? { defaultValue } : { defaultValue, values }];
  });
  throwProblems(problems);
  return Object.fromEntries(entries);
}

/** Names the parameter where the wrong value came from one: the place shows only the reference. */
function withReference(problem: Problem, document: YamlDocument, row: Row): Problem {
  const reference = findReferenceAt(document.value, [], document, problem.source.line, problem.source.column);
  if (reference === undefined) return problem;
  return {
    ...problem,
    message: `${problem.message} (\${params.${reference}} is ${JSON.stringify(row[reference])} in this row)`,
  };
}

function findReferenceAt(
  value: unknown,
  path: YamlPath,
  document: YamlDocument,
  line: number,
  column: number,
): string | undefined {
  if (typeof value === 'string') {
    const name = referenceName(value);
    if (name === undefined) return undefined;
    const source = document.sourceOf(path);
    return source.line === line && source.column === column ? name : undefined;
  }
  const entries = Array.isArray(value) ? [...value.entries()] : isObject(value) ? Object.entries(value) : [];
  for (const [key, inner] of entries) {
    const found = findReferenceAt(inner, [...path, key], document, line, column);
    if (found !== undefined) return found;
  }
  return undefined;
}

function withoutPart(document: JsonObject, key: string): JsonObject {
  const { [key]: _left, ...spec } = document['spec'] as JsonObject;
  return { ...document, spec };
}

function part(value: unknown, key: string): unknown {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
