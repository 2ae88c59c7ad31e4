/**
 * The passes that a node was left out of, since nothing but time could change what they would have seen of it: what
 * they would have noticed is made up for when the node is looked at again. Rules: N-3.
 */
import { formatMicroTime, formatTime } from '@everynode/core/api/time';
import { HEARTBEAT_LEGS } from '../engine/pulse.ts';
import type { NodeHealth } from './nodeLifecycleHealth.ts';
import type { Member } from './nodeLifecycleMembers.ts';

/** A lease is renewed more often than this, so older passes cannot have noticed the newest beat. */
const KEPT_MS = 15_000;

export class NodeLifecyclePasses {
  #atMs: number[] = [];

  add(nowMs: number): void {
    const kept = this.#atMs.filter((atMs, at) => at === this.#atMs.length - 1 || atMs >= nowMs - KEPT_MS);
    this.#atMs = [...kept, nowMs];
  }

  /** What would be known of the node if no pass since the last look had left it out. */
  catchUp({ health, lookedAtMs, pulse }: Member): NodeHealth | undefined {
    const lastAtMs = this.#atMs.at(-1);
    if (health === undefined || lastAtMs === undefined || lastAtMs <= lookedAtMs) return health;
    const [renewedAtMs, reportedAtMs] = [pulse.renewals.seenBy(lastAtMs), pulse.reports.seenBy(lastAtMs)];
    const newestAtMs = Math.max(renewedAtMs ?? -Infinity, reportedAtMs ?? -Infinity);
    const shownAtMs = newestAtMs + HEARTBEAT_LEGS.requestMs + HEARTBEAT_LEGS.watchMs;
    const noticedAtMs = this.#atMs.find((atMs) => atMs > lookedAtMs && atMs >= shownAtMs);
    if (newestAtMs === -Infinity || noticedAtMs === undefined) return health;
    return {
      ...health,
      probeAtMs: Math.max(health.probeAtMs, noticedAtMs),
      renewTime: renewedAtMs === undefined ? health.renewTime : formatMicroTime(renewedAtMs),
      heartbeat: reportedAtMs === undefined ? health.heartbeat : formatTime(reportedAtMs),
    };
  }
}
