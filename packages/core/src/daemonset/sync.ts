/**
 * One reconcile of one DaemonSet: reads the caches, decides, yields what to ask of the API server.
 * Twin: daemon_controller.go syncDaemonSet, updateDaemonSet. Rules: DS-0.1, DS-F1, DS-U1, DS-U6.
 */
import type { DaemonSet } from '../api/daemonSet.ts';
import { isTerminating, keyOf, type ObjectKey } from '../api/meta.ts';
import { HASH_LABEL } from '../api/daemonSet.ts';
import type { Node } from '../api/node.ts';
import type { Pod } from '../api/pod.ts';
import { compileLabelSelector } from '../match/selectors.ts';
import { concernedNodes, decisionsOf } from './decisions.ts';
import type { Fleet } from './fleet.ts';
import { assertSameFleet } from './fleetOracle.ts';
import { indexedFleet } from './indexedFleet.ts';
import { ClaimedPods } from './claimedPods.ts';
import { cleanUpHistory, constructHistory, hasSurplus, type History } from './history.ts';
import { type FinishedPods, planManage } from './manage.ts';
import type { NodeStateIndex } from './nodeStateIndex.ts';
import { compilePlacement, type Placement } from './placement.ts';
import { planDeleteFirst, type UpdatePlan } from './rollingUpdate.ts';
import { statusRecheckDelayMs, storeStatus } from './status.ts';
import { planSurge } from './surge.ts';
import type { Sync, SyncContext, SyncOutcome } from './syncContext.ts';
import { cutToBurst, type NodeWork } from './nodeWork.ts';
import { aggregate, syncNodes } from './syncNodes.ts';
import { walkFleet } from './walkFleet.ts';
import { allowsSurge, isRollingUpdate, type UpdateBudget, updateBudget } from './updateBudget.ts';

/** What the whole sync works on: the object and the nodes as they stood in the caches when it began. */
interface Pass {
  readonly key: ObjectKey;
  readonly ds: DaemonSet;
  readonly nodes: readonly Node[];
  readonly states: NodeStateIndex | undefined;
  readonly placement: Placement;
  readonly hash: string;
  readonly ctx: SyncContext;
  readonly pods: ClaimedPods;
}

const NO_NODES: readonly Node[] = [];

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
  const states = ctx.nodeStates?.(key);
  states?.beginSync(() => ctx.nodes.list());
  // The nodes of the whole sync are those of its beginning; a list once handed out never changes.
  const nodes = states === undefined ? ctx.order(ctx.nodes.list()) : NO_NODES;
  const result = yield* constructHistory(ds, () => new ClaimedPods(ds, ctx).claim(), ctx);
  if (!result.ok) return { ok: false, error: `failed to construct revisions of DaemonSet: ${result.error}` };
  const { history } = result;
  const hash = history.current.metadata.labels?.[HASH_LABEL] ?? '';
  const placement = compilePlacement(ds, ctx.profile.tolerationCompare);
  const pass: Pass = { key, ds, nodes, states, placement, hash, ctx, pods: new ClaimedPods(ds, ctx) };
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
  // Who carries what matters only where something is one too many; but strays are adopted on the way.
  const isIdle = !hasSurplus(ds, history) && pass.states?.hasStrays === false;
  error = isIdle ? undefined : yield* cleanUpHistory(ds, history, () => pods.claim());
  if (hasSurplus(ds, history)) pods.forget();
  return error === undefined ? undefined : `failed to clean up revisions of DaemonSet: ${error}`;
}

function* manage(pass: Pass): Sync<StepError> {
  const { ds, ctx, hash } = pass;
  const looked = yield* lookAtFleet(pass, true);
  if (!looked.ok) return looked.error;
  const { fleet, rules } = looked;
  const { podsByNode } = fleet;
  const input = { ...rules, nodes: fleet.busyNodes(), podsByNode, goneNames: fleet.goneNames() };
  const wanted = planManage(input, finishedPods(ds, ctx));
  const work = cutToBurst(wanted);
  const isWaiting = (nodeName: string): boolean => wanted.inBackoff.has(nodeName);
  ctx.observe({
    pass: 'manage',
    ds,
    hash,
    fleet,
    nowMs: rules.nowMs,
    ...work,
    concerned: new Set([...concernedNodes(wanted), ...wanted.inBackoff]),
    decisionOf: decisionsOf({ rules, fleet, wanted, issued: work, isWaiting, waitingCode: 'backoff' }),
  });
  return yield* issue(pass, work);
}

