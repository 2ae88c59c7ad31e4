/**
 * Counts what is in a namespace against its quotas: at first, when a limit changes, when something goes, and every five
 * minutes. It counts by its own caches, so a deletion frees room a moment later than it happens.
 * Twin: pkg/controller/resourcequota. Rules: A-18.
 */
import { isDeepEqual } from '@everynode/core/api/canonicalJson';
import { keyOf } from '@everynode/core/api/meta';
import type { ResourceList } from '@everynode/core/api/node';
import { type ApiObject, type Kind, KINDS } from '@everynode/core/api/objects';
import type { Pod } from '@everynode/core/api/pod';
import { quantityNanos } from '@everynode/core/api/quantityText';
import type { ResourceQuota } from '@everynode/core/api/resourceQuota';
import { addLists, isInScope, isUsing, maskList, matchingResources, usageOf } from '@everynode/core/match/quotaUsage';
import type { ComponentContext, ComponentDefinition, Informer } from './component.ts';
import { ControllerQueue } from '../informer/controllerQueue.ts';

/** --concurrent-resource-quota-syncs, of each of its two queues. */
const WORKERS = 5;
/** --resource-quota-sync-period. */
const FULL_MS = 300_000;
/** Kinds that quotas can count, apart from quotas themselves. */
const COUNTED = (Object.keys(KINDS) as Kind[]).filter((kind) => KINDS[kind].namespaced && kind !== 'ResourceQuota');

export const resourceQuotaController: ComponentDefinition = {
  name: 'resourcequota-controller',
  limits: ({ kubeApiQps, kubeApiBurst }) => ({ qps: kubeApiQps, burst: kubeApiBurst }),
  start: (ctx) => new QuotaController(ctx).start(),
};

class QuotaController {
  readonly #ctx: ComponentContext;
  readonly #informers = new Map<Kind, Informer<Kind>>();
  readonly #quotas: Informer<'ResourceQuota'>;
  readonly #queue: ControllerQueue;
  /** Quotas that nobody has counted yet: until then they refuse everything. */
  readonly #urgent: ControllerQueue;

  constructor(ctx: ComponentContext) {
    this.#ctx = ctx;
    this.#queue = this.#newQueue();
    this.#urgent = this.#newQueue();
    const quotas = ctx.watch('ResourceQuota', {
      added: (quota) => this.#add(quota),
      // Its own status writes, and those of admission, bring nothing new.
      updated: (before, after) => {
        if (!isSameList(before.spec?.hard, after.spec?.hard)) this.#add(after);
      },
      deleted: (quota) => {
        this.#queue.add(keyOf(quota));
        this.#replenish(quota);
      },
      synced: () => this.#pump(),
    });
    this.#quotas = quotas;
    this.#informers.set('ResourceQuota', quotas);
  }

  start(): void {
    for (const kind of COUNTED) {
      const informer: Informer<Kind> = this.#ctx.watch(kind, {
        updated: (before, after) => {
          if (after.kind === 'Pod' && this.#hasEnded(before as Pod, after)) this.#replenish(after);
        },
        deleted: (object) => this.#replenish(object),
        synced: () => this.#pump(),
      });
      this.#informers.set(kind, informer);
    }
    this.#countAll();
  }

  #newQueue(): ControllerQueue {
    return new ControllerQueue(this.#ctx, {
      workers: WORKERS,
      drawServiceMs: () => 0,
      ready: () =>
        this.#informers.size > COUNTED.length && [...this.#informers.values()].every((each) => each.hasSynced),
      work: (key, _wake, done) => this.#sync(key, done),
    });
  }

  #pump(): void {
    this.#urgent.pump();
    this.#queue.pump();
  }

  #countAll(): void {
    for (const quota of this.#quotas.list()) this.#queue.add(keyOf(quota));
    this.#ctx.schedule(FULL_MS, () => this.#countAll());
  }

  #add(quota: ResourceQuota): void {
    const { hard = {}, used = {} } = quota.status ?? {};
    const isCounted = Object.keys(hard).every((name) => used[name] !== undefined || !isCountable(name));
    (isSameList(quota.spec?.hard, hard) && isCounted ? this.#queue : this.#urgent).add(keyOf(quota));
  }

  /** Something uses nothing any more: every quota of its namespace that counts such things is counted anew. */
  #replenish(object: ApiObject): void {
    for (const quota of this.#quotas.byNamespace(object.metadata.namespace ?? '')) {
      if (matchingResources(object, Object.keys(quota.status?.hard ?? {})).length > 0) this.#queue.add(keyOf(quota));
    }
  }

  #hasEnded(before: Pod, after: Pod): boolean {
    const nowMs = this.#ctx.nowMs();
    return isUsing(before, nowMs) && !isUsing(after, nowMs);
  }

  #sync(key: string, done: (ok: boolean) => void): void {
    const quota = this.#quotas.get(key);
    if (quota === undefined) {
      done(true);
      return;
    }
    const hard = quota.spec?.hard ?? {};
    const used = maskList({ ...quota.status?.used, ...this.#usage(quota) }, Object.keys(hard));
    const isSame = isSameList(hard, quota.status?.hard) && isSameList(used, quota.status?.used);
    if (quota.status !== undefined && isSame) done(true);
    // It names the version it has seen: where admission has charged the quota since, it tries again later.
    else this.#ctx.send({ verb: 'updateStatus', object: { ...quota, status: { hard, used } } }, (r) => done(r.ok));
  }

  /** Of each resource that this controller can count, what its caches show in use. */
  #usage(quota: ResourceQuota): ResourceList {
    const { namespace = '' } = quota.metadata;
    const names = Object.keys(quota.spec?.hard ?? {});
    let usage: ResourceList = {};
    for (const [kind, informer] of this.#informers) {
      const own = matchingResources({ kind }, names);
      if (own.length === 0) continue;
      for (const name of own) usage = { [name]: '0', ...usage };
      for (const object of informer.byNamespace(namespace)) {
        if (isInScope(quota, object)) usage = addLists(usage, maskList(usageOf(object, this.#ctx.nowMs()), own));
      }
    }
    return usage;
  }
}

function isCountable(name: string): boolean {
  return (Object.keys(KINDS) as Kind[]).some((kind) => matchingResources({ kind }, [name]).length > 0);
}

/** Equal amounts, however they are spelled. */
function isSameList(a: ResourceList | undefined, b: ResourceList | undefined): boolean {
  const amounts = (list: ResourceList = {}): Readonly<Record<string, string>> =>
    Object.fromEntries(Object.entries(list).map(([name, amount]) => [name, String(quantityNanos(amount) ?? amount)]));
  return isDeepEqual(amounts(a), amounts(b));
}
