/**
 * What a kubelet does when memory or disk run low: which conditions it reports, and which pod goes first. Pure.
 * Twin: kubelet/eviction eviction_manager.go, helpers.go. Rules: E-1, E-2, E-4, E-9, E-12, E-14.
 */
import type { Pod } from '@everynode/core/api/pod';
import { formatMemory, parseMemoryBytes } from '@everynode/core/api/quantity';
import { podRequests } from '@everynode/core/match/podRequests';
import type { Machine } from '../seams/machine.ts';
import type { PressureResource } from '../seams/seams.ts';

/** One thing that can run low. Memory is dealt with first (E-7). */
export interface EvictionSignal {
  readonly resource: PressureResource;
  readonly condition: string;
  /** As pods request it, and as messages call it. */
  readonly name: string;
  /** Less than this is too little, strictly; a share of the capacity for disk (E-1). */
  readonly threshold: (capacityBytes: number) => number;
}

export const EVICTION_SIGNALS: readonly EvictionSignal[] = [
  {
    resource: 'memory',
    condition: 'MemoryPressure',
    name: 'memory',
    threshold: () => 100 * 2 ** 20,
  },
  {
    resource: 'disk',
    condition: 'DiskPressure',
    name: 'ephemeral-storage',
    threshold: (capacityBytes) => Math.trunc(capacityBytes / 10),
  },
];

/** What one look at a signal finds. */
export interface SignalReading {
  readonly isMet: boolean;
  /** Whether a pod may go for it; a fault may press the condition alone. */
  readonly evicts: boolean;
  readonly availableBytes: number;
  readonly thresholdBytes: number;
}

export function readSignal(machine: Machine, { resource, threshold }: EvictionSignal): SignalReading {
  const pressure = machine.pressure(resource);
  const availableBytes = machine.availableBytes(resource);
  const thresholdBytes = threshold(machine.capacityBytes(resource));
  const isMet = pressure !== 'none' || availableBytes < thresholdBytes;
  return { isMet, evicts: isMet && pressure !== 'condition', availableBytes, thresholdBytes };
}

/** A pod that could be evicted, and what it uses. */
export interface EvictionCandidate {
  readonly pod: Pod;
  readonly memoryBytes: number;
  readonly diskBytes: number;
}

/** First to go first: beyond its request, of low priority, far beyond its request (E-9); then by name, where Go has no order. */
export function rankForEviction<T extends EvictionCandidate>(
  candidates: readonly T[],
  signal: EvictionSignal,
): readonly T[] {
  const excess = (candidate: T): number => usageOf(candidate, signal) - (podRequests(candidate.pod)[signal.name] ?? 0);
  return [...candidates].sort((a, b) => {
    const isBeyondA = excess(a) > 0;
    const isBeyondB = excess(b) > 0;
    if (isBeyondA !== isBeyondB) return isBeyondA ? -1 : 1;
    const byPriority = (a.pod.spec.priority ?? 0) - (b.pod.spec.priority ?? 0);
    if (byPriority !== 0) return byPriority;
    return excess(b) - excess(a);
  });
}

/**
 * Text of status and ApiEvent; the trailing spaces are real. A container is named that uses more
 * than it requests; what the pod uses is taken to be spread evenly over its containers (E-12).
 */
export function evictionMessage(candidate: EvictionCandidate, signal: EvictionSignal, reading: SignalReading): string {
  const { name } = signal;
  const texts = [`The node was low on resource: ${name}. `];
  const available = formatMemory(reading.availableBytes);
  texts.push(`Threshold quantity: ${formatMemory(reading.thresholdBytes)}, available: ${available}. `);
  const { containers } = candidate.pod.spec;
  const usedBytes = Math.trunc(usageOf(candidate, signal) / Math.max(1, containers.length));
  for (const { name: container, resources } of containers) {
    const request = resources?.requests?.[name];
    if (usedBytes <= (parseMemoryBytes(request) ?? 0)) continue;
    const larger = `has larger consumption of ${name}. `;
    texts.push(`Container ${container} was using ${formatMemory(usedBytes)}, request is ${request ?? 0}, ${larger}`);
  }
  return texts.join('');
}

/** Conditions in force: those seen within the transition period, strictly (E-4). */
export function conditionsInForce(
  lastSeenMs: ReadonlyMap<string, number>,
  periodMs: number,
  nowMs: number,
): readonly string[] {
  return EVICTION_SIGNALS.map(({ condition }) => condition).filter((condition) => {
    const seenMs = lastSeenMs.get(condition);
    return seenMs !== undefined && nowMs - seenMs < periodMs;
  });
}

function usageOf({ memoryBytes, diskBytes }: EvictionCandidate, { resource }: EvictionSignal): number {
  return resource === 'memory' ? memoryBytes : diskBytes;
}
