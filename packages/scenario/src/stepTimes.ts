/** When the steps of a timeline begin and end: instants, steps after steps, repetitions; durations of faults are drawn. */
import { rngFor } from '@everynode/sim/engine/rng';
import { compileDuration } from './compileParams.ts';
import { complain, type CompileScope } from './compileScope.ts';
import { compileDraw, isProblem } from './draws.ts';
import { formatDuration } from './duration.ts';
import { STEPS_MAX } from './limits.ts';
import { unknownName } from './nearest.ts';
import type { StepText } from './scenario.ts';
import { instantOf, type StepSpan } from './windows.ts';
import type { YamlPath } from './yamlText.ts';

/** One step of the plan to be: one repetition of a step of the file. */
export interface TimedStep {
  readonly id: string;
  readonly text: StepText;
  readonly path: YamlPath;
  readonly atMs: number;
  /** When a fault is lifted; undefined: at the end of the run, or at once. */
  readonly liftAtMs: number | undefined;
}

export interface StepTimes {
  /** By instant, then in the order of the file. */
  readonly steps: readonly TimedStep[];
  /** By the id in the file, and by that of each repetition. */
  readonly spans: ReadonlyMap<string, StepSpan>;
}

/** Finds the instants of all steps; what cannot be placed is complained about and left out. */
export function placeSteps(scope: CompileScope): StepTimes {
  const texts = scope.spec.timeline ?? [];
  const spans = new Map<string, StepSpan>();
  const placed = new Map<number, readonly TimedStep[]>();
  complainOfTwins(texts, scope);
  // A step may stand after one that the file names later: go round until nothing more can be placed.
  for (let isNews = true; isNews;) {
    isNews = false;
    for (const [at, text] of texts.entries()) {
      if (placed.has(at) || !isReady(text, texts, spans)) continue;
      placed.set(at, placeStep(text, at, spans, scope));
      isNews = true;
    }
  }
  for (const [at, text] of texts.entries()) {
    if (placed.has(at)) continue;
    complain(
      scope,
      ['spec', 'timeline', at, 'after'],
      `step ${text.id} waits, by way of \`after\`, for itself; give one of the steps an \`at\``,
    );
    spans.set(text.id, { fromMs: 0, toMs: scope.durationMs });
  }
  const inFile = texts.flatMap((_, at) => placed.get(at) ?? []);
  if (inFile.length > STEPS_MAX)
    complain(scope, ['spec', 'timeline'], `the timeline has ${inFile.length} steps; write at most ${STEPS_MAX}`, 'key');
  return { steps: [...inFile].sort((a, b) => a.atMs - b.atMs), spans };
}

function complainOfTwins(texts: readonly StepText[], scope: CompileScope): void {
  for (const [at, { id }] of texts.entries()) {
    const first = texts.findIndex((each) => each.id === id);
    if (first === at) continue;
    const { line } = scope.sourceOf(['spec', 'timeline', first, 'id']);
    complain(
      scope,
      ['spec', 'timeline', at, 'id'],
      `step id ${JSON.stringify(id)} is taken (line ${line}); write another one`,
    );
  }
}

/** What it comes after is placed, or can never be. */
function isReady({ after }: StepText, texts: readonly StepText[], spans: ReadonlyMap<string, StepSpan>): boolean {
  if (after === undefined) return true;
  const id = after.step.replace(/\.(?:begin|end)$/, '');
  return spans.has(after.step) || spans.has(id) || !texts.some((each) => each.id === after.step || each.id === id);
}

function placeStep(
  text: StepText,
  at: number,
  spans: Map<string, StepSpan>,
  scope: CompileScope,
): readonly TimedStep[] {
  const path: YamlPath = ['spec', 'timeline', at];
  const startMs = startOf(text, path, spans, scope);
  const steps =
    startMs === undefined ? [] : repeat(text, path, startMs, scope).filter((step) => isInTime(step, path, scope));
  const endOf = ({ atMs, liftAtMs }: TimedStep): number =>
    liftAtMs ?? (isLasting(text, scope) ? scope.durationMs : atMs);
  for (const step of steps) spans.set(step.id, { fromMs: step.atMs, toMs: endOf(step) });
  const [first] = steps;
  const span = { fromMs: first?.atMs ?? 0, toMs: Math.max(0, ...steps.map(endOf)) };
  // A step that has no place still has a name: one mistake, one message.
  if (!spans.has(text.id)) spans.set(text.id, span);
  return steps;
}

