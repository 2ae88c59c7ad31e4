/**
 * Pod garbage collection: surplus terminal pods, pods of vanished or out-of-service nodes, terminating pods that no
 * kubelet will ever finish. Twin: pkg/controller/podgc gc_controller.go. Rules: G-1…G-6.
 */
import { compareKeys, findCondition, isTerminating, keyOf, type ObjectKey } from '@everynode/core/api/meta';
import type { Node } from '@everynode/core/api/node';
import { isTerminal, type Pod } from '@everynode/core/api/pod';
import { formatTime } from '@everynode/core/api/time';
import { inTurn } from '../engine/inTurn.ts';
import type { ComponentContext, ComponentDefinition, Informer } from './component.ts';

/** G-1: after the previous round has finished. */
const ROUND_MS = 20_000;
const OUT_OF_SERVICE_TAINT = 'node.kubernetes.io/out-of-service';

/** What a round finds in the caches. */
export interface PodGcFindings {
  /** Beyond the threshold: evicted ones first, then the oldest (G-2). */
  readonly terminated: readonly Pod[];
  /** Terminating on a node that is down and marked out of service (G-3). */
  readonly outOfService: readonly Pod[];
  /** Bound to a node that the cache does not know, by node name (G-4). */
  readonly orphans: ReadonlyMap<string, readonly Pod[]>;
  /** Terminating and never bound (G-5). */
  readonly unscheduled: readonly Pod[];
}

/** Sorts the pods of a cache into what a round would delete; `findNode` reads the cache of nodes. */
export function findGarbage(
  pods: readonly Pod[],
  findNode: (name: string) => Node | undefined,
  terminatedMax: number,
): PodGcFindings {
  const terminal: Pod[] = [];
  const outOfService: Pod[] = [];
  const orphans = new Map<string, Pod[]>();
  const unscheduled: Pod[] = [];
  for (const pod of pods) {
    if (isTerminal(pod)) terminal.push(pod);
    const { nodeName = '' } = pod.spec;
    if (nodeName === '') {
      if (isTerminating(pod)) unscheduled.push(pod);
      continue;
    }
    const node = findNode(nodeName);
    if (node === undefined) addTo(orphans, nodeName, pod);
    else if (isTerminating(pod) && isOutOfService(node)) outOfService.push(pod);
  }
  // No threshold: this part is turned off.
  const surplus = terminatedMax === 0 ? 0 : terminal.length - terminatedMax;
  const terminated = surplus <= 0 ? [] : terminal.sort(compareForGc).slice(0, surplus);
  return { terminated, outOfService, orphans, unscheduled };
}

export const podGc: ComponentDefinition = {
  name: 'pod-gc',
  limits: ({ kubeApiQps, kubeApiBurst }) => ({ qps: kubeApiQps, burst: kubeApiBurst }),
  start(ctx) {
    const rootCause = ctx.trace.cause;
    // What the caches show decides alone what a round finds: where they have not changed, it finds nothing again.
    let isIdle = false;
    const changed = (): void => void (isIdle = false);
    const handlers = { added: changed, updated: changed, deleted: changed };
    const pods = ctx.watch('Pod', handlers);
    const nodes = ctx.watch('Node', handlers);
    const quarantine = new Quarantine(ctx.settings.podGcQuarantine);
    const later = (delayMs: number): void => {
      ctx.trace.causedBy(rootCause, () => ctx.schedule(delayMs, round));
    };
    const round = (): void => {
      if (isIdle || !pods.hasSynced || !nodes.hasSynced) later(ROUND_MS);
      else isIdle = runRound(ctx, pods, nodes, quarantine, () => later(ROUND_MS));
    };
    later(ctx.rng('phase').below(ROUND_MS));
  },
};

/** Names of nodes that the cache misses, and since when; a name stays until its time is over (G-4). */
class Quarantine {
  readonly #dueAtMs = new Map<string, number>();
  readonly #delayMs: number;

  constructor(delayMs: number) {
    this.#delayMs = delayMs;
  }

  get isEmpty(): boolean {
    return this.#dueAtMs.size === 0;
  }