function* rollingUpdate(pass: Pass): Sync<StepError> {
  const { key, ds, ctx, hash } = pass;
  // Read anew: manage had nothing to do, but adoption or the watch may have moved the cache (DS-U6).
  const looked = yield* lookAtFleet(pass, true);
  if (!looked.ok) return looked.error;
  const { fleet, rules } = looked;
  const desired = fleet.desired();
  const budget = updateBudget(ds, desired);
  const planned = planUpdate(fleet, desired, budget);
  if (!planned.ok) return planned.error;
  const { plan } = planned;
  const work = cutToBurst(plan);
  const { numUnavailable, numSurge, isWaiting } = plan;
  const waitingCode = budget.maxSurge > 0 ? 'surge' : 'budget';
  ctx.observe({
    pass: 'rollingUpdate',
    ds,
    hash,
    fleet,
    nowMs: rules.nowMs,
    ...work,
    desired,
    ...budget,
    numUnavailable,
    numSurge,
    outstanding: ctx.expectations.get(key),
    concerned: concernedNodes(plan),
    decisionOf: decisionsOf({ rules, fleet, wanted: plan, issued: work, isWaiting, waitingCode }),
  });
  return yield* issue(pass, work);
}

type Planned = { readonly ok: true; readonly plan: UpdatePlan } | { readonly ok: false; readonly error: string };

function planUpdate(fleet: Fleet, desired: number, { maxUnavailable, maxSurge }: UpdateBudget): Planned {
  if (maxSurge === 0) return { ok: true, plan: planDeleteFirst(fleet.surveyDeleteFirst(), maxUnavailable) };
  const surveyed = fleet.surveySurge();
  return surveyed.ok ? { ok: true, plan: planSurge(surveyed.survey, desired, maxSurge) } : surveyed;
}

type Look =
  | { readonly ok: true; readonly fleet: Fleet; readonly rules: LookRules }
  | { readonly ok: false; readonly error: string };

/** What all judgements of one step go by. */
type LookRules = Pick<Pass, 'ds' | 'hash' | 'placement'> & {
  readonly nowMs: number;
  readonly availabilityInclusive: boolean;
};

/** The fleet as it stands now: asked of the index, or looked at node by node. `isForAPass` takes what was touched. */
function* lookAtFleet(pass: Pass, isForAPass: boolean): Sync<Look> {
  const { ctx, states } = pass;
  const { skipDeletedTerminal } = ctx.profile;
  const before = rulesOf(pass);
  const stateRules = { ...before, surges: allowsSurge(pass.ds), includeDeletedTerminal: !skipDeletedTerminal };
  const namespace = pass.ds.metadata.namespace ?? '';
  // Adoption and release need the claim pass, and so does an order that is drawn.
  const isIndexed = states?.bringUpToDate(stateRules, () => ctx.podsInNamespace(namespace)) === true;
  if (states === undefined || !isIndexed) return yield* walkOver(pass);
  const fleet = indexedFleet(states, { profile: ctx.profile, hash: pass.hash, takesTouched: isForAPass });
  if (ctx.comparesFleets === true) {
    const walked = yield* walkOver(pass);
    if (!walked.ok) return walked;
    assertSameFleet(fleet, walked.fleet, before);
  }
  return { ok: true, fleet, rules: before };
}

function* walkOver(pass: Pass): Sync<Look> {
  const { ctx, states } = pass;
  const pods = yield* pass.pods.byNode();
  if (!pods.ok) return pods;
  const rules = rulesOf(pass);
  const fleet = walkFleet({
    ...rules,
    nodes: states?.allNodes() ?? pass.nodes,
    podsByNode: pods.podsByNode,
    profile: ctx.profile,
    order: (list) => ctx.order(list),
  });
  return { ok: true, fleet, rules };
}

function rulesOf({ ds, hash, placement, ctx }: Pass): LookRules {
  return { ds, hash, placement, nowMs: ctx.nowMs(), availabilityInclusive: ctx.profile.availabilityInclusive };
}

function* issue({ ds, hash, ctx, pods }: Pass, work: NodeWork): Sync<StepError> {
  const errors = yield* syncNodes(ds, work, hash, ctx);
  if (work.createOn.length + work.deletePods.length > 0) pods.forget();
  return errors.length === 0 ? undefined : aggregate(errors);
}

function* updateStatus(pass: Pass, raise: boolean): Sync<StepError> {
  const { key, ds, ctx } = pass;
  const looked = yield* lookAtFleet(pass, false);
  if (!looked.ok) return looked.error;
  const numbers = looked.fleet.status();
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
