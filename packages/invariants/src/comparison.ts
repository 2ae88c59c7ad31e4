/** A number compared with what a scenario allows: `eq`, `gt`, `gte`, `lt`, `lte`, all that are given must hold. */
import { count, optional, type Param } from '@everynode/sim/params';
import type { Comparison } from '@everynode/sim/plan';

/** The bounds as they stand in the plan. */
export type Bounds = Readonly<Partial<Record<Comparison, number>>>;

const SIGNS: readonly (readonly [Comparison, string])[] = [
  ['eq', '='],
  ['gt', '>'],
  ['gte', '≥'],
  ['lt', '<'],
  ['lte', '≤'],
];

/** Parameters of every expectation that compares a number. */
export const BOUND_PARAMS: {
  readonly eq: Param<number, true>;
  readonly gt: Param<number, true>;
  readonly gte: Param<number, true>;
  readonly lt: Param<number, true>;
  readonly lte: Param<number, true>;
} = {
  eq: optional(count('exactly this many')),
  gt: optional(count('more than this many')),
  gte: optional(count('at least this many')),
  lt: optional(count('fewer than this many')),
  lte: optional(count('at most this many')),
};

/** Whether the number passes all bounds; without any bound every number does. */
export function isWithin(value: number, bounds: Bounds): boolean {
  const { eq, gt, gte, lt, lte } = bounds;
  return (
    (eq === undefined || value === eq) &&
    (gt === undefined || value > gt) &&
    (gte === undefined || value >= gte) &&
    (lt === undefined || value < lt) &&
    (lte === undefined || value <= lte)
  );
}

/** `≥ 51`, or `> 1 and < 4`; `anything` without a bound. */
export function boundsText(bounds: Bounds): string {
  const parts = SIGNS.flatMap(([name, sign]) => (bounds[name] === undefined ? [] : [`${sign} ${bounds[name]}`]));
  return parts.length === 0 ? 'anything' : parts.join(' and ');
}

/**
 * How far a number lies on the bad side; the larger, the worse, below zero where it is good.
 * Of several bounds the one that is missed most counts.
 */
export function badness(value: number, bounds: Bounds): number | undefined {
  const { eq, gt, gte, lt, lte } = bounds;
  const parts = [
    ...(eq === undefined ? [] : [Math.abs(value - eq)]),
    ...(gt === undefined ? [] : [gt + 1 - value]),
    ...(gte === undefined ? [] : [gte - value]),
    ...(lt === undefined ? [] : [value - lt + 1]),
    ...(lte === undefined ? [] : [value - lte]),
  ];
  return parts.length === 0 ? undefined : Math.max(...parts);
}
