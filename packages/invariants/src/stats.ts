/**
 * One number out of many, in whole thousandths: nothing here rounds in a way that depends on the order of things.
 * Percentiles are nearest-rank, so they are always a value that was seen.
 */
import { assert } from '@everynode/core/assert';
import type { Stat } from '@everynode/sim/plan';

/** A value and how much it counts: 1 for a sample, the instants for which it stood for a gauge. */
export interface Weighted {
  readonly value: number;
  readonly weight: number;
}

/** What a metric has seen in its window, in the order in which it came up. */
export interface Samples {
  readonly values: readonly Weighted[];
  /** What `count` says, where it is not the number of values. */
  readonly count?: number;
}

/** The values are whole numbers; the result is in thousandths of their unit. There must be a value. */
export function computeStat({ values, count }: Samples, stat: Stat): number {
  const last = values.at(-1);
  assert(last !== undefined, () => `${stat} of nothing`);
  switch (stat) {
    case 'min':
      return 1000 * values.reduce((least, { value }) => Math.min(least, value), last.value);
    case 'max':
      return 1000 * values.reduce((most, { value }) => Math.max(most, value), last.value);
    case 'last':
      return 1000 * last.value;
    case 'count':
      return 1000 * (count ?? values.length);
    case 'sum':
      return 1000 * values.reduce((sum, { value }) => sum + value, 0);
    case 'avg':
      return average(values);
    default:
      return 1000 * percentile(values, Number(stat.slice(1)));
  }
}

/** `2.5` for 2500 thousandths. */
export function thousandthsText(thousandths: number): string {
  const whole = Math.trunc(thousandths / 1000);
  const rest = Math.abs(thousandths % 1000);
  return rest === 0 ? String(whole) : `${whole}.${String(rest).padStart(3, '0').replace(/0+$/, '')}`;
}

/** Cut off, towards zero, after the third digit. */
function average(values: readonly Weighted[]): number {
  const total = values.reduce((sum, { value, weight }) => sum + value * weight, 0);
  const weight = values.reduce((sum, each) => sum + each.weight, 0);
  const whole = Math.trunc(total / weight);
  return 1000 * whole + Math.trunc((1000 * (total - whole * weight)) / weight);
}

/** The least value that at least `percent` of the weight does not exceed. */
function percentile(values: readonly Weighted[], percent: number): number {
  const ascending = [...values].sort((a, b) => a.value - b.value);
  const weight = ascending.reduce((sum, each) => sum + each.weight, 0);
  const needed = Math.ceil((weight * percent) / 100);
  let seen = 0;
  for (const each of ascending) {
    seen += each.weight;
    if (seen >= needed) return each.value;
  }
  return ascending.at(-1)?.value ?? 0;
}
