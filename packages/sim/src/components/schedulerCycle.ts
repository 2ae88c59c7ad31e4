/**
 * One scheduling cycle: filter, pick, assume, bind; or refuse with reasons, and perhaps push others off a node.
 * Twin: pkg/scheduler schedule_one.go. Rules: S-2…S-5, S-7…S-10.
 */
import { findCondition, keyOf, type ObjectKey } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import { objectRef } from '@everynode/core/api/objects';
import type { Pod } from '@everynode/core/api/pod';
import type { ApiFailure } from '@everynode/core/api/requests';
import { formatTime } from '@everynode/core/api/time';
import type { ComponentContext, Informer } from './component.ts';
import { type SchedulerCache, usageOfPods } from './schedulerCache.ts';
import { type FilterName, type FilterRefusal, refusalByNode, refusalsMessage } from './schedulerFilters.ts';
import { findVictims, pickNode, priorityOf, type SplitByBudget, type Victims } from './schedulerPreemption.ts';
import type { QueuedPod, SchedulerQueue } from './schedulerQueue.ts';

export interface CycleOptions {
  readonly ctx: ComponentContext;
  readonly nodes: Informer<'Node'>;
  /** The pod as the watch shows it now. */
  readonly latestPod: (key: ObjectKey) => Pod | undefined;
  readonly cache: SchedulerCache;
  readonly queue: SchedulerQueue;
  /** Disruption budgets, where there are any. */
  readonly budgets?: SplitByBudget;
  readonly refused: (entry: QueuedPod, filters: ReadonlySet<FilterName>) => void;
  readonly failed: (entry: QueuedPod) => void;
}

export class SchedulerCycle {
  readonly #options: CycleOptions;
  /** Assigned, and not yet seen so by the watch: pod uid by key. */
  readonly #assumed = new Map<ObjectKey, string>();
  /** Pods that wait for their victims to go, by the node that they wait for (S-8). */
  readonly #nominated = new Map<ObjectKey, { readonly pod: Pod; readonly nodeName: string }>();

  constructor(options: CycleOptions) {
    this.#options = options;
  }

  isAssumed(pod: Pod): boolean {
    return this.#assumed.get(keyOf(pod)) === pod.metadata.uid;
  }

  /** The watch shows the pod on its node: whatever becomes of the answer, it is placed (S-10). */
  confirm(key: ObjectKey): void {
    this.#assumed.delete(key);
  }

  forget(pod: Pod): void {
    this.#assumed.delete(keyOf(pod));
    this.#nominated.delete(keyOf(pod));
  }

  /** `over` is called when the next pod may have its turn. */
  run(entry: QueuedPod, over: () => void): void {
    const { ctx, nodes } = this.#options;
    const all = nodes.list();
    const candidates = entry.pinned === undefined ? all : entry.pinned.flatMap((name) => nodes.get(name) ?? []);
    const looked = new Map<Node, FilterRefusal>();
    const feasible: Node[] = [];
    for (const node of candidates) {
      const refusal = this.#refusal(entry.pod, node);
      if (refusal === undefined) feasible.push(node);
      else looked.set(node, refusal);
    }
    if (feasible.length > 0) {
      this.#bind(entry, this.#pick(feasible));
      over();
    } else {
      const refusals = [...looked.values()];
      const isPreempting = this.#preempt(entry, looked, over);
      const message = refusalsMessage({ nodes: all.length, looked: refusals }, isPreempting);
      const filters = new Set(refusals.map(({ filter }) => filter));
      // A pod that its affinity pins to a node which is not there waits for it to come.
      if (filters.size === 0) filters.add('NodeAffinity');
      ctx.trace.apiEvent('Pod', entry.pod, 'Warning', 'FailedScheduling', message);
      this.#tellUnschedulable(entry.pod, message, this.#nominated.get(entry.key)?.nodeName ?? '');
      this.#options.refused(entry, filters);
    }
  }

  /** The room that nominated pods of at least this priority wait for counts as taken (S-9). */
  #refusal(pod: Pod, node: Node): FilterRefusal | undefined {
    const { ctx, cache } = this.#options;
    const { name } = node.metadata;
    const waiting = [...this.#nominated.values()]
      .filter(
        (each) => each.nodeName === name && keyOf(each.pod) !== keyOf(pod) && priorityOf(each.pod) >= priorityOf(pod),
      )
      .map((each) => each.pod);
    const usage = waiting.length === 0 ? cache.usage(name) : usageOfPods([...cache.podsOn(name), ...waiting]);
    return refusalByNode(pod, node, usage, ctx.profile);
  }

