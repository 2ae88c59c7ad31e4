/**
 * What the pods of one machine use: memory and processes while their containers run, disk and inodes until what they
 * left behind is removed. Everything is asked for at an instant, so that nothing has to be kept up to date. Rules: E-8, E-9.
 */
import type { PodUsage, UsageModel } from '../plan.ts';
import { type Growth, growthAt, mostUsage, usageAt } from './usage.ts';

export const USED_RESOURCES = ['memory', 'disk', 'inodes', 'pids'] as const;
export type UsedResource = (typeof USED_RESOURCES)[number];

/** Usage of one container: the `index`-th of `count` equal parts of what its pod uses. */
export interface ContainerUsage {
  readonly pod: PodUsage;
  readonly index: number;
  readonly count: number;
}

interface Running extends ContainerUsage {
  readonly startedAtMs: number;
}

/** On disk of a container that is dead. */
interface Remains {
  readonly disk: number;
  readonly inodes: number;
}

interface UsingPod {
  readonly running: Map<string, Running>;
  readonly dead: Map<string, Remains>;
}

export class MachineUsage {
  readonly #pods = new Map<string, UsingPod>();

  /** Nobody uses anything, so nothing can run out by itself. */
  get isEmpty(): boolean {
    return this.#pods.size === 0;
  }

  /** A container begins anew; of its earlier runs only the last one is kept, and that goes now (K-21). */
  started(uid: string, container: string, usage: ContainerUsage, nowMs: number): void {
    let pod = this.#pods.get(uid);
    if (pod === undefined) this.#pods.set(uid, (pod = { running: new Map(), dead: new Map() }));
    pod.dead.delete(container);
    pod.running.set(container, { ...usage, startedAtMs: nowMs });
  }

  /** Its memory and processes are free at once; what it wrote stays. False: it used nothing. */
  ended(uid: string, container: string, nowMs: number): boolean {
    const pod = this.#pods.get(uid);
    const running = pod?.running.get(container);
    if (pod === undefined || running === undefined) return false;
    pod.running.delete(container);
    const remains = { disk: partAt(running, 'disk', nowMs), inodes: partAt(running, 'inodes', nowMs) };
    if (remains.disk + remains.inodes > 0) pod.dead.set(container, remains);
    if (pod.running.size + pod.dead.size === 0) this.#pods.delete(uid);
    return true;
  }

  /** Nothing runs any more, as after a power cut; the disk forgets nothing. */
  allEnded(nowMs: number): void {
    for (const [uid, { running }] of this.#pods) {
      for (const container of running.keys()) this.ended(uid, container, nowMs);
    }
  }

  /** Dead containers of these pods are removed, with what they wrote. False: there was nothing. */
  removeDead(isRemoved: (uid: string) => boolean): boolean {
    let hasRemoved = false;
    for (const [uid, { running, dead }] of this.#pods) {
      if (dead.size === 0 || !isRemoved(uid)) continue;
      dead.clear();
      hasRemoved = true;
      if (running.size === 0) this.#pods.delete(uid);
    }
    return hasRemoved;
  }

  /** Amount of one resource that all pods use at this instant. */
  total(resource: UsedResource, atMs: number): number {
    let sum = 0;
    for (const uid of this.#pods.keys()) sum += this.ofPod(uid, resource, atMs);
    return sum;
  }

  /** Amount that one pod uses at this instant. */
  ofPod(uid: string, resource: UsedResource, atMs: number): number {
    const pod = this.#pods.get(uid);
    if (pod === undefined) return 0;
    let sum = 0;
    for (const container of pod.running.values()) sum += partAt(container, resource, atMs);
    if (resource === 'memory' || resource === 'pids') return sum;
    for (const remains of pod.dead.values()) sum += remains[resource];
    return sum;
  }

  /** Amount that one container uses at this instant; 0 where it does not run. */
  ofContainer(uid: string, container: string, resource: UsedResource, atMs: number): number {
    const running = this.#pods.get(uid)?.running.get(container);
    return running === undefined ? 0 : partAt(running, resource, atMs);
  }

  /** What all pods together, or one of them, will never exceed as things stand; Infinity where one leaks. */
  most(resource: UsedResource, uid?: string): number {
    let sum = 0;
    for (const { running, dead } of this.#podsOf(uid)) {
      for (const { pod, count } of running.values()) {
        const model = pod[resource];
        if (model !== undefined) sum += Math.ceil(mostUsage(model) / count);
      }
      if (resource === 'memory' || resource === 'pids') continue;
      for (const remains of dead.values()) sum += remains[resource];
    }
    return sum;
  }

  /** How fast all pods together, or one of them, grow at most from this instant on, per step of `stepMs`; `untilMs` is an instant. */
  growth(resource: UsedResource, atMs: number, stepMs: number, uid?: string): Growth {
    let [perStep, untilMs] = [0, Infinity];
    for (const { running } of this.#podsOf(uid)) {
      for (const { pod: usage, count, startedAtMs } of running.values()) {
        const model = usage[resource];
        if (model === undefined) continue;
        const growth = growthAt(model, Math.max(0, atMs - startedAtMs), stepMs);
        // One more: a part of a whole is rounded by itself.
        perStep += growth.perStep === 0 ? 0 : Math.ceil(growth.perStep / count) + 1;
        untilMs = Math.min(untilMs, startedAtMs + growth.untilMs);
      }
    }
    return { perStep, untilMs };
  }

  #podsOf(uid: string | undefined): Iterable<UsingPod> {
    if (uid === undefined) return this.#pods.values();
    const pod = this.#pods.get(uid);
    return pod === undefined ? [] : [pod];
  }
}

/** One container's part of what its pod uses. */
export function partOf(amount: number, { index, count }: ContainerUsage): number {
  return Math.trunc(amount / count) + (index < amount % count ? 1 : 0);
}

/** The largest amount of the whole pod with which this container's part is not above `limit`. */
export function wholeOf(limit: number, { index, count }: ContainerUsage): number {
  // The part exceeds `limit` as soon as so much remains for it after everybody has `limit`.
  return limit * count + index;
}

function partAt(container: Running, resource: UsedResource, atMs: number): number {
  const model: UsageModel | undefined = container.pod[resource];
  if (model === undefined) return 0;
  return partOf(usageAt(model, Math.max(0, atMs - container.startedAtMs)), container);
}
