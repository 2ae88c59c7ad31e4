/** What a scenario expects, bound to instants: assertions of the five blocks, and thresholds on metrics. */
import { findCelProblem } from '@everynode/invariants/celProblem';
import type { Comparison, Json, PlannedExpectation, PlannedThreshold } from '@everynode/sim/plan';
import { checkDaemonSet, compileDuration, compileParams, targetByMeaning } from './compileParams.ts';
import { complain, type CompileScope, planSource } from './compileScope.ts';
import { evaluateCondition } from './condition.ts';
import { formatDuration } from './duration.ts';
import { unknownName } from './nearest.ts';
import type { AssertionBlock, AssertionText, ThresholdText, WindowText } from './scenario.ts';
import { BLOCKS } from './schemaFrame.ts';
import { COMPARISONS } from './schema.ts';
import { CEL, OBJECT } from './vocabulary.ts';
import { compileWindow, type StepSpan } from './windows.ts';
import type { YamlPath } from './yamlText.ts';

export interface Expectations {
  readonly expectations: readonly PlannedExpectation[];
  readonly thresholds: readonly PlannedThreshold[];
}

type Spans = ReadonlyMap<string, StepSpan>;

/** Those that hold in this row, in the order of the file. */
export function compileExpect(spans: Spans, scope: CompileScope): Expectations {
  complainOfTwins(scope);
  const expectations = BLOCKS.flatMap((block) => {
    const path: YamlPath = ['spec', 'expect', block];
    const texts = scope.spec.expect[block] ?? [];
    return texts.flatMap((text, at) =>
      holds(text.when, [...path, at], scope) ? compileAssertion(block, text, [...path, at], spans, scope) : [],
    );
  });
  const thresholds = (scope.spec.expect.thresholds ?? []).flatMap((text, at) => {
    const path: YamlPath = ['spec', 'expect', 'thresholds', at];
    return holds(text.when, path, scope) ? compileThreshold(text, path, spans, scope) : [];
  });
  return { expectations, thresholds };
}

/** Ids are unique over all blocks: a report names an assertion by nothing else. */
function complainOfTwins(scope: CompileScope): void {
  const firsts = new Map<string, number>();
  for (const block of [...BLOCKS, 'thresholds'] as const) {
    for (const [at, { id }] of (scope.spec.expect[block] ?? []).entries()) {
      const path: YamlPath = ['spec', 'expect', block, at, 'id'];
      const first = firsts.get(id);
      if (first === undefined) firsts.set(id, scope.sourceOf(path).line);
      else complain(scope, path, `assertion id ${JSON.stringify(id)} is taken (line ${first}); write another one`);
    }
  }
}

function holds(when: string | undefined, path: YamlPath, scope: CompileScope): boolean {
  if (when === undefined) return true;
  const result = evaluateCondition(when, scope.row);
  if (result.ok) return result.holds;
  complain(scope, [...path, 'when'], result.problem);
  return false;
}

function compileAssertion(
  block: AssertionBlock,
  text: AssertionText,
  path: YamlPath,
  spans: Spans,
  scope: CompileScope,
): readonly PlannedExpectation[] {
  const window = bindWindow(text.window, path, spans, scope);
  const withinMs = text.within === undefined ? undefined : compileDuration(text.within, [...path, 'within'], scope);
  const holdMs = text.hold === undefined ? undefined : compileDuration(text.hold, [...path, 'hold'], scope);
  if (window === undefined) return [];
  if (withinMs !== undefined && window.fromMs + withinMs > scope.durationMs) {
    const message = `its time is up at ${formatDuration(window.fromMs + withinMs)}, after the end of the run at ${formatDuration(scope.durationMs)}; write a longer \`duration\` or a shorter \`within\``;
    complain(scope, [...path, 'within'], message);
  }
  return [
    {
      id: text.id,
      block,
      severity: text.severity ?? 'critical',
      ...compileDemand(text, path, scope),
      window,
      ...(withinMs === undefined ? {} : { withinMs }),
      ...(holdMs === undefined ? {} : { holdMs }),
      source: planSource(scope, path),
    },
  ];
}

function compileDemand(
  { invariant, with: values, object, cel }: AssertionText,
  path: YamlPath,
  scope: CompileScope,
): Pick<PlannedExpectation, 'invariant' | 'params'> {
  if (cel !== undefined) return compileCel(cel, path, scope);
  if (invariant === undefined) return { invariant: OBJECT, params: { object: object as Json } };
  const params = scope.vocabulary.expectations[invariant]?.params ?? {};
  return { invariant, params: compileParams(params, values ?? {}, [...path, 'with'], scope, targetByMeaning(scope)) };
}

/** Names and types are checked here, so that a run never meets an expression that says nothing. */
function compileCel(
  expression: string,
  path: YamlPath,
  scope: CompileScope,
): Pick<PlannedExpectation, 'invariant' | 'params'> {
  const problem = findCelProblem(expression, scope.row);
  if (problem !== undefined) {
    const { summary, piece, character, unknown } = problem;
    const told =
      unknown === undefined
        ? `${summary}; write an expression such as pods.all(p, p.ready)`
        : unknownName(unknown.what, `${unknown.what}s`, unknown.name, unknown.known);
    const where = piece === '' ? 'at its end' : `at ${JSON.stringify(piece)} (character ${character})`;
    complain(scope, [...path, 'cel'], `in this CEL expression, ${where}: ${told}`);
  }
  return { invariant: CEL, params: { expression, row: scope.row } };
}

function compileThreshold(
  text: ThresholdText,
  path: YamlPath,
  spans: Spans,
  scope: CompileScope,
): readonly PlannedThreshold[] {
  const window = bindWindow(text.window, path, spans, scope);
  if (window === undefined) return [];
  if (text.labels?.['daemonSet'] !== undefined)
    checkDaemonSet(text.labels['daemonSet'], [...path, 'labels', 'daemonSet'], scope);
  const given = COMPARISONS.flatMap((name): readonly (readonly [Comparison, number])[] => {
    const bound = text[name];
    return bound === undefined ? [] : [[name, bound]];
  });
  return [
    {
      id: text.id,
      metric: text.metric,
      labels: text.labels ?? {},
      stat: text.stat ?? 'max',
      window,
      compare: Object.fromEntries(given),
      severity: text.severity ?? 'critical',
      source: planSource(scope, path),
    },
  ];
}

function bindWindow(
  text: WindowText | undefined,
  path: YamlPath,
  spans: Spans,
  scope: CompileScope,
): PlannedExpectation['window'] | undefined {
  const result = compileWindow(text, { spans, durationMs: scope.durationMs });
  if (result.ok) return result.window;
  complain(scope, [...path, 'window', result.key], result.problem);
  return undefined;
}
