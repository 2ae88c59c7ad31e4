/**
 * Whom a kubelet evicts when something runs low, and what it says about it. Pure.
 * Twin: kubelet/eviction helpers.go rankMemoryPressure and its like, evictionMessage. Rules: E-9, E-12.
 */
import type { Pod } from '@everynode/core/api/pod';
import { formatDecimal, formatMemory, parseMemoryBytes } from '@everynode/core/api/quantity';
import { podRequests } from '@everynode/core/match/podRequests';
import type { Reading } from './evictionManagerState.ts';
import { amountOf, type StarvedResource, type Threshold } from './evictionManagerThresholds.ts';

/** A pod that could be evicted. */
export interface EvictionCandidate {
  readonly pod: Pod;
  /** What it uses of the starved resource; undefined: nothing was measured, since nothing of it runs. */
  readonly usage: number | undefined;
}

/** A container that has been measured. */
export interface ContainerUse {
  readonly name: string;
  readonly usage: number;
}

/** First to go first. Where all is equal the order is that of the list, since Go has none. */
export function rankForEviction<T extends EvictionCandidate>(
  candidates: readonly T[],
  resource: StarvedResource,
): readonly T[] {
  const keys =
    resource === 'pids'
      ? [byPriority, byUsage(() => 0)]
      : [
          byExcess(requestOf(resource)),
          byPriority,
          byUsage(requestOf(resource === 'inodes' ? 'ephemeral-storage' : resource)),
        ];
  return [...candidates].sort((a, b) => {
    for (const key of keys) {
      const order = key(a, b);
      if (order !== 0) return order;
    }
    return 0;
  });
}

/** Text of status and ApiEvent; the trailing spaces are real (E-12). */
export function evictionMessage(
  pod: Pod,
  resource: StarvedResource,
  { value }: Threshold,
  reading: Reading,
  containers: readonly ContainerUse[],
): string {
  const isCounted = resource === 'inodes' || resource === 'pids';
  const available = isCounted ? formatDecimal(reading.available) : formatMemory(reading.available);
  const quantity = formatMemory(amountOf(value, reading.capacity));
  const texts = [
    `The node was low on resource: ${resource}. `,
    `Threshold quantity: ${quantity}, available: ${available}. `,
  ];
  // Nobody knows how many inodes or processes a single container has.
  for (const { name, usage } of isCounted ? [] : containers) {
    const request = pod.spec.containers.find((container) => container.name === name)?.resources?.requests?.[resource];
    if (usage <= (parseMemoryBytes(request) ?? 0)) continue;
    const larger = `has larger consumption of ${resource}. `;
    texts.push(`Container ${name} was using ${formatMemory(usage)}, request is ${request ?? 0}, ${larger}`);
  }
  return texts.join('');
}

type Key = (a: EvictionCandidate, b: EvictionCandidate) => number;

/** No pod asks for inodes: whoever has one has more than that. */
function requestOf(resource: StarvedResource): (pod: Pod) => number {
  return (pod) => podRequests(pod)[resource] ?? 0;
}

function byExcess(request: (pod: Pod) => number): Key {
  return (a, b) => unmeasuredFirst(a, b) ?? Number(isBeyond(b, request)) - Number(isBeyond(a, request));
}

function isBeyond({ pod, usage = 0 }: EvictionCandidate, request: (pod: Pod) => number): boolean {
  return usage > request(pod);
}

/** For inodes upstream takes the bytes of storage that a pod asks for off its number of inodes, so it ranks last (E-9). */
function byUsage(request: (pod: Pod) => number): Key {
  return (a, b) => unmeasuredFirst(a, b) ?? (b.usage ?? 0) - request(b.pod) - ((a.usage ?? 0) - request(a.pod));
}

function byPriority(a: EvictionCandidate, b: EvictionCandidate): number {
  return (a.pod.spec.priority ?? 0) - (b.pod.spec.priority ?? 0);
}

/** Undefined: both have been measured. */
function unmeasuredFirst(a: EvictionCandidate, b: EvictionCandidate): number | undefined {
  if (a.usage !== undefined && b.usage !== undefined) return undefined;
  return Number(a.usage !== undefined) - Number(b.usage !== undefined);
}
