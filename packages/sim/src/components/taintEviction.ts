/**
 * Deletes pods that do not tolerate a NoExecute taint of their node, at once or when their tolerationSeconds are over.
 * Timers begin when this process sees the taint, so a restart gives every pod its whole time again.
 * Twin: pkg/controller/tainteviction. Rules: T-1…T-8.
 */
import { findCondition, keyOf, type ObjectKey } from '@everynode/core/api/meta';
import { objectRef } from '@everynode/core/api/objects';
import type { Pod } from '@everynode/core/api/pod';
import { formatTime } from '@everynode/core/api/time';
import { EVICTION_EVENT_REASON, evictionEventMessage } from '@everynode/core/match/taints';
import type { ComponentContext, ComponentDefinition, Timer } from './component.ts';
import { type EvictionAction, TaintEvictionTimers } from './taintEvictionTimers.ts';

/** T-6: so many attempts, so far apart; then the work is dropped. */
const ATTEMPTS_MAX = 5;
const ATTEMPT_PAUSE_MS = 10;

export const taintEviction: ComponentDefinition = {
  name: 'taint-eviction',
  limits: ({ kubeApiQps, kubeApiBurst }) => ({ qps: kubeApiQps, burst: kubeApiBurst }),
  start(ctx) {
    const evictions = new TaintEvictionTimers({
      compareNumbers: ctx.profile.tolerationCompare,
      replaceTimers: ctx.profile.taintTimerUpdate,
    });
    const hands = newHands(ctx, evictions);
    const pods = ctx.watch('Pod', {
      added: (pod) => podChanged(undefined, pod),
      updated: (before, after) => podChanged(before, after),
      deleted: (pod) => hands.carryOut(evictions.podDeleted(keyOf(pod))),
    });
    // Of one instant a worker takes what nodes have become first: a pod is judged by the taints that are then known (T-1).
    const podChanged = (before: Pod | undefined, after: Pod): void => {
      if (!evictions.concerns(before, after)) return;
      ctx.schedule(0, () => {
        const now = pods.get(keyOf(after));
        if (now !== undefined) hands.carryOut(evictions.podChanged(undefined, now, ctx.nowMs()));
      });
    };
    const podsOn = (nodeName: string): readonly Pod[] => ctx.order(pods.byNode(nodeName));
    ctx.watch('Node', {
      added: (node) => hands.carryOut(evictions.nodeChanged(undefined, node, podsOn(node.metadata.name), ctx.nowMs())),
      updated: (before, after) =>
        hands.carryOut(evictions.nodeChanged(before, after, podsOn(after.metadata.name), ctx.nowMs())),
      deleted: (node) => evictions.nodeDeleted(node.metadata.name),
    });
  },
};

interface Hands {
  carryOut(actions: readonly EvictionAction[]): void;
}

function newHands(ctx: ComponentContext, evictions: TaintEvictionTimers): Hands {
  const timers = new Map<ObjectKey, { readonly pod: Pod; readonly timer: Timer }>();
  const evict = (pod: Pod, waitedMs: number): void => {
    const podKey = keyOf(pod);
    const seq = ctx.trace.event({ type: 'taint.timerFired', ...about(pod), data: { waitedMs } });
    ctx.trace.causedBy(seq, () => {
      ctx.trace.apiEvent('Pod', pod, 'Normal', EVICTION_EVENT_REASON, evictionEventMessage('marked', podKey));
      deletePod(ctx, podKey, () => evictions.failed(podKey));
    });
  };
  const start = (pod: Pod, firesAtMs: number): void => {
    const podKey = keyOf(pod);
    const setAtMs = ctx.nowMs();
    const delayMs = Math.max(0, firesAtMs - setAtMs);
    const seq = ctx.trace.event({ type: 'taint.timerSet', ...about(pod), data: { delayMs } });
    const fire = (): void => {
      timers.delete(podKey);
      evictions.fired(podKey);
      evict(pod, ctx.nowMs() - setAtMs);
    };
    timers.set(podKey, { pod, timer: ctx.trace.causedBy(seq, () => ctx.schedule(delayMs, fire)) });
  };
  // Also of a pod that has gone by itself (T-8).
  const cancel = (podKey: ObjectKey): void => {
    const pending = timers.get(podKey);
    timers.delete(podKey);
    ctx.trace.event({ type: 'taint.timerCancelled', object: objectRef('Pod', podKey) });
    if (pending === undefined) return;
    ctx.cancel(pending.timer);
    ctx.trace.apiEvent('Pod', pending.pod, 'Normal', EVICTION_EVENT_REASON, evictionEventMessage('cancelled', podKey));
  };
  return {
    carryOut(actions) {
      for (const action of actions) {
        if (action.action === 'start') start(action.pod, action.firesAtMs);
        else if (action.action === 'evict') evict(action.pod, 0);
        else cancel(action.podKey);
      }
    },
  };
}

/** Reads the pod, says in its status why it goes, and deletes it by name with its own grace (T-6). */
function deletePod(ctx: ComponentContext, podKey: ObjectKey, failed: () => void): void {
  const attempt = (number: number): void => {
    const retry = (): void => {
      if (number === ATTEMPTS_MAX) failed();
      else ctx.schedule(ATTEMPT_PAUSE_MS, () => attempt(number + 1));
    };
    const remove = (): void =>
      ctx.send({ verb: 'delete', kind: 'Pod', key: podKey }, (result) => {
        if (!result.ok) retry();
      });
    ctx.send({ verb: 'get', kind: 'Pod', key: podKey }, (got) => {
      if (!got.ok || got.object?.kind !== 'Pod') {
        retry();
        return;
      }
      if (findCondition(got.object.status?.conditions, 'DisruptionTarget')?.status === 'True') {
        remove();
        return;
      }
      const patch = { type: 'strategic', body: { status: { conditions: [disruptionTarget(ctx.nowMs())] } } } as const;
      ctx.send({ verb: 'patch', kind: 'Pod', key: podKey, patch, subresource: 'status' }, (patched) => {
        if (patched.ok) remove();
        else retry();
      });
    });
  };
  attempt(1);
}

function disruptionTarget(nowMs: number): Readonly<Record<string, string>> {
  return {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'DeletionByTaintManager',
    message: 'Taint manager: deleting due to NoExecute taint',
    lastTransitionTime: formatTime(nowMs),
  };
}

function about(pod: Pod): { readonly object: string; readonly node?: string } {
  const object = objectRef('Pod', keyOf(pod));
  return pod.spec.nodeName === undefined ? { object } : { object, node: pod.spec.nodeName };
}
