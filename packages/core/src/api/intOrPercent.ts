/** Numbers that may be given as a percentage of the nodes that should run a pod. Twin: apimachinery util/intstr. Rules: DS-U2, DS-V18. */
import { assert } from '../assert.ts';
import type { IntOrPercent } from './daemonSet.ts';

const PERCENT = /^([0-9]+)%$/;

/** The percentage of `30%`, or undefined for a number or for anything else. */
export function parsePercent(value: IntOrPercent | undefined): number | undefined {
  const match = typeof value === 'string' ? PERCENT.exec(value) : null;
  return match === null ? undefined : Number(match[1]);
}

/** A plain number as it is, a percentage of `total` rounded up; undefined where the text is neither. */
export function resolveIntOrPercent(value: IntOrPercent | undefined, total: number): number | undefined {
  assert(Number.isSafeInteger(total) && total >= 0, () => `a percentage is taken of a number of nodes, got ${total}`);
  if (typeof value === 'number') return value;
  const percent = parsePercent(value);
  return percent === undefined ? undefined : Math.trunc((percent * total + 99) / 100);
}