  add(nodeName: string, nowMs: number): void {
    if (!this.#dueAtMs.has(nodeName)) this.#dueAtMs.set(nodeName, nowMs + this.#delayMs);
  }

  takeDue(nowMs: number): readonly string[] {
    const due = [...this.#dueAtMs].filter(([, dueAtMs]) => dueAtMs <= nowMs).map(([nodeName]) => nodeName);
    for (const nodeName of due) this.#dueAtMs.delete(nodeName);
    return due.sort(compareKeys);
  }
}

/**
 * The four parts of a round, each when the one before has been answered: the first two all at once, the others pod by pod
 * (G-1). True: it finds nothing and nothing waits, so that another one would be the same.
 */
function runRound(
  ctx: ComponentContext,
  pods: Informer<'Pod'>,
  nodes: Informer<'Node'>,
  quarantine: Quarantine,
  finished: () => void,
): boolean {
  const { terminated, outOfService, orphans, unscheduled } = findGarbage(
    pods.list(),
    (name) => nodes.get(name),
    ctx.settings.terminatedPodGcThreshold,
  );
  const remove = (pod: Pod, next: () => void): void => forceDelete(ctx, pod, false, next);
  const parts: readonly ((next: () => void) => void)[] = [
    (next) => together(terminated, remove, next),
    (next) => together(outOfService, remove, next),
    (next) => removeOrphans(ctx, pods, orphans, quarantine, next),
    (next) => inTurn(unscheduled, remove, next),
  ];
  inTurn(parts, (part, next) => part(next), finished);
  const found = terminated.length + outOfService.length + orphans.size + unscheduled.length;
  return found === 0 && quarantine.isEmpty;
}

function removeOrphans(
  ctx: ComponentContext,
  pods: Informer<'Pod'>,
  orphans: PodGcFindings['orphans'],
  quarantine: Quarantine,
  done: () => void,
): void {
  for (const nodeName of orphans.keys()) quarantine.add(nodeName, ctx.nowMs());
  const gone: { readonly nodeName: string; readonly seq: number }[] = [];
  const ask = (nodeName: string, next: () => void): void =>
    ctx.send({ verb: 'get', kind: 'Node', key: nodeName }, (result) => {
      // Anything but a clear answer leaves the pods alone; the name comes back with the next round.
      if (!result.ok && result.reason === 'NotFound') {
        const event = { type: 'podGc.nodeGone', object: `node/${nodeName}`, data: { node: nodeName } };
        gone.push({ nodeName, seq: ctx.trace.event(event) });
      }
      next();
    });
  inTurn(quarantine.takeDue(ctx.nowMs()), ask, () => {
    const lost = gone.flatMap(({ nodeName, seq }) => pods.byNode(nodeName).map((pod) => ({ pod, seq })));
    inTurn(lost, ({ pod, seq }, next) => ctx.trace.causedBy(seq, () => forceDelete(ctx, pod, true, next)), done);
  });
}

/** Begins with all of them at once; `done` comes when the last one is through. */
function together<T>(items: readonly T[], step: (item: T, next: () => void) => void, done: () => void): void {
  let open = items.length;
  if (open === 0) done();
  for (const item of items) {
    step(item, () => {
      open -= 1;
      if (open === 0) done();
    });
  }
}

/** Marks a pod that has not ended as Failed, then deletes it without grace; an error ends it for this round (G-6). */
function forceDelete(ctx: ComponentContext, pod: Pod, orphaned: boolean, done: () => void): void {
  const key: ObjectKey = keyOf(pod);
  const remove = (): void =>
    ctx.send({ verb: 'delete', kind: 'Pod', key, gracePeriodSeconds: 0 }, () => {
      done();
    });
  if (isTerminal(pod)) {
    remove();
    return;
  }
  const conditions = orphaned ? { conditions: [disruptionTarget(ctx.nowMs())] } : {};
  const patch = { type: 'strategic', body: { status: { phase: 'Failed', ...conditions } } } as const;
  ctx.send({ verb: 'patch', kind: 'Pod', key, patch, subresource: 'status' }, (result) => {
    if (result.ok) remove();
    else done();
  });
}

function disruptionTarget(nowMs: number): Readonly<Record<string, string>> {
  return {
    type: 'DisruptionTarget',
    status: 'True',
    reason: 'DeletionByPodGC',
    message: 'PodGC: node no longer exists',
    lastTransitionTime: formatTime(nowMs),
  };
}

function isOutOfService(node: Node): boolean {
  const isReady = findCondition(node.status?.conditions, 'Ready')?.status === 'True';
  return !isReady && (node.spec?.taints ?? []).some(({ key }) => key === OUT_OF_SERVICE_TAINT);
}

function compareForGc(a: Pod, b: Pod): number {
  const isEvictedA = a.status?.reason === 'Evicted';
  const isEvictedB = b.status?.reason === 'Evicted';
  if (isEvictedA !== isEvictedB) return isEvictedA ? -1 : 1;
  const byAge = compareKeys(a.metadata.creationTimestamp ?? '', b.metadata.creationTimestamp ?? '');
  return byAge !== 0 ? byAge : compareKeys(keyOf(a), keyOf(b));
}

function addTo(groups: Map<string, Pod[]>, name: string, pod: Pod): void {
  const group = groups.get(name);
  if (group === undefined) groups.set(name, [pod]);
  else group.push(pod);
}
