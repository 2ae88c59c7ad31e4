/**
 * Deletes what is in a namespace, kind by kind, and says in its conditions what is left: pods first where releases do
 * so, since what guards them must not go before them. Twin: namespaced_resources_deleter.go, status_condition_utils.go. Rules: A-17.
 */
import { compareKeys } from '@everynode/core/api/meta';
import type { Namespace } from '@everynode/core/api/namespace';
import { type ApiObject, type Kind, KINDS } from '@everynode/core/api/objects';
import { isTerminal, type Pod } from '@everynode/core/api/pod';
import type { ApiResult } from '@everynode/core/api/requests';
import { parseTime } from '@everynode/core/api/time';
import type { ComponentContext } from './component.ts';
import { type ContentProblem, withContentConditions } from './namespaceControllerConditions.ts';

/** For what finalizers hold: nobody knows how long that takes. */
const FINALIZER_SECONDS = 15;
const NAMESPACED = (Object.keys(KINDS) as Kind[]).filter((kind) => KINDS[kind].namespaced);

export interface Emptied {
  readonly hasFailed: boolean;
  /** How long what is left may still take; 0: nothing is left. */
  readonly waitSeconds: number;
}

/** What became of one kind. */
interface KindLeft {
  readonly error?: string;
  readonly waitSeconds: number;
  readonly items: readonly ApiObject[];
}

/** One round over all kinds. */
export function emptyNamespace(ctx: ComponentContext, namespace: Namespace, done: (emptied: Emptied) => void): void {
  const left = new Map<Kind, KindLeft>();
  const finish = (isComplete: boolean): void => {
    const errors = [...left.values()].flatMap(({ error }) => error ?? []);
    const emptied = {
      hasFailed: errors.length > 0,
      waitSeconds: Math.max(0, ...[...left.values()].map(({ waitSeconds }) => waitSeconds)),
    };
    const problem: ContentProblem = { errors, remaining: isComplete ? remainingIn(left) : new Map() };
    const told = withContentConditions(namespace, problem, ctx.nowMs());
    if (told === undefined) done(emptied);
    // Whatever becomes of it: the next round says it again.
    else ctx.send({ verb: 'updateStatus', object: told }, () => done(emptied));
  };
  const others = ctx.order(NAMESPACED.filter((kind) => !ctx.profile.orderedNamespaceDeletion || kind !== 'Pod'));
  const next = (at: number): void => {
    const kind = others[at];
    if (kind === undefined) finish(true);
    else
      deleteKind(ctx, namespace, kind, (kindLeft) => {
        left.set(kind, kindLeft);
        next(at + 1);
      });
  };
  if (!ctx.profile.orderedNamespaceDeletion) next(0);
  else
    deleteKind(ctx, namespace, 'Pod', (pods) => {
      left.set('Pod', pods);
      if (pods.items.length > 0) finish(false);
      else next(0);
    });
}

function deleteKind(ctx: ComponentContext, { metadata }: Namespace, kind: Kind, done: (left: KindLeft) => void): void {
  const namespace = metadata.name;
  const failed = (result: ApiResult, waitSeconds: number): boolean => {
    if (result.ok) return false;
    done({ error: result.message, waitSeconds, items: [] });
    return true;
  };
  const remove = (waitSeconds: number): void =>
    ctx.send({ verb: 'deleteCollection', kind, namespace }, (deleted) => {
      if (failed(deleted, waitSeconds)) return;
      ctx.send({ verb: 'list', kind, namespace }, (listed) => {
        if (!failed(listed, waitSeconds)) done(leftOf(kind, namespace, itemsOf(listed), waitSeconds));
      });
    });
  if (kind !== 'Pod') {
    remove(0);
    return;
  }
  ctx.send({ verb: 'list', kind, namespace }, (listed) => {
    if (failed(listed, 0)) return;
    const graceSeconds = longestGrace(itemsOf(listed) as readonly Pod[]);
    const sinceMs = ctx.nowMs() - (parseTime(metadata.deletionTimestamp) ?? 0);
    remove(sinceMs >= graceSeconds * 1000 ? 0 : graceSeconds);
  });
}

function leftOf(kind: Kind, namespace: string, items: readonly ApiObject[], waitSeconds: number): KindLeft {
  if (items.length === 0) return { waitSeconds: 0, items };
  if (waitSeconds > 0) return { waitSeconds, items };
  if (items.some(({ metadata }) => (metadata.finalizers ?? []).length > 0))
    return { waitSeconds: FINALIZER_SECONDS, items };
  const { apiVersion, resource } = KINDS[kind];
  const [group = '', version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const type = `${group}/${version}, Resource=${resource.replace(`.${group}`, '')}`;
  return { error: `unexpected items still remain in namespace: ${namespace} for gvr: ${type}`, waitSeconds, items };
}

function longestGrace(pods: readonly Pod[]): number {
  const running = pods.filter((pod) => !isTerminal(pod));
  return Math.max(0, ...running.map(({ spec }) => spec.terminationGracePeriodSeconds ?? 0));
}

function remainingIn(left: ReadonlyMap<Kind, KindLeft>): ReadonlyMap<Kind, readonly ApiObject[]> {
  const kinds = [...left].filter(([, { items }]) => items.length > 0);
  return new Map(kinds.map(([kind, { items }]) => [kind, items] as const).sort(([a], [b]) => compareKeys(a, b)));
}

function itemsOf(result: ApiResult): readonly ApiObject[] {
  return result.ok ? (result.list?.items ?? []) : [];
}
