/** Models of pods: how long the steps of their lives take, which no manifest tells. */
import type { Json, PodModel } from '@everynode/sim/plan';
import { checkDaemonSet } from './compileParams.ts';
import { complain, type CompileScope } from './compileScope.ts';
import { compileQuantity, compileUsage } from './compileUsage.ts';
import { compileDraw, isProblem } from './draws.ts';
import type { ModelText } from './scenario.ts';
import { compileNodeFilter, isTargetProblem } from './targets.ts';
import type { YamlPath } from './yamlText.ts';

const DRAWN = ['imagePull', 'startup', 'readiness', 'termination'] as const;

/** Which pods it selects, how long their steps take, what they use and when they crash. */
export function compileModel(text: ModelText, at: number, scope: CompileScope): PodModel {
  const path = ['spec', 'models', at];
  const draws: Record<string, Json> = {};
  for (const name of DRAWN) {
    if (text[name] === undefined) continue;
    const draw = compileDraw(text[name]);
    if (isProblem(draw)) complain(scope, [...path, name], draw.problem);
    else draws[name] = draw;
  }
  const { daemonSet, image, nodes } = text.select;
  if (daemonSet !== undefined) checkDaemonSet(daemonSet, [...path, 'select', 'daemonSet'], scope);
  const filter = nodes === undefined ? undefined : compileNodeFilter(nodes, scope);
  if (filter !== undefined && isTargetProblem(filter))
    complain(scope, [...path, 'select', 'nodes', ...(filter.key === undefined ? [] : [filter.key])], filter.problem);
  const select = {
    ...(daemonSet === undefined ? {} : { daemonSet }),
    ...(image === undefined ? {} : { image }),
    ...(filter === undefined || isTargetProblem(filter) ? {} : { nodes: filter }),
  };
  return {
    select,
    ...(draws as unknown as Omit<PodModel, 'select'>),
    ...compileCrash(text, path, scope),
    ...(text.usage === undefined ? {} : { usage: compileUsage(text.usage, [...path, 'usage'], scope) }),
    ...compileImageSize(text, path, scope),
  };
}

function compileCrash({ crash }: ModelText, path: YamlPath, scope: CompileScope): Pick<PodModel, 'crash'> {
  if (crash === undefined) return {};
  const after = compileDraw(crash.after);
  if (!isProblem(after)) return { crash: { after, exitCode: crash.exitCode ?? 1 } };
  complain(scope, [...path, 'crash', 'after'], after.problem);
  return {};
}

function compileImageSize({ imageSize }: ModelText, path: YamlPath, scope: CompileScope): Pick<PodModel, 'imageSize'> {
  if (imageSize === undefined) return {};
  const bytes = compileQuantity(imageSize, [...path, 'imageSize'], scope);
  return bytes === undefined ? {} : { imageSize: bytes };
}
