/**
 * The scheduler as a process: one pod after the other gets a node that takes it, by a picture that may be old; who finds
 * none waits until something changes. Twin: pkg/scheduler schedule_one.go, eventhandlers.go. Rules: S-1…S-11.
 */
import { isDeepEqual } from '@everynode/core/api/canonicalJson';
import { isTerminating, keyOf } from '@everynode/core/api/meta';
import { isTerminal, type Pod } from '@everynode/core/api/pod';
import { drawLatency } from '../engine/latencies.ts';
import type { Rng } from '../engine/rng.ts';
import type { ComponentContext, ComponentDefinition, Informer } from './component.ts';
import { SchedulerCache } from './schedulerCache.ts';
import { SchedulerCycle } from './schedulerCycle.ts';
import { backoffRoundMs, leftoverRoundMs } from './schedulerBackoff.ts';
import { type FilterName, pinnedNodes } from './schedulerFilters.ts';
import { type ClusterEvent, filtersOf, mayHelp } from './schedulerHints.ts';
import { type QueuedPod, SchedulerQueue } from './schedulerQueue.ts';

const SCHEDULER_NAME = 'default-scheduler';
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
  readonly #startedAtMs: number;
  #isBusy = false;

  constructor(ctx: ComponentContext) {
    this.#ctx = ctx;
    this.#rng = ctx.rng('cycle');
    this.#startedAtMs = ctx.nowMs();
  }

  start(): void {
    const ctx = this.#ctx;
    const nodes = ctx.watch('Node', {
      added: (node) => this.#wake({ node: node.metadata.name, before: undefined, after: node }),
      updated: (before, after) => this.#wake({ node: after.metadata.name, before, after }),
      synced: () => this.#pump(),
    });
    this.#nodes = nodes;
    this.#pods = ctx.watch('Pod', {
      added: (pod) => this.#podSeen(pod),
      updated: (before, pod) => this.#podSeen(pod, before),
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

  #podSeen(pod: Pod, before?: Pod): void {
    const { nodeName = '', schedulerName = SCHEDULER_NAME } = pod.spec;
    if (nodeName !== '') {
      this.#queue.remove(keyOf(pod));
      this.#cycle?.confirm(keyOf(pod));
      if (isTerminal(pod)) this.#leftNode(pod);
      else this.#cache.put(pod, nodeName);
    } else if (isTerminal(pod) || isTerminating(pod)) this.#queue.remove(keyOf(pod));
    else if (schedulerName === SCHEDULER_NAME && this.#cycle?.isAssumed(pod) !== true) {
      const entry = this.#queue.put(pod, pinnedNodes(pod), this.#ctx.trace.cause);
      if (entry.place === 'unschedulable' && before !== undefined && isChanged(before, pod)) this.#release(entry);
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
    if (nodeName !== undefined) this.#wake({ node: nodeName, left: pod });
  }

  /** Something happened to a node: those that were refused for such a thing get another try (S-6). */
  #wake(event: ClusterEvent): void {
    const filters = filtersOf(event);
    if (filters.size === 0) return;
    const { profile } = this.#ctx;
    const touched = profile.queueingHints
      ? this.#queue
          .touched(event.node, filters)
          .filter(({ pod, refusedBy }) =>
            [...refusedBy].some((filter) => filters.has(filter) && mayHelp(filter, pod, event, profile)),
          )
      : this.#queue.touchedAnywhere(filters);
    for (const entry of touched) this.#release(entry);
    this.#pump();
  }

  #release(entry: QueuedPod): void {
    const { profile, trace } = this.#ctx;
    const nowMs = this.#ctx.nowMs();
    const endMs = this.#queue.backoffEndMs(entry);
    entry.cause = trace.cause;
    const atMs = backoffRoundMs(endMs, profile.popFromBackoff ? undefined : this.#startedAtMs);
    if (endMs <= nowMs || atMs <= nowMs) {
      this.#queue.activate(entry);
      return;
    }
    this.#queue.holdBack(entry, atMs);
    this.#ctx.schedule(atMs - nowMs, () => {
      if (entry.place === 'backoff' && entry.dueMs === atMs) this.#queue.activate(entry);
      this.#pump();
    });
  }

  /** Refused: waits for something that may help, at the longest some more than five minutes. */
  #refused(entry: QueuedPod, filters: ReadonlySet<FilterName>): void {
    if (entry.place === 'gone') return;
    const nowMs = this.#ctx.nowMs();
    this.#queue.refuse(entry, filters, nowMs);
    this.#ctx.schedule(leftoverRoundMs(nowMs, this.#startedAtMs) - nowMs, () => {
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
    const { profile } = this.#ctx;
    const entry = this.#queue.pop() ?? (profile.popFromBackoff ? this.#queue.popEarly() : undefined);
    if (entry === undefined) return;
    this.#isBusy = true;
    const cycleMs = drawLatency(this.#rng, 'schedulingCycle', this.#ctx.settings.latencyPercent);
    this.#ctx.trace.causedBy(entry.cause, () =>
      this.#ctx.schedule(cycleMs, () => {
        const over = (): void => {
          this.#isBusy = false;
          this.#pump();
        };
        if (entry.place === 'gone') over();
        else this.#cycle?.run(entry, over);
      }),
    );
  }
}

/** Its own doing may make a pod fit, such as another toleration; what others write into its status does not. */
function isChanged(before: Pod, after: Pod): boolean {
  if (before.spec !== after.spec && !isDeepEqual(before.spec, after.spec)) return true;
  return !isDeepEqual(before.metadata.labels ?? {}, after.metadata.labels ?? {});
}
