/**
 * The taints that the node lifecycle controller keeps in step with a node's conditions, and how they are written: read
 * the node, patch its list, again on a conflict. Twin: node_lifecycle_controller.go doNoScheduleTaintingPass,
 * controller_utils.go SwapNodeControllerTaint. Rules: N-10, N-11, N-14, A-9.
 */
import type { Node, Taint, TaintEffect } from '@everynode/core/api/node';
import { formatTime } from '@everynode/core/api/time';
import type { ComponentContext } from './component.ts';

export const NOT_READY_TAINT = 'node.kubernetes.io/not-ready';
export const UNREACHABLE_TAINT = 'node.kubernetes.io/unreachable';

/** `<condition>=<status>` → key of its NoSchedule taint (N-14). */
const CONDITION_TAINTS: Readonly<Record<string, string>> = {
  'Ready=False': NOT_READY_TAINT,
  'Ready=Unknown': UNREACHABLE_TAINT,
  'MemoryPressure=True': 'node.kubernetes.io/memory-pressure',
  'DiskPressure=True': 'node.kubernetes.io/disk-pressure',
  'PIDPressure=True': 'node.kubernetes.io/pid-pressure',
  'NetworkUnavailable=True': 'node.kubernetes.io/network-unavailable',
};
const UNSCHEDULABLE_TAINT = 'node.kubernetes.io/unschedulable';
const KEPT_KEYS: ReadonlySet<string> = new Set([...Object.values(CONDITION_TAINTS), UNSCHEDULABLE_TAINT]);

const ATTEMPTS_MAX = 5;
/** Doubled after each conflict. */
const CONFLICT_PAUSE_MS = 100;

export interface TaintDifference {
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/** Keys of NoSchedule taints that the node lacks or has too many of, in the order of its conditions; a hand-placed one of these keys goes too (N-14). */
export function diffNoScheduleTaints(node: Node): TaintDifference {
  const wanted = (node.status?.conditions ?? []).flatMap(({ type, status }) => {
    const key = CONDITION_TAINTS[`${type}=${status}`];
    return key === undefined ? [] : [key];
  });
  if (node.spec?.unschedulable === true) wanted.push(UNSCHEDULABLE_TAINT);
  const present = (node.spec?.taints ?? [])
    .filter(({ key, effect }) => effect === 'NoSchedule' && KEPT_KEYS.has(key))
    .map(({ key }) => key);
  return {
    add: wanted.filter((key) => !present.includes(key)),
    remove: present.filter((key) => !wanted.includes(key)),
  };
}

export function hasTaint(node: Node, key: string, effect: TaintEffect): boolean {
  return (node.spec?.taints ?? []).some((taint) => taint.key === key && taint.effect === effect);
}

/** Adds first, then removes, in two writes; the second only if `node`, as the cache has it, carries any of them. */
export function swapTaints(
  ctx: ComponentContext,
  node: Node,
  { add, remove }: TaintDifference,
  effect: TaintEffect,
  done: (ok: boolean) => void,
): void {
  const { name } = node.metadata;
  const present = remove.filter((key) => hasTaint(node, key, effect));
  const removeThen = (): void => {
    if (present.length === 0) done(true);
    else
      changeTaints(
        ctx,
        name,
        (taints) => taints.filter((taint) => taint.effect !== effect || !present.includes(taint.key)),
        done,
      );
  };
  if (add.length === 0) {
    removeThen();
    return;
  }
  const timeAdded = formatTime(ctx.nowMs());
  const addTo = (taints: readonly Taint[]): readonly Taint[] => {
    const missing = add.filter((key) => !taints.some((taint) => taint.key === key && taint.effect === effect));
    return [...taints, ...missing.map((key): Taint => ({ key, effect, timeAdded }))];
  };
  changeTaints(ctx, name, addTo, (ok) => (ok ? removeThen() : done(false)));
}

function changeTaints(
  ctx: ComponentContext,
  nodeName: string,
  change: (taints: readonly Taint[]) => readonly Taint[],
  done: (ok: boolean) => void,
): void {
  const attempt = (number: number): void => {
    ctx.send({ verb: 'get', kind: 'Node', key: nodeName }, (got) => {
      if (!got.ok || got.object?.kind !== 'Node') {
        done(false);
        return;
      }
      const before = got.object.spec?.taints ?? [];
      const after = change(before);
      if (after.length === before.length) {
        done(true);
        return;
      }
      const { resourceVersion } = got.object.metadata;
      const patch = { type: 'merge', body: { spec: { taints: after.length === 0 ? null : after } } } as const;
      const preconditions = resourceVersion === undefined ? {} : { preconditions: { resourceVersion } };
      ctx.send({ verb: 'patch', kind: 'Node', key: nodeName, patch, ...preconditions }, (result) => {
        if (result.ok || result.reason !== 'Conflict' || number === ATTEMPTS_MAX) done(result.ok);
        else ctx.schedule(CONFLICT_PAUSE_MS * 2 ** (number - 1), () => attempt(number + 1));
      });
    });
  };
  attempt(1);
}
