/** How long a step of a kubelet's work takes, drawn anew at each call. Rules: V-8…V-17. */
import { type LatencyName, latencyDraw } from '../engine/latencies.ts';
import type { KubeletContext } from './component.ts';

export function latencyOf(ctx: KubeletContext, name: LatencyName): () => number {
  const rng = ctx.rng('latency');
  const draw = latencyDraw(name, ctx.settings.latencyPercent);
  return () => rng.draw(draw);
}
