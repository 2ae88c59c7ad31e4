/**
 * Whom an eviction manager sends away at one evaluation, and with how much grace: pods that broke a limit of local
 * storage; else, where removing images is not enough, the first one of the ranking. Rules: E-6…E-11, E-14.
 */
import type { Node } from '@everynode/core/api/node';
import type { KubeletContext } from './component.ts';
import { type EvictionCandidate, evictionMessage, rankForEviction } from './evictionManager.ts';
import { isMet, type Reading } from './evictionManagerState.ts';
import {
  EVICTION_SIGNALS,
  type SignalName,
  type StarvedResource,
  type Threshold,
} from './evictionManagerThresholds.ts';
import { isCriticalPod } from './kubeletAdmission.ts';
import { imagesOf, type KubeletPod, ownGraceMs, type PodVerdict } from './kubeletPod.ts';
import { brokenStorageLimit } from './evictionManagerStorage.ts';

/** A hard threshold leaves a second, and less than that nobody gets (E-11). */
const GRACE_MIN_MS = 1000;

/** A pod that has to go. */
export interface Victim {
  readonly entry: KubeletPod;
  readonly verdict: PodVerdict;
  readonly graceMs: number;
  readonly resource: StarvedResource;
  /** Of the resource, when it was chosen; absent: it broke a limit of its own. */
  readonly available?: number;
}

export interface ChoiceOptions {
  readonly ctx: KubeletContext;
  /** Pods that take room on the node. */
  readonly active: () => readonly KubeletPod[];
  readonly node: () => Node;
  readonly thresholds: readonly Threshold[];
  readonly read: (signal: SignalName) => Reading;
}

interface Candidate extends EvictionCandidate {
  readonly entry: KubeletPod;
}

export class EvictionChoice {
  readonly #options: ChoiceOptions;
  /** Resources of the present spell for which it has been said that something is reclaimed. */
  readonly #told = new Set<StarvedResource>();

  constructor(options: ChoiceOptions) {
    this.#options = options;
  }

  /** Nothing is low any more; should something be again, that is worth a word. */
  spellOver(): void {
    this.#told.clear();
  }

