/**
 * The scheduler as a process: one pod after the other gets a node that takes it, by a picture that may be old; who finds
 * none waits until something changes. Twin: pkg/scheduler schedule_one.go, eventhandlers.go. Rules: S-1…S-11.
 */
import { isDeepEqual } from '@everynode/core/api/canonicalJson';
import { isTerminating, keyOf } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import { isTerminal, type Pod } from '@everynode/core/api/pod';
import { drawLatency } from '../engine/latencies.ts';
import type { Rng } from '../engine/rng.ts';
import type { ComponentContext, ComponentDefinition, Informer } from './component.ts';
import { SchedulerCache } from './schedulerCache.ts';
import { SchedulerCycle } from './schedulerCycle.ts';
import { type FilterName, pinnedNodes } from './schedulerFilters.ts';
import { type QueuedPod, SchedulerQueue, UNSCHEDULABLE_MAX_MS } from './schedulerQueue.ts';

const SCHEDULER_NAME = 'default-scheduler';
const ALL_FILTERS: ReadonlySet<FilterName> = new Set<FilterName>([
  'NodeUnschedulable',
  'NodeName',
  'TaintToleration',
  'NodeAffinity',
  'NodePorts',
  'NodeResourcesFit',
]);
const ROOM_FILTERS: ReadonlySet<FilterName> = new Set<FilterName>(['NodePorts', 'NodeResourcesFit']);

export const scheduler: ComponentDefinition = {
  name: 'kube-scheduler',
  limits: () => ({ qps: 50, burst: 100 }),
  start: (ctx) => new Scheduler(ctx).start(),
};

class Scheduler {
  readonly #ctx: ComponentContext;
  readonly #rng: Rng;
  readonly #queue = new SchedulerQueue();
  readonly #cache = new SchedulerCache();
  #nodes: Informer<'Node'> | undefined;
  #pods: Informer<'Pod'> | undefined;
  #cycle: SchedulerCycle | undefined;
  #isBusy = false;

  constructor(ctx: ComponentContext) {
    this.#ctx = ctx;
    this.#rng = ctx.rng('cycle');
  }

  start(): void {
    const ctx = this.#ctx;
    const nodes = ctx.watch('Node', {
      added: (node) => this.#wake(node.metadata.name, ALL_FILTERS),
      updated: (before, after) => this.#wake(after.metadata.name, changedFilters(before, after)),
      synced: () => this.#pump(),
    });
    this.#nodes = nodes;
    this.#pods = ctx.watch('Pod', {
      added: (pod) => this.#podSeen(pod),
      updated: (_before, pod) => this.#podSeen(pod),
      deleted: (pod) => this.#podGone(pod),
      synced: () => this.#pump(),
    });
    this.#cycle = new SchedulerCycle({
      ctx,
      nodes,
      latestPod: (key) => this.#pods?.get(key),
      cache: this.#cache,
      queue: this.#queue,
      refused: (entry, filters) => this.#refused(entry, filters),
      failed: (entry) => this.#failed(entry),
    });
  }

  #podSeen(pod: Pod): void {
    const { nodeName = '', schedulerName = SCHEDULER_NAME } = pod.spec;
    if (nodeName !== '') {
      this.#queue.remove(keyOf(pod));
      this.#cycle?.confirm(keyOf(pod));
      if (isTerminal(pod)) this.#leftNode(pod);
      else this.#cache.put(pod, nodeName);
    } else if (isTerminal(pod) || isTerminating(pod)) this.#queue.remove(keyOf(pod));
    else if (schedulerName === SCHEDULER_NAME && this.#cycle?.isAssumed(pod) !== true) {
      this.#queue.put(pod, pinnedNodes(pod), this.#ctx.trace.cause);
      this.#pump();
    }
  }

  #podGone(pod: Pod): void {
    this.#queue.remove(keyOf(pod));
    this.#cycle?.forget(pod);
    this.#leftNode(pod);
  }

  #leftNode(pod: Pod): void {
    const nodeName = this.#cache.remove(keyOf(pod));
    if (nodeName !== undefined) this.#wake(nodeName, ROOM_FILTERS);
  }

  /** Something changed about a node: those that were refused for such a thing get another try (S-6). */
  #wake(nodeName: string, filters: ReadonlySet<FilterName>): void {
    if (filters.size === 0) return;
    for (const entry of this.#queue.touched(nodeName, filters)) this.#release(entry);
    this.#pump();
  }

  #release(entry: QueuedPod): void {
    const waitMs = this.#queue.backoffMs(entry, this.#ctx.nowMs());
    entry.cause = this.#ctx.trace.cause;
    if (waitMs === 0) {
      this.#queue.activate(entry);
      return;
    }
    this.#queue.holdBack(entry);
    this.#ctx.schedule(waitMs, () => {
      if (entry.place === 'backoff') this.#queue.activate(entry);
      this.#pump();
    });
  }

  /** Refused: waits for a change, at the longest five minutes. */
  #refused(entry: QueuedPod, filters: ReadonlySet<FilterName>): void {
    if (entry.place === 'gone') return;
    const nowMs = this.#ctx.nowMs();
    this.#queue.refuse(entry, filters, nowMs);
    this.#ctx.schedule(UNSCHEDULABLE_MAX_MS, () => {
      if (entry.place === 'unschedulable' && entry.lastAttemptMs === nowMs) this.#queue.activate(entry);
      this.#pump();
    });
  }

  /** Trouble with the API, not with the nodes: a try later, by a backoff of its own. */
  #failed(entry: QueuedPod): void {
    if (entry.place === 'gone') return;
    entry.errors += 1;
    entry.lastAttemptMs = this.#ctx.nowMs();
    this.#release(entry);
  }

  #pump(): void {
    if (this.#isBusy || this.#nodes?.hasSynced !== true || this.#pods?.hasSynced !== true) return;
    const entry = this.#queue.pop();
    if (entry === undefined) return;
    this.#isBusy = true;
    const cycleMs = drawLatency(this.#rng, 'schedulingCycle', this.#ctx.settings.latencyPercent);
    this.#ctx.trace.causedBy(entry.cause, () =>
      this.#ctx.schedule(cycleMs, () => {
        this.#isBusy = false;
        if (entry.place !== 'gone') this.#cycle?.run(entry);
        this.#pump();
      }),
    );
  }
}

/** Which filters may answer otherwise after this update; a heartbeat changes none of them (S-6). */
export function changedFilters(before: Node, after: Node): ReadonlySet<FilterName> {
  const filters = new Set<FilterName>();
  if (!isDeepEqual(before.status?.allocatable ?? {}, after.status?.allocatable ?? {})) filters.add('NodeResourcesFit');
  if (!isDeepEqual(before.metadata.labels ?? {}, after.metadata.labels ?? {})) filters.add('NodeAffinity');
  const isSameTaints = isDeepEqual(before.spec?.taints ?? [], after.spec?.taints ?? []);
  if (!isSameTaints || before.spec?.unschedulable !== after.spec?.unschedulable) {
    filters.add('TaintToleration');
    filters.add('NodeUnschedulable');
  }
  return filters;
}
