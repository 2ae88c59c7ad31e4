/**
 * Marks the pods of a silent node NotReady, one after the other. Only a kubelet makes them Ready again.
 * Twin: controller_utils.go MarkPodsNotReady. Rules: N-13.
 */
import { findCondition } from '@everynode/core/api/meta';
import type { Pod } from '@everynode/core/api/pod';
import { formatTime } from '@everynode/core/api/time';
import { inTurn } from '../engine/inTurn.ts';
import type { ComponentContext } from './component.ts';

/** The pod with Ready False, its reason and message as they were; undefined where there is nothing to change. */
export function withoutReady(pod: Pod, nowMs: number): Pod | undefined {
  const ready = findCondition(pod.status?.conditions, 'Ready');
  if (ready === undefined || ready.status === 'False') return undefined;
  const lastTransitionTime = formatTime(nowMs);
  const conditions = (pod.status?.conditions ?? []).map((condition) =>
    condition === ready ? { ...ready, status: 'False', lastTransitionTime } : condition,
  );
  return { ...pod, status: { ...pod.status, conditions } };
}

/** Writes the status with its version, so a stale cache costs a conflict; `done(false)` asks for another try. */
export function markPodsNotReady(ctx: ComponentContext, pods: readonly Pod[], done: (ok: boolean) => void): void {
  let isGood = true;
  const mark = (pod: Pod, next: () => void): void => {
    const marked = withoutReady(pod, ctx.nowMs());
    if (marked === undefined) {
      next();
      return;
    }
    ctx.send({ verb: 'updateStatus', object: marked }, (result) => {
      if (result.ok || result.reason !== 'NotFound') {
        isGood &&= result.ok;
        ctx.trace.apiEvent('Pod', pod, 'Warning', 'NodeNotReady', 'Node is not ready');
      }
      next();
    });
  };
  inTurn(pods, mark, () => done(isGood));
}
