/**
 * Which pods must leave because of NoExecute taints, and when: the memory of the taint eviction controller without its
 * hands. It is told of nodes and pods and answers with what to do; it knows no clock and sends nothing.
 * Twin: pkg/controller/tainteviction taint_eviction.go, timed_workers.go. Rules: T-1…T-5.
 */
import { isDeepEqual } from '@everynode/core/api/canonicalJson';
import { keyOf, type ObjectKey } from '@everynode/core/api/meta';
import type { Node, Taint } from '@everynode/core/api/node';
import type { Pod } from '@everynode/core/api/pod';
import { type EvictionTimer, nextTimer, noExecuteTaints, stayOf } from '@everynode/core/match/taints';

export type EvictionAction =
  /** Let a timer run; a running one of the same pod has been cancelled before. */
  | { readonly action: 'start'; readonly pod: Pod; readonly firesAtMs: number }
  /** A timer that was pending is called off. */
  | { readonly action: 'cancel'; readonly podKey: ObjectKey }
  | { readonly action: 'evict'; readonly pod: Pod };

export interface EvictionRules {
  /** Lt and Gt tolerations (switch toleration-compare). */
  readonly compareNumbers: boolean;
  /** A running timer is replaced when its end differs (switch taint-timer-update). */
  readonly replaceTimers: boolean;
}

/** `evicted`: done, or being done; nothing more is started for this pod until somebody cancels (T-4). */
type Work = EvictionTimer | 'evicted';

const NOTHING: readonly EvictionAction[] = [];

export class TaintEvictionTimers {
  readonly #rules: EvictionRules;
  readonly #taints = new Map<string, readonly Taint[]>();
  readonly #work = new Map<ObjectKey, Work>();

  constructor(rules: EvictionRules) {
    this.#rules = rules;
  }

  /** Names of the nodes whose NoExecute taints are remembered. */
  get taintedNodes(): readonly string[] {
    return [...this.#taints.keys()];
  }

  isPending(podKey: ObjectKey): boolean {
    const work = this.#work.get(podKey);
    return work !== undefined && work !== 'evicted';
  }

  /** Takes over a node's NoExecute taints, and judges its pods if they changed. `before` undefined: the node is new (T-1, T-2). */
  nodeChanged(
    before: Node | undefined,
    after: Node,
    podsOnNode: readonly Pod[],
    nowMs: number,
  ): readonly EvictionAction[] {
    const taints = noExecuteTaints(after.spec?.taints);
    if (isDeepEqual(taints, noExecuteTaints(before?.spec?.taints))) return NOTHING;
    if (taints.length === 0) {
      this.#taints.delete(after.metadata.name);
      return podsOnNode.flatMap((pod) => this.#cancel(keyOf(pod)));
    }
    this.#taints.set(after.metadata.name, taints);
    return podsOnNode.flatMap((pod) => this.#judge(pod, taints, nowMs));
  }

  /** Timers of its pods go on: they end with the pods. */
  nodeDeleted(nodeName: string): void {
    this.#taints.delete(nodeName);
  }

  /** A new pod, or one whose tolerations or node changed (T-1). Unbound pods and untainted nodes mean nothing (T-2). */
  podChanged(before: Pod | undefined, after: Pod, nowMs: number): readonly EvictionAction[] {
    const taints = this.#taints.get(after.spec.nodeName ?? '');
    return taints === undefined || !this.concerns(before, after) ? NOTHING : this.#judge(after, taints, nowMs);
  }

  /** Whether a pod event means anything: the pod is on a tainted node, and new there or with other tolerations. */
  concerns(before: Pod | undefined, after: Pod): boolean {
    return this.#taints.has(after.spec.nodeName ?? '') && (before === undefined || !isSameForTaints(before, after));
  }

  podDeleted(podKey: ObjectKey): readonly EvictionAction[] {
    return this.#cancel(podKey);
  }

  /** The pod's timer has run out: it is being evicted now. */
  fired(podKey: ObjectKey): void {
    this.#work.set(podKey, 'evicted');
  }

  /** The eviction did not succeed in all its attempts: dropped, until the next relevant event (T-6). */
  failed(podKey: ObjectKey): void {
    if (this.#work.get(podKey) === 'evicted') this.#work.delete(podKey);
  }

  #judge(pod: Pod, taints: readonly Taint[], nowMs: number): readonly EvictionAction[] {
    const podKey = keyOf(pod);
    const work = this.#work.get(podKey);
    const timer = work === 'evicted' ? undefined : work;
    const stay = stayOf(pod.spec.tolerations, taints, this.#rules.compareNumbers);
    const next = nextTimer(stay, timer, nowMs, this.#rules.replaceTimers);
    switch (next.change) {
      case 'keep':
        if (stay.kind === 'unlimited') this.#work.delete(podKey);
        return NOTHING;
      case 'cancel':
        return this.#cancel(podKey);
      case 'evictNow':
        return [...this.#cancel(podKey), ...this.#start(pod, { createdAtMs: nowMs, firesAtMs: nowMs }, nowMs)];
      case 'start':
        return [...(next.cancel ? this.#cancel(podKey) : NOTHING), ...this.#start(pod, next.timer, nowMs)];
    }
  }

  #start(pod: Pod, timer: EvictionTimer, nowMs: number): readonly EvictionAction[] {
    const podKey = keyOf(pod);
    if (this.#work.has(podKey)) return NOTHING;
    if (timer.firesAtMs <= nowMs) {
      this.#work.set(podKey, 'evicted');
      return [{ action: 'evict', pod }];
    }
    this.#work.set(podKey, timer);
    return [{ action: 'start', pod, firesAtMs: timer.firesAtMs }];
  }

  #cancel(podKey: ObjectKey): readonly EvictionAction[] {
    const wasPending = this.isPending(podKey);
    this.#work.delete(podKey);
    return wasPending ? [{ action: 'cancel', podKey }] : NOTHING;
  }
}

function isSameForTaints(before: Pod, after: Pod): boolean {
  return (
    before.spec.nodeName === after.spec.nodeName &&
    isDeepEqual(before.spec.tolerations ?? [], after.spec.tolerations ?? [])
  );
}
