/** Where the time axis lies on the screen, for everything that is drawn over it or points at it. */
import type { TimeRange } from './laneRaster.ts';

/** Room for names on the left of every part, in CSS pixels. */
export const GUTTER = 132;

/** The instant under a pointer; outside of the area that of its nearest edge. */
export function instantAt({ fromMs, toMs }: TimeRange, plot: HTMLElement, clientX: number): number {
  const { left } = plot.getBoundingClientRect();
  const share = (clientX - left - GUTTER) / Math.max(1, plot.clientWidth - GUTTER);
  return fromMs + Math.min(1, Math.max(0, share)) * (toMs - fromMs);
}
