/** From parameters and a matrix to rows, each one run: axes are multiplied, `exclude` takes away, `include` adds. */
import type { Scalar } from '@everynode/trace/record';
import { MATRIX_ROWS_MAX } from './limits.ts';
import { unknownName } from './nearest.ts';
import type { Parameter, Row } from './scenario.ts';
import { fail, type Problem, throwProblems } from './scenarioError.ts';
import type { YamlDocument, YamlPath } from './yamlText.ts';

export type Parameters = Readonly<Record<string, Parameter>>;

interface MatrixText {
  readonly include?: readonly Row[];
  readonly exclude?: readonly Row[];
  readonly [axis: string]: readonly unknown[] | undefined;
}

const MATRIX_PATH: YamlPath = ['spec', 'matrix'];

/** The rows of a matrix, defaults filled in, in the order of the file; one row of defaults without a matrix. */
export function matrixRows(
  matrix: MatrixText | undefined,
  parameters: Parameters,
  document: YamlDocument,
): readonly Row[] {
  const defaults = Object.fromEntries(
    Object.entries(parameters).map(([name, { defaultValue }]) => [name, defaultValue]),
  );
  if (matrix === undefined) return [defaults];
  const { include = [], exclude = [], ...axes } = matrix as MatrixText & Readonly<Record<string, readonly Scalar[]>>;
  throwProblems(findNameProblems(axes, include, exclude, parameters, document));
  checkCount(axes, include, document);
  throwProblems(findValueProblems(axes, include, parameters, document));
  const rows = addIncluded(
    multiply(axes).filter((row) => !exclude.some((each) => agrees(row, each))),
    include,
    Object.keys(axes),
  );
  if (rows.length === 0)
    fail(document.sourceOf(MATRIX_PATH), 'the matrix has no row; remove an `exclude` or the matrix');
  return rows.map((row) => ({ ...defaults, ...row }));
}

/** Values that a row may not set, as a sentence; undefined where the value is allowed. */
function findValueProblem(name: string, value: Scalar, { values }: Parameter): string | undefined {
  if (values === undefined || values.includes(value)) return undefined;
  return `${JSON.stringify(value)} is no value of parameter ${name}; write one of ${values.map((each) => JSON.stringify(each)).join(', ')}`;
}

type Axes = Readonly<Record<string, readonly Scalar[]>>;

function findNameProblems(
  axes: Axes,
  include: readonly Row[],
  exclude: readonly Row[],
  parameters: Parameters,
  document: YamlDocument,
): readonly Problem[] {
  const known = Object.keys(parameters);
  const unknown = (name: string, path: YamlPath): readonly Problem[] => {
    if (Object.hasOwn(parameters, name)) return [];
    const source = document.sourceOf([...MATRIX_PATH, ...path, name], 'key');
    return [
      { source, message: `${unknownName('parameter', 'parameters', name, known)}; declare it under spec.parameters` },
    ];
  };
  return [
    ...Object.keys(axes).flatMap((name) => unknown(name, [])),
    ...include.flatMap((row, at) => Object.keys(row).flatMap((name) => unknown(name, ['include', at]))),
    ...exclude.flatMap((row, at) => Object.keys(row).flatMap((name) => unknown(name, ['exclude', at]))),
  ];
}

function checkCount(axes: Axes, include: readonly Row[], document: YamlDocument): void {
  const lengths = Object.values(axes).map((values) => values.length);
  const count = (lengths.length === 0 ? 0 : lengths.reduce((product, length) => product * length, 1)) + include.length;
  if (count <= MATRIX_ROWS_MAX) return;
  fail(
    document.sourceOf(MATRIX_PATH, 'key'),
    `the matrix has ${count} rows; write at most ${MATRIX_ROWS_MAX}, or fewer values on its axes`,
  );
}

function findValueProblems(
  axes: Axes,
  include: readonly Row[],
  parameters: Parameters,
  document: YamlDocument,
): readonly Problem[] {
  const check = (name: string, value: Scalar, path: YamlPath): readonly Problem[] => {
    const parameter = parameters[name];
    const message = parameter === undefined ? undefined : findValueProblem(name, value, parameter);
    return message === undefined ? [] : [{ source: document.sourceOf([...MATRIX_PATH, ...path]), message }];
  };
  return [
    ...Object.entries(axes).flatMap(([name, values]) => values.flatMap((value, at) => check(name, value, [name, at]))),
    ...include.flatMap((row, at) =>
      Object.entries(row).flatMap(([name, value]) => check(name, value, ['include', at, name])),
    ),
  ];
}

function multiply(axes: Axes): readonly Row[] {
  const entries = Object.entries(axes);
  if (entries.length === 0) return [];
  return entries.reduce<readonly Row[]>(
    (rows, [name, values]) => rows.flatMap((row) => values.map((value) => ({ ...row, [name]: value }))),
    [{}],
  );
}

/** As in GitHub Actions: an included row that contradicts no axis widens the rows it agrees with; else it is a row of its own. */
function addIncluded(rows: readonly Row[], include: readonly Row[], axes: readonly string[]): readonly Row[] {
  let widened = rows;
  const added: Row[] = [];
  for (const extra of include) {
    const onAxes = Object.fromEntries(Object.entries(extra).filter(([name]) => axes.includes(name)));
    if (widened.some((row) => agrees(row, onAxes)))
      widened = widened.map((row) => (agrees(row, onAxes) ? { ...row, ...extra } : row));
    else added.push(extra);
  }
  return [...widened, ...added];
}

function agrees(row: Row, part: Row): boolean {
  return Object.entries(part).every(([name, value]) => row[name] === value);
}
