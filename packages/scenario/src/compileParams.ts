/** Declared parameters from the YAML form to what stands in a plan: durations in ms, odds as two numbers, targets as names. */
import type { Odds, Param, ParamSet } from '@everynode/sim/params';
import type { Json, NodeFilter } from '@everynode/sim/plan';
import { complain, type CompileScope } from './compileScope.ts';
import { compileDraw, isProblem, noDuration } from './draws.ts';
import { parseDuration } from './duration.ts';
import { unknownName } from './nearest.ts';
import { checkProcess } from './processNames.ts';
import type { JsonObject, NodeTarget } from './scenario.ts';
import { compileNodeFilter, isTargetProblem, type TargetProblem } from './targets.ts';
import type { YamlPath } from './yamlText.ts';

/** How a node target among the parameters becomes a filter: by its meaning, or by a pick at an instant. */
export type CompileTarget = (target: NodeTarget, path: YamlPath) => NodeFilter | TargetProblem;

/** The parameters of one fault, operation or expectation; the shape is checked already. `path` is the mapping that holds them. */
export function compileParams(
  params: ParamSet,
  values: JsonObject,
  path: YamlPath,
  scope: CompileScope,
  compileTarget: CompileTarget,
): Readonly<Record<string, Json>> {
  const compiled: Record<string, Json> = {};
  for (const [name, param] of Object.entries(params)) {
    const value = values[name];
    if (value !== undefined) {
      const result = compileParam(param, value, [...path, name], scope, compileTarget);
      if (result !== undefined) compiled[name] = result;
    } else if (param.defaultValue !== undefined) compiled[name] = param.defaultValue;
  }
  return compiled;
}

/** Meaning of a target for expectations and models: nodes are looked at in their own moment. */
export function targetByMeaning(scope: CompileScope): CompileTarget {
  return (target) => compileNodeFilter(target, scope);
}

function compileParam(
  { kind }: Param,
  value: unknown,
  path: YamlPath,
  scope: CompileScope,
  compileTarget: CompileTarget,
): Json | undefined {
  switch (kind) {
    case 'duration':
      return compileDuration(String(value), path, scope);
    case 'draw': {
      const draw = compileDraw(value);
      if (isProblem(draw)) return complain(scope, path, draw.problem);
      return draw;
    }
    case 'nodes': {
      const filter = compileTarget(value as NodeTarget, path);
      if (isTargetProblem(filter))
        return complain(scope, filter.key === undefined ? path : [...path, filter.key], filter.problem);
      return filter as unknown as Json;
    }
    case 'daemonSet':
      checkDaemonSet(String(value), path, scope);
      return String(value);
    case 'client':
    case 'process':
      checkProcess(String(value), kind, path, scope);
      return String(value);
    case 'odds':
      return compileOdds(String(value), path, scope);
    default:
      return value as Json;
  }
}

/** Milliseconds; a text that is finer than that is a problem. */
export function compileDuration(text: string, path: YamlPath, scope: CompileScope): number | undefined {
  const ms = parseDuration(text);
  if (ms === undefined) complain(scope, path, noDuration(text));
  return ms;
}

/** A name that no manifest has would make an assertion that never judges anything. */
export function checkDaemonSet(name: string, path: YamlPath, scope: CompileScope): void {
  if (!scope.daemonSets.includes(name))
    complain(scope, path, unknownName('DaemonSet', 'DaemonSets', name, scope.daemonSets));
}

/** `1/20` and `5%`. */
function compileOdds(
  text: string,
  path: YamlPath,
  scope: CompileScope,
): (Odds & { readonly [key: string]: Json }) | undefined {
  const [numerator = 0, denominator = 100] = text.replace('%', '').split('/').map(Number);
  if (numerator <= denominator && Number.isSafeInteger(numerator) && denominator <= 0x7fff_ffff)
    return { numerator, denominator };
  complain(scope, path, `${text} is more than certain; write odds such as 1/20 or 5%`);
  return undefined;
}
