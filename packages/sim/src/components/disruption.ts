/**
 * The disruption controller: counts the healthy pods of every PodDisruptionBudget and says how many evictions it allows.
 * Runs only where a plan has budgets. Twin: pkg/controller/disruption disruption.go. Rules: D-3, D-4.
 */
import {
  coversPod,
  type DisruptionBudgetStatus,
  type PodDisruptionBudget,
  withAllowedCondition,
  withCondition,
} from '@everynode/core/api/disruptionBudget';
import { resolveIntOrPercent } from '@everynode/core/api/intOrPercent';
import { isDeepEqual } from '@everynode/core/api/canonicalJson';
import { controllerOf, isTerminating, keyOf, type ObjectKey } from '@everynode/core/api/meta';
import { isPodReady, type Pod } from '@everynode/core/api/pod';
import type { ApiResult } from '@everynode/core/api/requests';
import { formatTime, parseTime } from '@everynode/core/api/time';
import { Workqueue } from '@everynode/core/machinery/workqueue';
import type { ComponentContext, ComponentDefinition, Informer } from './component.ts';

/** How long a granted eviction counts as one that is under way. */
const DELETION_TIMEOUT_MS = 120_000;

export const disruption: ComponentDefinition = {
  name: 'disruption',
  limits: ({ kubeApiQps, kubeApiBurst }) => ({ qps: kubeApiQps, burst: kubeApiBurst }),
  start: (ctx) => void new Disruption(ctx),
};

/** What a budget's pods come to. */
interface Count {
  readonly expected: number;
  readonly desired: number;
}

class Disruption {
  readonly #ctx: ComponentContext;
  readonly #pods: Informer<'Pod'>;
  readonly #budgets: Informer<'PodDisruptionBudget'>;
  readonly #queue: Workqueue;
  readonly #causes = new Map<ObjectKey, number | undefined>();
  readonly #rechecks = new Map<ObjectKey, number>();
  /** Complaints that have been told, by budget: upstream repeats them at every sync. */
  readonly #told = new Map<ObjectKey, string>();
  /** One worker. */
  #isBusy = false;