function startOf(
  { at, after, every }: StepText,
  path: YamlPath,
  spans: ReadonlyMap<string, StepSpan>,
  scope: CompileScope,
): number | undefined {
  if (at !== undefined && after !== undefined)
    return complain(scope, [...path, 'after'], '`at` and `after` exclude each other; keep one of them', 'key');
  if (at !== undefined) return compileDuration(at, [...path, 'at'], scope);
  if (after === undefined) return every === undefined ? undefined : compileDuration(every, [...path, 'every'], scope);
  const fromMs = instantOf(after.step, 'end', spans);
  if (typeof fromMs === 'string') return complain(scope, [...path, 'after', 'step'], stepMessage(after.step, spans));
  const plusMs = after.plus === undefined ? 0 : compileDuration(after.plus, [...path, 'after', 'plus'], scope);
  return plusMs === undefined ? undefined : fromMs + plusMs;
}

function stepMessage(ref: string, spans: ReadonlyMap<string, StepSpan>): string {
  return unknownName('step', 'steps', ref.replace(/\.(?:begin|end)$/, ''), [...spans.keys()]);
}

function repeat(text: StepText, path: YamlPath, startMs: number, scope: CompileScope): readonly TimedStep[] {
  const { id, every, times } = text;
  if (every === undefined) {
    if (times !== undefined) complain(scope, [...path, 'times'], '`times` needs `every`; write both or none', 'key');
    return [timedStep(id, text, path, startMs, scope)];
  }
  const everyMs = compileDuration(every, [...path, 'every'], scope);
  if (everyMs === undefined) return [];
  if (everyMs === 0) {
    complain(scope, [...path, 'every'], 'every 0s never ends; write a longer duration');
    return [];
  }
  const fitting = Math.trunc(Math.max(0, scope.durationMs - startMs) / everyMs) + 1;
  const count = times ?? fitting;
  if (count > STEPS_MAX) {
    complain(
      scope,
      [...path, 'every'],
      `${id} repeats ${count} times; write a longer \`every\` or at most ${STEPS_MAX} \`times\``,
    );
    return [];
  }
  return Array.from({ length: count }, (_, at) =>
    timedStep(`${id}-${at + 1}`, text, path, startMs + at * everyMs, scope),
  );
}

function timedStep(id: string, text: StepText, path: YamlPath, atMs: number, scope: CompileScope): TimedStep {
  const forText = text.fault?.for;
  if (forText === undefined) return { id, text, path, atMs, liftAtMs: undefined };
  const draw = compileDraw(forText);
  if (isProblem(draw)) {
    complain(scope, [...path, 'fault', 'for'], draw.problem);
    return { id, text, path, atMs, liftAtMs: undefined };
  }
  return { id, text, path, atMs, liftAtMs: atMs + rngFor(scope.seed, `step/${id}/for`).draw(draw) };
}

/** A fault without `for` holds until the end, unless it is over at once. */
function isLasting({ fault }: StepText, { vocabulary }: CompileScope): boolean {
  return fault !== undefined && vocabulary.faults[fault.type]?.instant === false;
}

function isInTime({ id, atMs, text }: TimedStep, path: YamlPath, scope: CompileScope): boolean {
  if (atMs <= scope.durationMs) return true;
  const key = text.at !== undefined ? 'at' : text.after !== undefined ? 'after' : 'every';
  complain(
    scope,
    [...path, key],
    `step ${id} is at ${formatDuration(atMs)}, after the end of the run at ${formatDuration(scope.durationMs)}; write a longer \`duration\` or an earlier step`,
  );
  return false;
}
