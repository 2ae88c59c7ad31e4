/**
 * One reconcile of one DaemonSet: reads the caches, decides, yields what to ask of the API server.
 * Twin: daemon_controller.go syncDaemonSet, updateDaemonSet. Rules: DS-0.1, DS-F1, DS-U1, DS-U6.
 */
import type { DaemonSet } from '../api/daemonSet.ts';
import { compareKeys, isTerminating, keyOf, type ObjectKey } from '../api/meta.ts';
import { HASH_LABEL } from '../api/daemonSet.ts';
import type { Node } from '../api/node.ts';
import type { Pod } from '../api/pod.ts';
import { compileLabelSelector } from '../match/selectors.ts';
import { computeDecisions, type DecisionInput } from './decisions.ts';
import { ClaimedPods } from './claimedPods.ts';
import { cleanUpHistory, constructHistory, hasSurplus, type History } from './history.ts';
import { type FinishedPods, planManage, type PodsByNode } from './manage.ts';
import { compilePlacement, type Placement } from './placement.ts';
import { planDeleteFirst, type UpdateInput } from './rollingUpdate.ts';
import { computeStatus, statusRecheckDelayMs, storeStatus } from './status.ts';
import { planSurge } from './surge.ts';
import type { Sync, SyncContext, SyncOutcome } from './syncContext.ts';
import { aggregate, cutToBurst, type NodeWork, syncNodes } from './syncNodes.ts';
import { isRollingUpdate, updateBudget } from './updateBudget.ts';

/** What the whole sync works on: the object and the nodes as they stood in the caches when it began. */
interface Pass {
  readonly key: ObjectKey;
  readonly ds: DaemonSet;
  readonly nodes: readonly Node[];
  readonly placement: Placement;
  readonly hash: string;
  readonly ctx: SyncContext;
  readonly pods: ClaimedPods;
}

/** A failed step; undefined where it went well. */
type StepError = string | undefined;

export function* syncDaemonSet(key: ObjectKey, ctx: SyncContext): Sync {
  const ds = ctx.daemonSets.get(key);
  const stale = ctx.profile.staleness ? ctx.consistency.findStale(key) : undefined;
  if (stale !== undefined) {
    if (ds !== undefined) ctx.observe({ pass: 'stale', ds, kind: stale });
    return { ok: false, error: `the cache of ${stale} has not caught up with the writes for ${key}` };
  }
  if (ds === undefined) {
    ctx.expectations.forget(key);
    ctx.consistency.forget(key);
    return { ok: true };
  }
  const { selector } = ds.spec;
  if (selector !== undefined && compileLabelSelector(selector).isEmpty) {
    const text = 'This daemon set is selecting all pods. A non-empty selector is required.';
    ctx.recordEvent(ds, 'Warning', 'SelectingAll', text);
    return { ok: true };
  }
  if (isTerminating(ds)) return { ok: true };
  const result = yield* constructHistory(ds, () => new ClaimedPods(ds, ctx).claim(), ctx);
  if (!result.ok) return { ok: false, error: `failed to construct revisions of DaemonSet: ${result.error}` };
  const { history } = result;
  const hash = history.current.metadata.labels?.[HASH_LABEL] ?? '';
  const placement = compilePlacement(ds, ctx.profile.tolerationCompare);
  // A copy: the list must not change under the later steps, while the answers to the earlier ones come in.
  const nodes = [...ctx.order(ctx.nodes.list())];
  const pass: Pass = { key, ds, nodes, placement, hash, ctx, pods: new ClaimedPods(ds, ctx) };
  if (!ctx.expectations.satisfied(key, ctx.nowMs())) {
    observeGate(pass);
    return outcomeOf(yield* updateStatus(pass, false));
  }
  const error = yield* updateDaemonSet(pass, history);
  if (error !== undefined && !ctx.profile.statusOnError) return outcomeOf(error);
  // The status is told even when the work failed; its error counts only if there is no other (DS-0.1 step 11).
  const statusError = yield* updateStatus(pass, true);
  return outcomeOf(error ?? statusError);
}

