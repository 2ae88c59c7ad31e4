/** Models of pods: how long the steps of their lives take, which no manifest tells. */
import type { CreationModel, Draw, FailingSpells, Json, PodModel } from '@everynode/sim/plan';
import { checkDaemonSet } from './compileParams.ts';
import { complain, type CompileScope } from './compileScope.ts';
import { compileQuantity, compileUsage } from './compileUsage.ts';
import { compileDraw, isProblem } from './draws.ts';
import type { FailingText, ModelText } from './scenario.ts';
import { compileNodeFilter, isTargetProblem } from './targets.ts';
import type { YamlPath } from './yamlText.ts';

const DRAWN = ['imagePull', 'startup', 'readiness', 'termination', 'postStart', 'preStop'] as const;

/** What is said where the scenario does not: typical of each. */
const CREATION_MESSAGES: Readonly<Record<CreationModel['reason'], string>> = {
  CreateContainerConfigError: 'secret "credentials" not found',
  CreateContainerError: 'context deadline exceeded',
  RunContainerError: 'failed to start containerd task: no such file or directory: unknown',
};

/** Which pods it selects, how long their steps take, what they use and when they crash. */
export function compileModel(text: ModelText, at: number, scope: CompileScope): PodModel {
  const path = ['spec', 'models', at];
  const draws: Record<string, Json> = {};
  for (const name of DRAWN) {
    const draw = compileModelDraw(text[name], [...path, name], scope);
    if (draw !== undefined) draws[name] = draw;
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
    ...compileProbes(text, path, scope),
    ...compileInit(text, path, scope),
    ...compileCreation(text),
    ...(text.usage === undefined ? {} : { usage: compileUsage(text.usage, [...path, 'usage'], scope) }),
    ...compileImageSize(text, path, scope),
  };
}

/** Undefined where there is none, or one whose numbers contradict each other. */
function compileModelDraw(text: unknown, path: YamlPath, scope: CompileScope): Draw | undefined {
  if (text === undefined) return undefined;
  const draw = compileDraw(text);
  if (!isProblem(draw)) return draw;
  complain(scope, path, draw.problem);
  return undefined;
}

function compileCrash({ crash }: ModelText, path: YamlPath, scope: CompileScope): Pick<PodModel, 'crash'> {
  const after = compileModelDraw(crash?.after, [...path, 'crash', 'after'], scope);
  return after === undefined ? {} : { crash: { after, exitCode: crash?.exitCode ?? 1 } };
}

function compileProbes({ probes }: ModelText, path: YamlPath, scope: CompileScope): Pick<PodModel, 'probes'> {
  if (probes === undefined) return {};
  const compiled = Object.entries(probes).map(([kind, text]): [string, FailingSpells | undefined] => [
    kind,
    compileFailing(text, [...path, 'probes', kind], scope),
  ]);
  return { probes: Object.fromEntries(compiled.filter(([, spells]) => spells !== undefined)) };
}

function compileFailing(text: FailingText, path: YamlPath, scope: CompileScope): FailingSpells | undefined {
  const draw = (name: 'failsAfter' | 'recoversAfter' | 'answersIn'): Draw | undefined =>
    compileModelDraw(text[name], [...path, name], scope);
  const [failsAfter, recoversAfter, answersIn] = [draw('failsAfter'), draw('recoversAfter'), draw('answersIn')];
  const { times = 1 } = text;
  if (times > 1 && text.recoversAfter === undefined)
    complain(scope, [...path, 'times'], `it fails ${times} times, but never recovers; write recoversAfter too`);
  if (failsAfter === undefined) return undefined;
  return {
    failsAfter,
    times,
    ...(recoversAfter === undefined ? {} : { recoversAfter }),
    ...(answersIn === undefined ? {} : { answersIn }),
  };
}

function compileInit({ init }: ModelText, path: YamlPath, scope: CompileScope): Pick<PodModel, 'init'> {
  const takes = compileModelDraw(init?.takes, [...path, 'init', 'takes'], scope);
  return takes === undefined ? {} : { init: { takes, failures: init?.failures ?? 0, exitCode: init?.exitCode ?? 1 } };
}

function compileCreation({ creation }: ModelText): Pick<PodModel, 'creation'> {
  if (creation === undefined) return {};
  const { fails: reason, message = CREATION_MESSAGES[reason], times } = creation;
  return { creation: { reason, message, ...(times === undefined ? {} : { times }) } };
}

function compileImageSize({ imageSize }: ModelText, path: YamlPath, scope: CompileScope): Pick<PodModel, 'imageSize'> {
  if (imageSize === undefined) return {};
  const bytes = compileQuantity(imageSize, [...path, 'imageSize'], scope);
  return bytes === undefined ? {} : { imageSize: bytes };
}
