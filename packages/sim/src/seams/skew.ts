/** How far a wrong clock is off at an instant. Rules: V-23. */
import type { ClockSkew } from './seams.ts';

/** One way in which a clock is off. */
export interface Skew extends ClockSkew {
  readonly stepId: string;
  readonly sinceMs: number;
}

/** Its offset and what it has gained or lost since; multiplied in parts, since years of milliseconds times odds leave the safe integers. */
export function offMs({ byMs, drift, sinceMs }: Skew, nowMs: number): number {
  if (drift === undefined) return byMs;
  const { numerator, denominator } = drift;
  const elapsedMs = nowMs - sinceMs;
  const whole = Math.trunc(elapsedMs / denominator);
  return byMs + whole * numerator + Math.trunc(((elapsedMs - whole * denominator) * numerator) / denominator);
}