/** Manage, then the rolling update if nothing is outstanding, then the history (DS-0.1 steps 8 to 10). */
function* updateDaemonSet(pass: Pass, history: History): Sync<StepError> {
  const { key, ds, ctx, pods } = pass;
  let error = yield* manage(pass);
  if (error !== undefined) return error;
  if (isRollingUpdate(ds) && ctx.expectations.satisfied(key, ctx.nowMs())) error = yield* rollingUpdate(pass);
  if (error !== undefined) return error;
  error = yield* cleanUpHistory(ds, history, () => pods.claim());
  if (hasSurplus(ds, history)) pods.forget();
  return error === undefined ? undefined : `failed to clean up revisions of DaemonSet: ${error}`;
}

function* manage(pass: Pass): Sync<StepError> {
  const { ds, ctx, hash, nodes, placement } = pass;
  const pods = yield* pass.pods.byNode();
  if (!pods.ok) return pods.error;
  const { podsByNode } = pods;
  const nowMs = ctx.nowMs();
  const { availabilityInclusive } = ctx.profile;
  const input = { ds, hash, nodes, podsByNode, placement, nowMs, availabilityInclusive };
  const plan = planManage(input, finishedPods(ds, ctx));
  const work = cutToBurst(plan);
  const decisionInput = {
    ...input,
    wanted: plan,
    issued: work,
    waiting: plan.inBackoff,
    waitingCode: 'backoff',
  } as const;
  ctx.observe({
    pass: 'manage',
    ds,
    hash,
    nodes,
    podsByNode,
    nowMs,
    ...work,
    decisions: () => computeDecisions(decisionInput),
  });
  return yield* issue(pass, work);
}

function* rollingUpdate(pass: Pass): Sync<StepError> {
  const { ds, ctx, hash, nodes, placement } = pass;
  // Read anew: manage had nothing to do, but adoption or the watch may have moved the cache (DS-U6).
  const pods = yield* pass.pods.byNode();
  if (!pods.ok) return pods.error;
  const { podsByNode } = pods;
  const { desired, nodeNames, outcomes } = countDesired(nodes, podsByNode, placement);
  const budget = updateBudget(ds, desired);
  const input: UpdateInput = {
    ds,
    hash,
    podsByNode,
    nodeNames: ctx.order(nodeNames),
    outcomeOf: (nodeName) => outcomes.get(nodeName),
    desired,
    budget,
    nowMs: ctx.nowMs(),
    availabilityInclusive: ctx.profile.availabilityInclusive,
    countOldUnavailable: ctx.profile.countOldUnavailable,
    surgeSunset: ctx.profile.surgeSunset,
  };
  const isSurge = budget.maxSurge > 0;
  const result = isSurge ? planSurge(input) : { ok: true as const, plan: planDeleteFirst(input) };
  if (!result.ok) return result.error;
  const { plan } = result;
  const work = cutToBurst(plan);
  const decisionInput: DecisionInput = {
    ...input,
    nodes,
    placement,
    wanted: plan,
    issued: work,
    waiting: plan.waiting,
    waitingCode: isSurge ? 'surge' : 'budget',
  };
  const { numUnavailable, numSurge } = plan;
  const { nowMs } = input;
  const outstanding = ctx.expectations.get(pass.key);
  const view = {
    ds,
    hash,
    nodes,
    podsByNode,
    nowMs,
    ...work,
    desired,
    ...budget,
    numUnavailable,
    numSurge,
    outstanding,
  };
  ctx.observe({ pass: 'rollingUpdate', ...view, decisions: () => computeDecisions(decisionInput) });
  return yield* issue(pass, work);
}

function* issue({ ds, hash, ctx, pods }: Pass, work: NodeWork): Sync<StepError> {
  const errors = yield* syncNodes(ds, work, hash, ctx);
  if (work.createOn.length + work.deletePods.length > 0) pods.forget();
  return errors.length === 0 ? undefined : aggregate(errors);
}

