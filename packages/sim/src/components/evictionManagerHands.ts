/**
 * Sends pods away one after the other, and waits as the eviction manager does: for each until it has stopped, then for
 * all until they are cleaned up. Rules: E-3, E-12, E-13.
 */
import type { KubeletContext } from './component.ts';
import type { Victim } from './evictionManagerChoice.ts';
import type { KubeletPod, PodVerdict } from './kubeletPod.ts';

/** How often, and how long at most, evicted pods are waited for once they should have stopped. */
const CLEANUP_POLL_MS = 1000;
const CLEANUP_WAIT_MS = 30_000;
/** The stop itself is waited for half as long again as it may take, but at least so long. */
const STOP_WAIT_MIN_MS = 10_000;

export interface HandsOptions {
  readonly ctx: KubeletContext;
  /** Stops a pod, whose object stays, Failed; `stopped` comes when nothing of it runs any more. */
  readonly evict: (entry: KubeletPod, verdict: PodVerdict, graceMs: number, stopped: () => void) => void;
}

/** `done` comes when the manager goes on. */
export function evictAll(options: HandsOptions, victims: readonly Victim[], done: () => void): void {
  const next = (at: number): void => {
    const victim = victims[at];
    if (victim === undefined) awaitCleanup(options, victims, done);
    else evictOne(options, victim, () => next(at + 1));
  };
  next(0);
}

function evictOne({ ctx, evict }: HandsOptions, victim: Victim, done: () => void): void {
  const { entry, verdict, graceMs, resource, available } = victim;
  const data = { resource, ...(available === undefined ? {} : { available }) };
  const seq = ctx.trace.event({ type: 'kubelet.evicted', object: `pod/${entry.key}`, node: ctx.nodeName, data });
  ctx.trace.causedBy(seq, () => {
    ctx.trace.apiEvent('Pod', entry.pod, 'Warning', 'Evicted', verdict.message);
    let isOver = false;
    const goOn = (): void => {
      if (isOver) return;
      isOver = true;
      ctx.cancel(timer);
      done();
    };
    const timer = ctx.schedule(Math.max(STOP_WAIT_MIN_MS, graceMs + Math.trunc(graceMs / 2)), goOn);
    evict(entry, verdict, graceMs, () => {
      // Nothing of an evicted pod stays on the disk.
      ctx.machine.removeDeadContainers((uid) => uid === entry.uid);
      goOn();
    });
  });
}

function awaitCleanup({ ctx }: HandsOptions, victims: readonly Victim[], done: () => void): void {
  const untilMs = ctx.nowMs() + CLEANUP_WAIT_MS;
  const poll = (): void => {
    ctx.schedule(CLEANUP_POLL_MS, () => {
      const isClean = victims.every(({ entry }) => entry.stage === 'stopped');
      if (isClean || ctx.nowMs() >= untilMs) done();
      else poll();
    });
  };
  poll();
}
