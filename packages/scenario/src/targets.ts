/** Which nodes a target means, and which of them a seed picks. */
import { matchesLabelSelector } from '@everynode/core/match/selectors';
import { compareKeys } from '@everynode/core/api/meta';
import { rngFor } from '@everynode/sim/engine/rng';
import type { NodeFilter } from '@everynode/sim/plan';
import { listNames, unknownName } from './nearest.ts';
import type { NodeRoll, PlannedNode } from './nodeRoll.ts';
import type { NodeTarget, Pick } from './scenario.ts';

/** Nodes hit by the fault steps compiled so far, by step id. */
export type Victims = ReadonlyMap<string, readonly string[]>;

/** What a target may refer to. */
export interface TargetScope {
  readonly roll: NodeRoll;
  readonly victims: Victims;
}

/** What is wrong with a target: the key to blame and a sentence. */
export interface TargetProblem {
  readonly key: string | undefined;
  readonly problem: string;
}

/** The nodes of the candidates that a target means, before any pick; in the order in which they come. */
export function matchNodes(
  target: NodeTarget,
  candidates: readonly PlannedNode[],
  scope: TargetScope,
): readonly PlannedNode[] | TargetProblem {
  const unknown = findUnknown(target, scope);
  if (unknown !== undefined) return unknown;
  const { zone, pool, names, selector, fault } = target;
  const zones = zone === undefined ? undefined : [zone].flat();
  const hit = fault === undefined ? undefined : (scope.victims.get(fault.replace('!', '')) ?? []);
  const matching = candidates.filter(
    (node) =>
      (zones === undefined || (node.zone !== undefined && zones.includes(node.zone))) &&
      (pool === undefined || node.pool === pool) &&
      (names === undefined || names.includes(node.name)) &&
      (selector === undefined || matchesLabelSelector(selector, node.labels)) &&
      (hit === undefined || hit.includes(node.name) !== fault?.startsWith('!')),
  );
  return matching.length > 0
    ? matching
    : { key: undefined, problem: `no node matches this target; ${describeCluster(scope.roll)}` };
}

export function isTargetProblem(result: readonly unknown[] | NodeFilter | TargetProblem): result is TargetProblem {
  return 'problem' in result;
}

/** A target without pick as a filter that a judge or a model applies to the nodes of its moment. */
export function compileNodeFilter(target: NodeTarget, scope: TargetScope): NodeFilter | TargetProblem {
  if (target.pick !== undefined)
    return {
      key: 'pick',
      problem: 'a pick belongs to a fault or an operation; here, write `fault: <step>` to mean its victims',
    };
  const matching = matchNodes(target, scope.roll.all, scope);
  if (isTargetProblem(matching)) return matching;
  const { zone, pool, names, selector, fault } = target;
  const isNegated = fault?.startsWith('!') === true;
  const excluded = isNegated ? (scope.victims.get(fault.slice(1)) ?? []) : undefined;
  const isNamed =
    zone !== undefined || pool !== undefined || names !== undefined || (fault !== undefined && !isNegated);
  // Zones, pools, names and victims are known now; a selector may match nodes whose labels change later.
  const included = isNamed ? matchNodes(withoutSelector(target), scope.roll.all, scope) : undefined;
  return {
    ...(selector === undefined ? {} : { selector }),
    ...(included === undefined || isTargetProblem(included) ? {} : { include: included.map(({ name }) => name) }),
    ...(excluded === undefined ? {} : { exclude: [...excluded] }),
  };
}

function withoutSelector({ selector: _selector, ...rest }: NodeTarget): NodeTarget {
  return rest;
}

/** Names of the nodes that the pick takes, drawn from the stream `name` of the seed; all without a pick. */
export function pickNames(
  names: readonly string[],
  pick: Pick | undefined,
  seed: string,
  stream: string,
): readonly string[] | TargetProblem {
  if (pick === undefined || pick.mode === 'all') return names;
  const count = countPicked(names.length, pick);
  if (typeof count !== 'number') return count;
  const rng = rngFor(seed, stream);
  // The share is drawn first, from the same stream, so that order and share do not shift each other's names.
  const taken = pick.mode === 'max-percent' ? rng.between(Math.min(1, count), count) : count;
  const ordered = order(names, pick.order ?? 'random', () => rng.shuffle(names));
  return ordered.slice(0, taken);
}

function countPicked(total: number, { mode, value, round = 'up' }: Pick): number | TargetProblem {
  if (mode === 'one') return 1;
  if (mode === 'fixed') {
    if (typeof value !== 'number')
      return { key: 'value', problem: 'mode fixed needs a whole number; write `value: 3`' };
    if (value > total)
      return { key: 'value', problem: `${value} nodes are wanted and ${total} match; write at most ${total}` };
    return value;
  }
  const percent = typeof value === 'string' ? Number(value.replace('%', '')) : Number.NaN;
  if (!(percent >= 0 && percent <= 100))
    return { key: 'value', problem: `mode ${mode} needs a percentage from 0% to 100%; write \`value: 10%\`` };
  return Math.trunc((percent * total + (round === 'up' ? 99 : 0)) / 100);
}

function order(
  names: readonly string[],
  how: NonNullable<Pick['order']>,
  shuffle: () => readonly string[],
): readonly string[] {
  switch (how) {
    case 'creation':
      return names;
    case 'name':
      return [...names].sort(compareKeys);
    case 'reverse-name':
      return [...names].sort((a, b) => compareKeys(b, a));
    default:
      return shuffle();
  }
}

function findUnknown(
  { zone, pool, names, fault }: NodeTarget,
  { roll, victims }: TargetScope,
): TargetProblem | undefined {
  const zoneText = zone === undefined ? undefined : [zone].flat().find((each) => !roll.zones.includes(each));
  if (zoneText !== undefined) return { key: 'zone', problem: unknownName('zone', 'zones', zoneText, roll.zones) };
  if (pool !== undefined && !roll.pools.includes(pool))
    return { key: 'pool', problem: unknownName('pool', 'pools', pool, roll.pools) };
  const known = roll.all.map((node) => node.name);
  const nameText = names?.find((each) => !known.includes(each));
  if (nameText !== undefined) return { key: 'names', problem: unknownName('node', 'nodes', nameText, known) };
  const step = fault?.replace('!', '');
  if (step === undefined || victims.has(step)) return undefined;
  return { key: 'fault', problem: unknownName('fault step', 'fault steps', step, [...victims.keys()]) };
}

function describeCluster(roll: NodeRoll): string {
  const zones = roll.zones.length === 0 ? '' : `, zones: ${listNames(roll.zones)}`;
  return `write one that does (pools: ${listNames(roll.pools)}${zones})`;
}