  /** Where several would do: the node with the fewest pods, of equals a drawn one. Scores are no part of the model. */
  #pick(feasible: readonly Node[]): string {
    const { ctx, cache } = this.#options;
    const podsOn = (node: Node): number => cache.usage(node.metadata.name).pods;
    const least = Math.min(...feasible.map(podsOn));
    const best = feasible.filter((node) => podsOn(node) === least);
    const at = best.length === 1 ? 0 : ctx.rng('pick').below(best.length);
    return best[at]?.metadata.name ?? '';
  }

  /** The pod counts as placed from here on; the answer, or the watch, says whether it truly is (S-10). */
  #bind(entry: QueuedPod, nodeName: string): void {
    const { ctx, cache, queue } = this.#options;
    const { pod, key } = entry;
    const { uid = '' } = pod.metadata;
    queue.remove(key);
    this.#nominated.delete(key);
    this.#assumed.set(key, uid);
    cache.put(pod, nodeName);
    ctx.send({ verb: 'bind', key, nodeName, uid }, (result) => {
      if (!result.ok) this.#bindFailed(entry, result);
      else if (ctx.trace.full)
        ctx.trace.apiEvent('Pod', pod, 'Normal', 'Scheduled', `Successfully assigned ${key} to ${nodeName}`);
    });
  }

  /** A pod that the watch shows on a node by now was bound after all: its place stays taken, and it is not tried again. */
  #bindFailed({ key, pod, pinned, errors, refusals }: QueuedPod, { reason, message }: ApiFailure): void {
    const { ctx, cache, queue, latestPod, failed } = this.#options;
    const latest = latestPod(key);
    if (this.isAssumed(pod)) {
      this.#assumed.delete(key);
      cache.remove(key);
    }
    if (latest?.metadata.uid !== pod.metadata.uid) return;
    ctx.trace.apiEvent('Pod', pod, 'Warning', 'FailedScheduling', `binding rejected: ${message}`);
    if (reason === 'NotFound' || (latest?.spec.nodeName ?? '') !== '') return;
    queue.put(pod, pinned, ctx.trace.cause);
    const again = queue.find(key);
    if (again === undefined) return;
    again.errors = errors;
    again.refusals = refusals;
    again.place = 'inCycle';
    failed(again);
  }

  /** Written only when it says something new, by a patch that leaves the other conditions alone. */
  #tellUnschedulable(pod: Pod, message: string, nominatedNodeName: string): void {
    const { ctx } = this.#options;
    const known = findCondition(pod.status?.conditions, 'PodScheduled');
    const isNominated = (pod.status?.nominatedNodeName ?? '') === nominatedNodeName;
    if (known?.status === 'False' && known.message === message && isNominated) return;
    const lastTransitionTime = known?.status === 'False' ? (known.lastTransitionTime ?? null) : formatTime(ctx.nowMs());
    const condition = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message, lastTransitionTime };
    const nomination = isNominated ? {} : { nominatedNodeName: nominatedNodeName === '' ? null : nominatedNodeName };
    const patch = { type: 'strategic', body: { status: { conditions: [condition], ...nomination } } } as const;
    ctx.send({ verb: 'patch', kind: 'Pod', key: keyOf(pod), patch, subresource: 'status' });
  }

  /** True: others are being pushed off a node for this pod, which waits until they are gone (S-7, S-8). */
  #preempt(entry: QueuedPod, looked: ReadonlyMap<Node, FilterRefusal>, over: () => void): boolean {
    const { pod, key } = entry;
    const { ctx } = this.#options;
    const found = this.#findRoom(entry, looked);
    if (found === undefined || found.victims.length === 0) {
      over();
      return found !== undefined;
    }
    const { nodeName, victims } = found;
    this.#nominated.set(key, { pod, nodeName });
    const data = { node: nodeName, victims: victims.length };
    const seq = ctx.trace.event({ type: 'sched.preempted', object: objectRef('Pod', key), node: nodeName, data });
    // Up to 1.32 nobody else has a turn until all of them are deleted.
    let left = ctx.profile.asyncPreemption ? 0 : victims.length;
    const evicted = (): void => {
      left -= 1;
      if (left === 0) over();
    };
    ctx.trace.causedBy(seq, () => victims.forEach((victim) => this.#evict(victim, pod, nodeName, evicted)));
    if (left === 0) over();
    return true;
  }

  /** Where the pod waits for its victims already, or the node and the pods that would have to go from it. */
  #findRoom(
    { pod, key }: QueuedPod,
    looked: ReadonlyMap<Node, FilterRefusal>,
  ): { readonly nodeName: string; readonly victims: readonly Pod[] } | undefined {
    const { ctx, cache } = this.#options;
    if (pod.spec.preemptionPolicy === 'Never') return undefined;
    const waitsFor = this.#nominated.get(key)?.nodeName;
    const isWaiting = (nodeName: string): boolean =>
      cache
        .podsOn(nodeName)
        .some((other) => other.metadata.deletionTimestamp !== undefined && priorityOf(other) < priorityOf(pod));
    if (waitsFor !== undefined && isWaiting(waitsFor)) return { nodeName: waitsFor, victims: [] };
    const candidates = new Map<string, Victims>();
    for (const [node, { isResolvable }] of looked) {
      if (!isResolvable) continue;
      const { name } = node.metadata;
      const victims = findVictims(pod, node, cache.podsOn(name), ctx.profile, this.#options.budgets);
      if (victims !== undefined && victims.pods.length > 0) candidates.set(name, victims);
    }
    const nodeName = pickNode(candidates);
    if (nodeName === undefined) {
      this.#nominated.delete(key);
      return undefined;
    }
    return { nodeName, victims: candidates.get(nodeName)?.pods ?? [] };
  }

  #evict(victim: Pod, preemptor: Pod, nodeName: string, evicted: () => void): void {
    const { ctx } = this.#options;
    const key = keyOf(victim);
    const condition = {
      type: 'DisruptionTarget',
      status: 'True',
      reason: 'PreemptionByScheduler',
      message: 'default-scheduler: preempting to accommodate a higher priority pod',
      lastTransitionTime: formatTime(ctx.nowMs()),
    };
    const patch = { type: 'strategic', body: { status: { conditions: [condition] } } } as const;
    ctx.send({ verb: 'patch', kind: 'Pod', key, patch, subresource: 'status' }, () => {
      ctx.send({ verb: 'delete', kind: 'Pod', key }, evicted);
      const text = `Preempted by pod ${preemptor.metadata.uid ?? ''} on node ${nodeName}`;
      ctx.trace.apiEvent('Pod', victim, 'Normal', 'Preempted', text);
    });
  }
}