/** The nodes of the update's walk: those that should run a pod, and those that hold one, vanished ones last (DS-U1). */
export function countDesired(
  nodes: readonly Node[],
  podsByNode: PodsByNode,
  placement: Placement,
): {
  readonly desired: number;
  readonly nodeNames: readonly string[];
  readonly outcomes: ReadonlyMap<string, ReturnType<Placement>>;
} {
  let desired = 0;
  const nodeNames: string[] = [];
  const outcomes = new Map<string, ReturnType<Placement>>();
  for (const node of nodes) {
    const { name } = node.metadata;
    const outcome = placement(node);
    outcomes.set(name, outcome);
    if (outcome === 'run') desired += 1;
    if (outcome === 'run' || podsByNode.has(name)) nodeNames.push(name);
  }
  const vanished = [...podsByNode.keys()].filter((name) => !outcomes.has(name)).sort(compareKeys);
  return { desired, nodeNames: [...nodeNames, ...vanished], outcomes };
}

function* updateStatus(pass: Pass, raise: boolean): Sync<StepError> {
  const { key, ds, ctx, hash, nodes, placement } = pass;
  const pods = yield* pass.pods.byNode();
  if (!pods.ok) return pods.error;
  const { availabilityInclusive } = ctx.profile;
  const input = { ds, hash, nodes, podsByNode: pods.podsByNode, placement, nowMs: ctx.nowMs(), availabilityInclusive };
  const numbers = computeStatus(input);
  const error = yield* storeStatus(ds, numbers, raise, ctx);
  if (error !== undefined) return `error storing status for daemon set ${JSON.stringify(ds.metadata.name)}: ${error}`;
  const delayMs = statusRecheckDelayMs(ds, numbers);
  if (delayMs !== undefined) ctx.enqueueAfter(key, delayMs);
  return undefined;
}

/**
 * A failed pod goes at once unless its node is in backoff; then the whole DaemonSet is looked at again after the
 * *full* delay, not after what is left of it (DS-F1, DS-F3). The first of two uses the chance up (DS-F4).
 */
function finishedPods(ds: DaemonSet, ctx: SyncContext): FinishedPods {
  const key = keyOf(ds);
  const name = (pod: Pod): string => `${pod.metadata.namespace ?? ''}/${pod.metadata.name}`;
  return {
    admitFailed(pod, nodeName) {
      // A spec change begins a new backoff, once the status tells of it (DS-F5).
      const backoffKey = `${ds.metadata.uid ?? ''}/${ds.status?.observedGeneration ?? 0}/${nodeName}`;
      const nowMs = ctx.nowMs();
      if (ctx.failedPodsBackoff.isInBackOffSinceUpdate(backoffKey, nowMs)) {
        ctx.enqueueAfter(key, ctx.failedPodsBackoff.get(backoffKey));
        return false;
      }
      ctx.failedPodsBackoff.next(backoffKey, nowMs);
      const text = `Found failed daemon pod ${name(pod)} on node ${nodeName}, will try to kill it`;
      ctx.recordEvent(ds, 'Warning', 'FailedDaemonPod', text);
      return true;
    },
    admitSucceeded(pod, nodeName) {
      if (!ctx.profile.recreateSucceeded) return false;
      const text = `Found succeeded daemon pod ${name(pod)} on node ${nodeName}, will try to delete it`;
      ctx.recordEvent(ds, 'Normal', 'SucceededDaemonPod', text);
      return true;
    },
  };
}

function observeGate({ key, ds, ctx }: Pass): void {
  const record = ctx.expectations.get(key);
  if (record === undefined) return;
  ctx.observe({ pass: 'gated', ds, adds: record.adds, dels: record.dels, sinceMs: record.sinceMs });
}

function outcomeOf(error: StepError): SyncOutcome {
  return error === undefined ? { ok: true } : { ok: false, error };
}
