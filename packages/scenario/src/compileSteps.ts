/** Steps of the timeline to steps of the plan: every victim is drawn here, from the stream named after its step. */
import type { Json, NodeFilter, PlannedFault, PlannedOperation, PlanStep } from '@everynode/sim/plan';
import { compileParams } from './compileParams.ts';
import { complain, type CompileScope, planSource } from './compileScope.ts';
import type { FaultText, JsonObject, NodeTarget } from './scenario.ts';
import type { TimedStep } from './stepTimes.ts';
import { isTargetProblem, matchNodes, pickNames, type TargetProblem } from './targets.ts';
import { APPLY, type FaultEntry } from './vocabulary.ts';
import type { YamlPath } from './yamlText.ts';

/** Compiles the steps in the order of time, since each may change which nodes the next one finds. */
export function compileSteps(steps: readonly TimedStep[], scope: CompileScope): readonly PlanStep[] {
  return steps.map((step) =>
    step.text.fault === undefined ? compileOperation(step, scope) : compileFault(step, step.text.fault, scope),
  );
}

function compileFault(step: TimedStep, fault: FaultText, scope: CompileScope): PlannedFault {
  const path: YamlPath = [...step.path, 'fault'];
  const entry = scope.vocabulary.faults[fault.type] as FaultEntry;
  const { names, targets } = drawVictims(step, fault, entry, path, scope);
  scope.victims.set(step.id, names);
  // All repetitions together answer to the id in the file.
  if (step.id !== step.text.id)
    scope.victims.set(step.text.id, [...new Set([...(scope.victims.get(step.text.id) ?? []), ...names])]);
  return {
    step: 'fault',
    id: step.id,
    type: fault.type,
    atMs: step.atMs,
    ...(step.liftAtMs === undefined ? {} : { liftAtMs: step.liftAtMs }),
    nodes: names,
    targets,
    mayBeVacuous: step.text.mayBeVacuous ?? false,
    params: compileParams(entry.params, fault, path, scope, targetAt(step, scope)),
    source: planSource(scope, step.path),
  };
}

interface Drawn {
  readonly names: readonly string[];
  readonly targets: string;
}

function drawVictims(
  step: TimedStep,
  fault: FaultText,
  { targets: kind }: FaultEntry,
  path: YamlPath,
  scope: CompileScope,
): Drawn {
  if (kind === 'none' || (kind === 'kubelets' && fault.targets === undefined)) return { names: [], targets: '' };
  if (kind === 'kubelets' && fault['component'] !== undefined)
    complain(scope, [...path, 'component'], '`component` and `targets` both say whose; keep one of them');
  const target = fault.targets?.nodes ?? {};
  const targetPath: YamlPath = [...path, 'targets', 'nodes'];
  const drawn = kind === 'zone' ? drawZones(target, step, scope) : drawNodes(target, step, scope);
  if (isTargetProblem(drawn)) {
    const { key, problem } = drawn;
    complain(scope, key === undefined ? targetPath : [...targetPath, ...key.split('.')], problem);
    return { names: [], targets: '' };
  }
  const where = describeTargets(drawn, target);
  const daemonSet = fault['daemonSet'];
  return {
    names: drawn,
    targets: kind === 'pods' && typeof daemonSet === 'string' ? `${daemonSet} on ${where}` : where,
  };
}

function drawNodes(target: NodeTarget, step: TimedStep, scope: CompileScope): readonly string[] | TargetProblem {
  const matching = matchNodes(target, scope.roll.at(step.atMs), scope);
  if (isTargetProblem(matching)) return matching;
  return orNone(
    pickNames(
      matching.map(({ name }) => name),
      target.pick,
      scope.seed,
      `step/${step.id}/pick`,
    ),
  );
}

/** A zone goes as a whole: the pick is among zones. */
function drawZones(target: NodeTarget, step: TimedStep, scope: CompileScope): readonly string[] | TargetProblem {
  const matching = matchNodes(target, scope.roll.at(step.atMs), scope);
  if (isTargetProblem(matching)) return matching;
  const zones = [...new Set(matching.map(({ zone }) => zone ?? ''))];
  const picked = orNone(pickNames(zones, target.pick, scope.seed, `step/${step.id}/pick`));
  if (isTargetProblem(picked)) return picked;
  return matching.filter(({ zone }) => picked.includes(zone ?? '')).map(({ name }) => name);
}

/** Rounding down may leave nothing, and a fault without victims would pass every test. */
function orNone(picked: readonly string[] | TargetProblem): readonly string[] | TargetProblem {
  if (isTargetProblem(picked)) return { ...picked, key: `pick.${picked.key ?? ''}` };
  return picked.length > 0
    ? picked
    : { key: 'pick', problem: 'this pick takes no node; write a larger `value`, or `round: up`' };
}

/** `zone-b (30 nodes)`, `worker-7`, `5 nodes of pool worker`. */
function describeTargets(names: readonly string[], { zone, pool, pick }: NodeTarget): string {
  const [only] = names;
  const count = `${names.length} nodes`;
  if (names.length === 1 && zone === undefined) return only ?? '';
  if (zone !== undefined && pick === undefined) return `${[zone].flat().join(', ')} (${count})`;
  return pool === undefined ? count : `${count} of pool ${pool}`;
}

function compileOperation(step: TimedStep, scope: CompileScope): PlannedOperation {
  const { operations } = scope.vocabulary;
  const type = Object.keys(operations).find((name) => step.text[name] !== undefined) ?? '';
  const values = (step.text[type] ?? {}) as JsonObject;
  const path: YamlPath = [...step.path, type];
  const params =
    type === APPLY
      ? { objects: (scope.applied.get(Number(step.path.at(-1))) ?? []) as unknown as Json }
      : compileParams(operations[type]?.params ?? {}, values, path, scope, targetAt(step, scope));
  noteNodes(type, params, step, path, scope);
  return { step: 'operation', id: step.id, type, atMs: step.atMs, params, source: planSource(scope, step.path) };
}

/** A target of a step is drawn at its instant: the plan names the nodes. */
function targetAt(step: TimedStep, scope: CompileScope): (target: NodeTarget) => NodeFilter | TargetProblem {
  return (target) => {
    const names = drawNodes(target, step, scope);
    return isTargetProblem(names) ? names : { include: [...names] };
  };
}

/** Later steps aim at the nodes that this one leaves. */
function noteNodes(
  type: string,
  params: Readonly<Record<string, Json>>,
  step: TimedStep,
  path: YamlPath,
  { roll, ...scope }: CompileScope,
): void {
  if (type === 'addNodes' && !roll.add(params['pool'] as string, Number(params['count'] ?? 1), step.atMs)) {
    complain(
      { roll, ...scope },
      [...path, 'pool'],
      `unknown pool ${JSON.stringify(params['pool'])}; write one of ${roll.pools.join(', ')}`,
    );
  }
  if (type !== 'removeNodes' && type !== 'scaleDown') return;
  const { include = [] } = (params['nodes'] ?? {}) as NodeFilter;
  for (const name of include) roll.remove(name, step.atMs);
}
