/** A scenario, a row of its matrix and a seed to a plan: plain JSON in which every pick is made and every window is bound. */
import { keyOf } from '@everynode/core/api/meta';
import type { PriorityClass, PriorityClasses } from '@everynode/core/api/priorityClass';
import { assert } from '@everynode/core/assert';
import { type Profile, profileOf } from '@everynode/core/profile';
import { DEFAULT_LIMITS, type Plan, PLAN_VERSION } from '@everynode/sim/plan';
import { checkPools, compilePool, compileRelease, compileSettings } from './compileCluster.ts';
import { compileExpect } from './compileExpect.ts';
import { compileModel } from './compileModels.ts';
import { compileDuration } from './compileParams.ts';
import { complain, type CompileScope } from './compileScope.ts';
import { compileSteps } from './compileSteps.ts';
import type { FileReader } from './fileReader.ts';
import { NODES_MAX } from './limits.ts';
import { loadManifests, type ManifestScope } from './manifests.ts';
import { findMissingClasses } from './priorityClasses.ts';
import { NodeRoll } from './nodeRoll.ts';
import { resolveSpec } from './parse.ts';
import type { ManifestText, Row, Scenario, ScenarioSpec } from './scenario.ts';
import { throwProblems } from './scenarioError.ts';
import type { ShapeChecker } from './shape.ts';
import { placeSteps } from './stepTimes.ts';
import { APPLY, type Vocabulary } from './vocabulary.ts';
import type { Workload } from './workload.ts';
import type { YamlPath } from './yamlText.ts';

export interface CompileOptions {
  readonly scenario: Scenario;
  readonly row: Row;
  /** Any text; absent: the scenario's own, else 1. */
  readonly seed?: string;
  readonly reader: FileReader;
  readonly checker: ShapeChecker;
  readonly vocabulary: Vocabulary;
}

export interface Compiled {
  readonly plan: Plan;
  /** What was left out or does nothing, for the user to know. */
  readonly notices: readonly string[];
}

/** Draws everything that the scenario leaves open. Throws `ScenarioError` with all that is wrong. */
export function compile(options: CompileOptions): Compiled {
  const { scenario, row } = options;
  const spec = resolveSpec(scenario, row, options.checker);
  const seed = options.seed ?? String(spec.seed ?? 1);
  const scope = newScope(options, spec, seed);
  const release = compileRelease(spec, scope);
  const settings = compileSettings(spec, scope);
  checkPools(spec.cluster.nodePools, scope);
  throwProblems(scope.problems);
  const pools = spec.cluster.nodePools.map((pool, at) => compilePool(pool, at, scope));
  const roll = new NodeRoll(pools);
  const profile = profileOf(release.kubernetesVersion, release.featureGates);
  assert(profile !== undefined, () => `Kubernetes ${release.kubernetesVersion} passed as known`);
  const manifests = loadManifests(spec.manifests, manifestScope(['spec', 'manifests'], scope, profile));
  const applied = loadApplied(scope, profile);
  const objects = manifests.objects.map(({ object }) => object);
  const workloads = [...objects, ...[...applied.objects.values()].flat()];
  const daemonSets = workloads.filter(({ kind }) => kind === 'DaemonSet').map(keyOf);
  const priorityClasses = { ...manifests.priorityClasses, ...applied.priorityClasses };
  const full: CompileScope = { ...scope, roll, daemonSets, applied: applied.objects };
  const { steps: placed, spans } = placeSteps(full);
  const steps = compileSteps(placed, full);
  if (roll.all.length > NODES_MAX)
    complain(full, ['spec', 'cluster'], `the cluster grows to ${roll.all.length} nodes; write at most ${NODES_MAX}`);
  const { expectations, thresholds } = compileExpect(spans, full);
  const models = (spec.models ?? []).map((model, at) => compileModel(model, at, full));
  throwProblems(full.problems);
  const plan: Plan = {
    version: PLAN_VERSION,
    scenario: scenario.name,
    ...(spec.description === undefined ? {} : { description: spec.description }),
    labels: scenario.labels,
    seed,
    ...release,
    settings,
    params: row,
    durationMs: full.durationMs,
    pools,
    ...(spec.cluster.controlPlane === undefined ? {} : { controlPlane: spec.cluster.controlPlane }),
    objects,
    ...(Object.keys(priorityClasses).length === 0 ? {} : { priorityClasses }),
    models,
    steps,
    expectations,
    thresholds,
    limits: DEFAULT_LIMITS,
    explore: spec.explore ?? false,
  };
  const missing = findMissingClasses(workloads, priorityClasses);
  return { plan, notices: [...new Set([...manifests.notices, ...applied.notices, ...missing])] };
}

function newScope(
  { scenario, row, reader, vocabulary }: CompileOptions,
  spec: ScenarioSpec,
  seed: string,
): CompileScope {
  const scope: CompileScope = {
    file: scenario.file,
    spec,
    row,
    seed,
    vocabulary,
    reader,
    durationMs: 0,
    sourceOf: (path, of) => scenario.document.sourceOf(path, of),
    roll: new NodeRoll([]),
    victims: new Map(),
    daemonSets: [],
    applied: new Map(),
    problems: [],
  };
  return { ...scope, durationMs: compileDuration(spec.duration, ['spec', 'duration'], scope) ?? 0 };
}

function manifestScope(path: YamlPath, { file, reader, sourceOf }: CompileScope, profile: Profile): ManifestScope {
  return { scenarioFile: file, reader, profile, sourceOf: (inner, of) => sourceOf([...path, ...inner], of) };
}

/** The manifests of `apply` steps, by the step's place in the timeline. */
function loadApplied(
  scope: CompileScope,
  profile: Profile,
): {
  readonly objects: ReadonlyMap<number, readonly Workload[]>;
  readonly priorityClasses: PriorityClasses;
  readonly notices: readonly string[];
} {
  const objects = new Map<number, readonly Workload[]>();
  const priorityClasses: Record<string, PriorityClass> = {};
  const notices: string[] = [];
  for (const [at, step] of (scope.spec.timeline ?? []).entries()) {
    const manifests = step[APPLY];
    if (manifests === undefined) continue;
    const loaded = loadManifests(
      manifests as readonly ManifestText[],
      manifestScope(['spec', 'timeline', at, APPLY], scope, profile),
    );
    objects.set(
      at,
      loaded.objects.map(({ object }) => object),
    );
    Object.assign(priorityClasses, loaded.priorityClasses);
    notices.push(...loaded.notices);
  }
  return { objects, priorityClasses, notices };
}
