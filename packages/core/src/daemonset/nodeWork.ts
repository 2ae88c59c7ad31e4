/** What one pass wants done. Twin: daemon_controller.go syncNodes, its first lines. Rules: DS-S1, DS-S8. */
import type { Pod } from '../api/pod.ts';

/** Creations, and deletions, that one pass issues at most; the rest is found again by the next sync (DS-S1, DS-S8). */
const BURST_REPLICAS = 250;

export interface NodeWork {
  readonly createOn: readonly string[];
  readonly deletePods: readonly Pod[];
}

export function cutToBurst(work: NodeWork): NodeWork {
  return { createOn: work.createOn.slice(0, BURST_REPLICAS), deletePods: work.deletePods.slice(0, BURST_REPLICAS) };
}