  /** Pods that wrote more than they may; they go together, whatever else is low (E-6). */
  brokenLimits(): readonly Victim[] {
    const { ctx, active } = this.#options;
    if (ctx.machine.room.isUnused) return [];
    return active().flatMap((entry): readonly Victim[] => {
      const message = isCriticalPod(entry.pod) ? undefined : brokenStorageLimit(entry.pod, ctx.machine.room);
      if (message === undefined) return [];
      const verdict: PodVerdict = { phase: 'Failed', reason: 'Evicted', message, isDisrupted: false };
      return [{ entry, verdict, graceMs: this.#hardGraceMs(entry), resource: 'ephemeral-storage' }];
    });
  }

  /** Undefined where no pod has to go, or none can (E-7, E-8, E-10). */
  reclaim(acting: readonly Threshold[]): Victim | undefined {
    const { ctx, active } = this.#options;
    // Memory before everything else, whose order Go leaves open.
    const ordered = ctx.order(acting);
    const threshold = ordered.find(({ signal }) => resourceOf(signal) === 'memory') ?? ordered[0];
    if (threshold === undefined) return undefined;
    const resource = resourceOf(threshold.signal);
    this.#tell(resource);
    if (this.#canReclaimFor(threshold) && this.#reclaimAtNode()) return undefined;
    const candidates = active().map((entry): Candidate => {
      return { entry, pod: entry.pod, usage: this.#usageOf(entry, threshold) };
    });
    const ranked = rankForEviction(ctx.order(candidates), resource);
    const first = ranked.find(({ pod }) => !isCriticalPod(pod));
    // The text names the first of the thresholds of this resource, which need not be the one that was acted on.
    const named = ordered.find(({ signal }) => resourceOf(signal) === resource) ?? threshold;
    return first === undefined ? undefined : this.#victim(first.entry, threshold, named);
  }

  /** Upstream says it at every evaluation and lets the recorder count; here only the full trace does (E-7). */
  #tell(resource: StarvedResource): void {
    const { ctx, node } = this.#options;
    if (this.#told.has(resource) && !ctx.trace.full) return;
    this.#told.add(resource);
    ctx.trace.apiEvent('Node', node(), 'Warning', 'EvictionThresholdMet', `Attempting to reclaim ${resource}`);
  }

  /** Where images have a disk of their own, the other one holds nothing that a kubelet could remove. */
  #canReclaimFor({ signal }: Threshold): boolean {
    const { room } = EVICTION_SIGNALS[signal];
    if (room === 'imageDisk' || room === 'imageInodes') return true;
    return (room === 'disk' || room === 'inodes') && !this.#options.ctx.machine.room.hasImageDisk;
  }

  /** Dead containers go, then unused images. True: nothing is low any more, thresholds with a grace included (E-8). */
  #reclaimAtNode(): boolean {
    const { ctx, active, thresholds, read } = this.#options;
    const entries = active();
    const uids = new Set(entries.map(({ uid }) => uid));
    ctx.machine.removeDeadContainers((uid) => !uids.has(uid));
    ctx.machine.removeImages({ inUse: new Set(entries.flatMap(imagesOf)) });
    return !thresholds.some((threshold) => isMet(threshold, read(threshold.signal), true));
  }

  /** What a pod uses of what the threshold measures; undefined: nothing of it runs, so nothing was measured. */
  #usageOf({ uid }: KubeletPod, { signal }: Threshold): number | undefined {
    const { running, room } = this.#options.ctx.machine;
    if (!running.some((pod) => pod.uid === uid)) return undefined;
    switch (EVICTION_SIGNALS[signal].room) {
      case 'memory':
      case 'podMemory':
        return room.used(uid, 'memory');
      case 'pids':
        return room.used(uid, 'pids');
      case 'disk':
        return room.used(uid, 'disk');
      case 'inodes':
        return room.used(uid, 'inodes');
      // What pods write lies on the other disk, where there are two.
      case 'imageDisk':
        return room.hasImageDisk ? 0 : room.used(uid, 'disk');
      case 'imageInodes':
        return room.hasImageDisk ? 0 : room.used(uid, 'inodes');
    }
  }

  #victim(entry: KubeletPod, { signal, graceMs }: Threshold, named: Threshold): Victim {
    const { ctx, read } = this.#options;
    const { room } = ctx.machine;
    const resource = resourceOf(signal);
    const measured = resource === 'memory' ? 'memory' : 'disk';
    const containers = entry.pod.spec.containers.map(({ name }) => {
      return { name, usage: room.usedByContainer(entry.uid, name, measured) };
    });
    const reading = read(named.signal);
    const message = evictionMessage(entry.pod, resource, named, reading, containers);
    const verdict: PodVerdict = { phase: 'Failed', reason: 'Evicted', message, isDisrupted: true };
    const leftMs = graceMs === 0 ? this.#hardGraceMs(entry) : this.#softGraceMs(entry);
    return { entry, verdict, graceMs: leftMs, resource, available: reading.available };
  }

  /** Before 1.31 the override of zero seconds was taken for none: the pod kept its whole grace (E-11). */
  #hardGraceMs({ pod }: KubeletPod): number {
    return this.#options.ctx.profile.evictGraceOneSecond ? GRACE_MIN_MS : ownGraceMs(pod);
  }

  /** Here zero is still taken for none, and what is negative for the least there is (E-11). */
  #softGraceMs({ pod }: KubeletPod): number {
    const { profile, registration } = this.#options.ctx;
    const maxMs = (registration.kubelet.evictionMaxPodGracePeriod ?? 0) * 1000;
    const graceMs = profile.evictSoftMinimum ? Math.min(maxMs, ownGraceMs(pod)) : maxMs;
    return graceMs === 0 ? ownGraceMs(pod) : Math.max(graceMs, GRACE_MIN_MS);
  }
}

function resourceOf(signal: SignalName): StarvedResource {
  return EVICTION_SIGNALS[signal].resource;
}
