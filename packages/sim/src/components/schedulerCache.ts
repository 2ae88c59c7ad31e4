/**
 * What the scheduler believes to be on each node: pods that its watch shows there, and those it has just assigned and
 * not seen yet. Kept up to date one pod at a time. Rules: S-4, S-10, K-13.
 */
import { keyOf, type ObjectKey } from '@everynode/core/api/meta';
import type { Pod } from '@everynode/core/api/pod';
import { type HostPort, hostPorts } from '@everynode/core/match/hostPorts';
import { podRequests } from '@everynode/core/match/podRequests';
import type { NodeUsage } from './schedulerFilters.ts';

interface NodeEntry {
  readonly pods: Map<ObjectKey, Pod>;
  readonly requests: Record<string, number>;
  ports: readonly HostPort[];
}

const EMPTY: NodeUsage = { pods: 0, requests: {}, ports: [] };

export class SchedulerCache {
  readonly #nodes = new Map<string, NodeEntry>();
  readonly #nodeOf = new Map<ObjectKey, string>();

  /** Puts a pod on a node, in place of an older picture of it. */
  put(pod: Pod, nodeName: string): void {
    const key = keyOf(pod);
    const known = this.#nodes.get(nodeName)?.pods.get(key);
    // Status changes alone move nothing.
    if (known !== undefined && known.spec === pod.spec) {
      this.#nodes.get(nodeName)?.pods.set(key, pod);
      return;
    }
    this.remove(key);
    const entry = this.#entryOf(nodeName);
    entry.pods.set(key, pod);
    this.#nodeOf.set(key, nodeName);
    for (const [name, amount] of Object.entries(podRequests(pod)))
      entry.requests[name] = (entry.requests[name] ?? 0) + amount;
    if (hostPorts(pod).length > 0) entry.ports = [...entry.ports, ...hostPorts(pod)];
  }

  /** The node that the pod was on, if it was on any. */
  remove(key: ObjectKey): string | undefined {
    const nodeName = this.#nodeOf.get(key);
    if (nodeName === undefined) return undefined;
    this.#nodeOf.delete(key);
    const entry = this.#entryOf(nodeName);
    const pod = entry.pods.get(key);
    entry.pods.delete(key);
    if (pod === undefined) return nodeName;
    for (const [name, amount] of Object.entries(podRequests(pod)))
      entry.requests[name] = (entry.requests[name] ?? 0) - amount;
    if (hostPorts(pod).length > 0) entry.ports = [...entry.pods.values()].flatMap(hostPorts);
    return nodeName;
  }

  usage(nodeName: string): NodeUsage {
    const entry = this.#nodes.get(nodeName);
    if (entry === undefined) return EMPTY;
    return { pods: entry.pods.size, requests: entry.requests, ports: entry.ports };
  }

  podsOn(nodeName: string): readonly Pod[] {
    return [...(this.#nodes.get(nodeName)?.pods.values() ?? [])];
  }

  #entryOf(nodeName: string): NodeEntry {
    const known = this.#nodes.get(nodeName);
    if (known !== undefined) return known;
    const entry: NodeEntry = { pods: new Map(), requests: {}, ports: [] };
    this.#nodes.set(nodeName, entry);
    return entry;
  }
}

/** The sum of some pods, as preemption asks for it. */
export function usageOfPods(pods: readonly Pod[]): NodeUsage {
  const requests: Record<string, number> = {};
  for (const pod of pods) {
    for (const [name, amount] of Object.entries(podRequests(pod))) requests[name] = (requests[name] ?? 0) + amount;
  }
  return { pods: pods.length, requests, ports: pods.flatMap(hostPorts) };
}
