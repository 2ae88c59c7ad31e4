/**
 * Limits on what a pod writes to its node, which a kubelet holds every pod to at every evaluation, whether the disk is
 * full or not. Twin: kubelet/eviction eviction_manager.go localStorageEviction. Rules: E-6, E-12.
 */
import type { Pod } from '@everynode/core/api/pod';
import { formatMemory } from '@everynode/core/api/quantity';
import { parseAmounts } from '@everynode/core/match/podRequests';
import type { RoomView } from '../seams/machineRoom.ts';
import type { Watched } from '../seams/shortage.ts';

const STORAGE = 'ephemeral-storage';

/** Container → bytes it may write; absent: as many as it likes. */
type Limits = ReadonlyMap<string, number>;

const limitsOf = new WeakMap<Pod['spec'], Limits>();

/** Why this pod has to go; undefined: it keeps its limits. The whole pod is looked at first. */
export function brokenStorageLimit(pod: Pod, room: RoomView): string | undefined {
  const limits = storageLimits(pod);
  const uid = pod.metadata.uid ?? '';
  if (limits.size === 0) return undefined;
  const total = totalOf(limits);
  if (room.used(uid, 'disk') > total)
    return `Pod ephemeral local storage usage exceeds the total limit of containers ${formatMemory(total)}. `;
  for (const [name, limit] of limits) {
    if (room.usedByContainer(uid, name, 'disk') > limit)
      return `Container ${name} exceeded its local ephemeral storage limit "${formatMemory(limit)}". `;
  }
  return undefined;
}

/** The limits of a pod, as rooms that can become too small. */
export function watchStorageLimits(pod: Pod, room: RoomView): readonly Watched[] {
  const limits = storageLimits(pod);
  if (limits.size === 0) return [];
  const uid = pod.metadata.uid ?? '';
  const watch = (limit: number, used: (inMs: number) => number): Watched => ({
    slack: (inMs) => limit - used(inMs),
    leastSlack: () => limit - room.mostUsed(uid, 'disk'),
    growth: (inMs, stepMs) => room.usedGrowth(uid, 'disk', inMs, stepMs),
  });
  return [
    watch(totalOf(limits), (inMs) => room.used(uid, 'disk', inMs)),
    ...[...limits].map(([name, limit]) => watch(limit, (inMs) => room.usedByContainer(uid, name, 'disk', inMs))),
  ];
}

function totalOf(limits: Limits): number {
  return [...limits.values()].reduce((sum, limit) => sum + limit, 0);
}

function storageLimits({ spec }: Pod): Limits {
  let limits = limitsOf.get(spec);
  if (limits !== undefined) return limits;
  limits = new Map(
    spec.containers.flatMap(({ name, resources }): readonly (readonly [string, number])[] => {
      const limit = parseAmounts(resources?.limits)[STORAGE] ?? 0;
      return limit === 0 ? [] : [[name, limit]];
    }),
  );
  limitsOf.set(spec, limits);
  return limits;
}
