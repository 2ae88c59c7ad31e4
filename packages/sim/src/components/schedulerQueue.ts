/**
 * Pods that wait for a node: those whose turn may come, those that wait out a backoff, and those that were refused and
 * wait for something to change. Data only: whoever drives it tells the time. Twin: backend/queue scheduling_queue.go. Rules: S-1, S-6.
 */
import { keyOf, type ObjectKey } from '@everynode/core/api/meta';
import type { Pod } from '@everynode/core/api/pod';
import { MinHeap } from '@everynode/core/machinery/minHeap';
import type { FilterName } from './schedulerFilters.ts';

const BACKOFF_FIRST_MS = 1000;
const BACKOFF_MAX_MS = 10_000;

export interface QueuedPod {
  readonly key: ObjectKey;
  pod: Pod;
  /** Nodes that its affinity names; undefined: any. */
  readonly pinned: readonly string[] | undefined;
  /** Results that refused it, and errors in a row: each has its own backoff. */
  refusals: number;
  errors: number;
  lastAttemptMs: number;
  /** When its backoff ends; while it waits that out. */
  dueMs: number;
  refusedBy: ReadonlySet<FilterName>;
  /** Record that put it where it is. */
  cause: number | undefined;
  place: 'active' | 'backoff' | 'unschedulable' | 'inCycle' | 'gone';
}

interface Waiting {
  readonly entry: QueuedPod;
  readonly dueMs: number;
  readonly order: number;
}

export class SchedulerQueue {
  readonly #pods = new Map<ObjectKey, QueuedPod>();
  /** By priority; within one in the order in which they came. Entries that are no longer active are skipped. */
  readonly #active = new Map<number, QueuedPod[]>();
  /** By the end of the backoff; those that are no longer there are skipped. */
  readonly #backoff = new MinHeap<Waiting>(isBefore);
  #order = 0;
  readonly #refusedByNode = new Map<string, Set<QueuedPod>>();

  find(key: ObjectKey): QueuedPod | undefined {
    return this.#pods.get(key);
  }

  get size(): number {
    return this.#pods.size;
  }

  /** A new pod, or a newer picture of one that waits; another uid is another pod. */
  put(pod: Pod, pinned: readonly string[] | undefined, cause: number | undefined): QueuedPod {
    const known = this.#pods.get(keyOf(pod));
    if (known !== undefined && known.pod.metadata.uid === pod.metadata.uid) {
      known.pod = pod;
      return known;
    }
    if (known !== undefined) this.remove(known.key);
    const entry: QueuedPod = {
      key: keyOf(pod),
      pod,
      pinned,
      refusals: 0,
      errors: 0,
      lastAttemptMs: 0,
      dueMs: 0,
      refusedBy: new Set(),
      cause,
      place: 'active',
    };
    this.#pods.set(entry.key, entry);
    this.#push(entry);
    return entry;
  }

  remove(key: ObjectKey): void {
    const entry = this.#pods.get(key);
    if (entry === undefined) return;
    this.#unlist(entry);
    entry.place = 'gone';
    this.#pods.delete(key);
  }

  /** The next in turn: highest priority first, then who has waited longest. */
  pop(): QueuedPod | undefined {
    let best: number | undefined;
    for (const [priority, list] of this.#active) {
      while (list.length > 0 && list[0]?.place !== 'active') list.shift();
      if (list.length > 0 && (best === undefined || priority > best)) best = priority;
    }
    const entry = best === undefined ? undefined : this.#active.get(best)?.shift();
    if (entry !== undefined) entry.place = 'inCycle';
    return entry;
  }

  /** With nothing else to do: the one whose backoff ends first, of equals the most important. Errors are waited out. */
  popEarly(): QueuedPod | undefined {
    for (;;) {
      const next = this.#backoff.pop();
      if (next === undefined) return undefined;
      const { entry, dueMs } = next;
      if (entry.place !== 'backoff' || entry.dueMs !== dueMs || entry.errors > 0) continue;
      entry.place = 'inCycle';
      return entry;
    }
  }

  activate(entry: QueuedPod): void {
    if (entry.place === 'gone' || entry.place === 'active') return;
    this.#unlist(entry);
    entry.place = 'active';
    this.#push(entry);
  }

  /** Waits for something to change about the filters that refused it. */
  refuse(entry: QueuedPod, refusedBy: ReadonlySet<FilterName>, nowMs: number): void {
    entry.refusedBy = refusedBy;
    entry.refusals += 1;
    entry.errors = 0;
    entry.lastAttemptMs = nowMs;
    entry.place = 'unschedulable';
    for (const nodeName of entry.pinned ?? ['']) this.#refusedOn(nodeName).add(entry);
  }

  /** Refused pods for which a change of this node, as these filters see it, may make a difference. */
  touched(nodeName: string, filters: ReadonlySet<FilterName>): readonly QueuedPod[] {
    return this.#refusedByAny([nodeName, ''], filters);
  }

  /** The same of any node at all. */
  touchedAnywhere(filters: ReadonlySet<FilterName>): readonly QueuedPod[] {
    return this.#refusedByAny([...this.#refusedByNode.keys()], filters);
  }

  #refusedByAny(nodeNames: readonly string[], filters: ReadonlySet<FilterName>): readonly QueuedPod[] {
    const all = [...new Set(nodeNames.flatMap((name) => [...(this.#refusedByNode.get(name) ?? [])]))];
    return all.filter(({ refusedBy }) => [...refusedBy].some((filter) => filters.has(filter)));
  }

  /** Until when the pod has to wait before another attempt, counted from its last (S-6). */
  backoffEndMs({ errors, refusals, lastAttemptMs }: QueuedPod): number {
    const failures = errors > 0 ? errors : refusals;
    if (failures === 0) return lastAttemptMs;
    return lastAttemptMs + Math.min(BACKOFF_FIRST_MS * 2 ** Math.min(failures - 1, 10), BACKOFF_MAX_MS);
  }

  /** Out of the pool of refused ones, to wait out its backoff until then. */
  holdBack(entry: QueuedPod, dueMs: number): void {
    this.#unlist(entry);
    entry.place = 'backoff';
    entry.dueMs = dueMs;
    this.#order += 1;
    this.#backoff.push({ entry, dueMs, order: this.#order });
  }

  #push(entry: QueuedPod): void {
    const priority = entry.pod.spec.priority ?? 0;
    const list = this.#active.get(priority);
    if (list === undefined) this.#active.set(priority, [entry]);
    else list.push(entry);
  }

  #unlist(entry: QueuedPod): void {
    for (const nodeName of entry.pinned ?? ['']) this.#refusedByNode.get(nodeName)?.delete(entry);
  }

  #refusedOn(nodeName: string): Set<QueuedPod> {
    const known = this.#refusedByNode.get(nodeName);
    if (known !== undefined) return known;
    const list = new Set<QueuedPod>();
    this.#refusedByNode.set(nodeName, list);
    return list;
  }
}

function isBefore(a: Waiting, b: Waiting): boolean {
  if (a.dueMs !== b.dueMs) return a.dueMs < b.dueMs;
  const [first, second] = [a.entry.pod.spec.priority ?? 0, b.entry.pod.spec.priority ?? 0];
  return first !== second ? first > second : a.order < b.order;
}