  constructor(ctx: ComponentContext) {
    this.#ctx = ctx;
    this.#queue = new Workqueue(ctx.nowMs());
    this.#budgets = ctx.watch('PodDisruptionBudget', {
      added: (budget) => this.#add(keyOf(budget)),
      updated: (_before, budget) => this.#add(keyOf(budget)),
      synced: () => this.#pump(),
    });
    this.#pods = ctx.watch('Pod', {
      added: (pod) => this.#podSeen(pod),
      updated: (_before, pod) => this.#podSeen(pod),
      deleted: (pod) => this.#podSeen(pod),
      synced: () => this.#pump(),
    });
  }

  #podSeen(pod: Pod): void {
    const budgets = this.#budgets.byNamespace(pod.metadata.namespace ?? '').filter((each) => coversPod(each, pod));
    const [first, ...others] = budgets;
    if (first === undefined) return;
    if (others.length > 0 && this.#ctx.trace.full) {
      const { namespace = '', name } = pod.metadata;
      const message = `Pod "${namespace}"/"${name}" matches multiple PodDisruptionBudgets.  Chose "${first.metadata.name}" arbitrarily.`;
      this.#ctx.trace.apiEvent('Pod', pod, 'Warning', 'MultiplePodDisruptionBudgets', message);
    }
    this.#add(keyOf(first));
  }

  #add(key: ObjectKey): void {
    if (!this.#queue.has(key)) this.#causes.set(key, this.#ctx.trace.cause);
    this.#queue.add(key);
    this.#pump();
  }

  #pump(): void {
    if (this.#isBusy || !this.#pods.hasSynced || !this.#budgets.hasSynced) return;
    const key = this.#queue.get(this.#ctx.nowMs());
    if (key === undefined) return;
    this.#isBusy = true;
    this.#ctx.trace.causedBy(this.#causes.get(key), () => this.#sync(key, (result) => this.#done(key, result)));
  }

  #done(key: ObjectKey, result: ApiResult | undefined): void {
    this.#isBusy = false;
    if (result === undefined || result.ok) this.#queue.forget(key);
    else {
      const delayMs = this.#queue.addRateLimited(key, this.#ctx.nowMs());
      this.#ctx.schedule(delayMs, () => this.#pump());
    }
    this.#queue.done(key);
    this.#pump();
  }

  #sync(key: ObjectKey, done: (result: ApiResult | undefined) => void): void {
    const budget = this.#budgets.get(key);
    if (budget === undefined) {
      done(undefined);
      return;
    }
    const pods = this.#pods.byNamespace(budget.metadata.namespace ?? '').filter((pod) => coversPod(budget, pod));
    if (pods.length === 0) this.#complain(budget, 'Normal', 'NoPods', 'No matching pods found');
    const count = countExpected(budget, pods);
    const status = typeof count === 'string' ? this.#failed(budget, count) : this.#computed(budget, pods, count);
    if (isDeepEqual(status, budget.status)) done(undefined);
    else this.#ctx.send({ verb: 'updateStatus', object: { ...budget, status } }, done);
  }

  #computed(budget: PodDisruptionBudget, pods: readonly Pod[], { expected, desired }: Count): DisruptionBudgetStatus {
    const nowMs = this.#ctx.nowMs();
    const disruptedPods = this.#stillDisrupted(budget, pods);
    const isHealthy = (pod: Pod): boolean =>
      !isTerminating(pod) && !Object.hasOwn(disruptedPods, pod.metadata.name) && isPodReady(pod);
    const healthy = pods.filter(isHealthy).length;
    const allowed = expected <= 0 ? 0 : Math.max(0, healthy - desired);
    const { generation } = budget.metadata;
    const status = {
      disruptionsAllowed: allowed,
      currentHealthy: healthy,
      desiredHealthy: desired,
      expectedPods: expected,
      ...(Object.keys(disruptedPods).length === 0 ? {} : { disruptedPods }),
      ...(generation === undefined ? {} : { observedGeneration: generation }),
    };
    return withAllowedCondition(status, budget.status?.conditions, formatTime(nowMs));
  }

  /** Granted evictions of pods that are there and not going yet; after two minutes nobody believes in one any more. */
  #stillDisrupted(budget: PodDisruptionBudget, pods: readonly Pod[]): Readonly<Record<string, string>> {
    const nowMs = this.#ctx.nowMs();
    const granted = budget.status?.disruptedPods ?? {};
    const left: Record<string, string> = {};
    let recheckMs: number | undefined;
    for (const pod of pods) {
      const { name, namespace = '' } = pod.metadata;
      const grantedAt = Object.hasOwn(granted, name) ? granted[name] : undefined;
      if (grantedAt === undefined || isTerminating(pod)) continue;
      const untilMs = (parseTime(grantedAt) ?? nowMs) + DELETION_TIMEOUT_MS;
      if (untilMs < nowMs) {
        // Upstream names the namespace twice, and means the budget.
        const message = `Pod was expected by PDB ${namespace}/${namespace} to be deleted but it wasn't`;
        this.#ctx.trace.apiEvent('Pod', pod, 'Warning', 'NotDeleted', message);
        continue;
      }
      left[name] = grantedAt;
      recheckMs = Math.min(recheckMs ?? untilMs, untilMs);
    }
    // A moment later, since only what lies in the past is over.
    if (recheckMs !== undefined) this.#recheckAt(recheckMs + 1, keyOf(budget));
    return left;
  }

  /** A look that is due earlier does for a later one as well (I-10). */
  #recheckAt(atMs: number, key: ObjectKey): void {
    const dueAtMs = this.#rechecks.get(key);
    if (dueAtMs !== undefined && dueAtMs <= atMs) return;
    this.#rechecks.set(key, atMs);
    this.#ctx.schedule(atMs - this.#ctx.nowMs(), () => {
      if (this.#rechecks.get(key) === atMs) this.#rechecks.delete(key);
      this.#add(key);
    });
  }

  /** What cannot be counted allows nothing (D-4). */
  #failed(budget: PodDisruptionBudget, why: string): DisruptionBudgetStatus {
    const message = `Failed to calculate the number of expected pods: ${why}`;
    this.#complain(budget, 'Warning', 'CalculateExpectedPodCountFailed', message);
    const { status } = budget;
    const condition = { type: 'DisruptionAllowed', status: 'False', reason: 'SyncFailed', message: why };
    const now = formatTime(this.#ctx.nowMs());
    return {
      currentHealthy: 0,
      desiredHealthy: 0,
      expectedPods: 0,
      ...status,
      disruptionsAllowed: 0,
      conditions: withCondition(status?.conditions, condition, status?.observedGeneration, now),
    };
  }

  #complain(budget: PodDisruptionBudget, type: 'Normal' | 'Warning', reason: string, message: string): void {
    const key = keyOf(budget);
    if (!this.#ctx.trace.full && (type === 'Normal' || this.#told.get(key) === message)) return;
    this.#told.set(key, message);
    this.#ctx.trace.apiEvent('PodDisruptionBudget', budget, type, reason, message);
  }
}

/** How many pods there should be, and how many of them healthy; a text says why that cannot be told. */
function countExpected({ spec }: PodDisruptionBudget, pods: readonly Pod[]): Count | string {
  const { maxUnavailable, minAvailable } = spec;
  if (maxUnavailable === undefined && typeof minAvailable === 'number')
    return { expected: pods.length, desired: minAvailable };
  if (maxUnavailable === undefined && minAvailable === undefined) return { expected: 0, desired: 0 };
  const expected = countScale(pods);
  if (typeof expected === 'string') return expected;
  if (maxUnavailable === undefined) return { expected, desired: resolveIntOrPercent(minAvailable, expected) ?? 0 };
  return { expected, desired: Math.max(0, expected - (resolveIntOrPercent(maxUnavailable, expected) ?? 0)) };
}

/** The replicas of all controllers of the pods. Pods without one are left out; of the others the first that is unclear decides. */
function countScale(pods: readonly Pod[]): number | string {
  for (const pod of pods) {
    const owner = controllerOf(pod);
    // DaemonSets have no number of replicas that somebody could ask for; other controllers are not simulated.
    if (owner?.kind === 'DaemonSet') return 'daemonsets.apps does not implement the scale subresource';
    if (owner !== undefined) return `found no controllers for pod ${JSON.stringify(pod.metadata.name)}`;
  }
  return 0;
}
