/**
 * Zones of nodes, how badly each is hit, and the queue from which its silent nodes get their NoExecute taints, so many
 * in so much time. Twin: node_lifecycle_controller.go handleDisruption, scheduler/rate_limited_queue.go. Rules: N-12, N-19…N-23.
 */
import { type Node, ZONE_LABEL } from '@everynode/core/api/node';

const REGION_LABEL = 'topology.kubernetes.io/region';
const EXCLUDE_LABEL = 'node.kubernetes.io/exclude-disruption';

/** A node per so many ms: 0.1/s, and 0.01/s in large zones that are partly down; undefined: none at all. */
const NORMAL_PACE_MS = 10_000;
const REDUCED_PACE_MS = 100_000;
/** --large-cluster-size-threshold, compared with the size of the zone. */
const LARGE_ZONE_SIZE = 50;
/** --unhealthy-zone-threshold 0.55, in percent. */
const UNHEALTHY_PERCENT = 55;

export type ZoneState = 'Initial' | 'Normal' | 'PartialDisruption' | 'FullDisruption';

const NO_ZONE = ':';
/** Asked for every node at every pass; labels are immutable. */
const zones = new WeakMap<NonNullable<Node['metadata']['labels']>, string>();

/** Region and zone together; nodes without labels share one zone (N-19). */
export function zoneOf(node: Node): string {
  const { labels } = node.metadata;
  if (labels === undefined) return NO_ZONE;
  const known = zones.get(labels);
  if (known !== undefined) return known;
  const zone = `${labels[REGION_LABEL] ?? ''}:${labels[ZONE_LABEL] ?? ''}`;
  zones.set(labels, zone);
  return zone;
}

export function isCountedForDisruption(node: Node): boolean {
  return node.metadata.labels?.[EXCLUDE_LABEL] === undefined;
}

/** How many of a zone's counted nodes a pass has found, and how many of them Ready. */
export interface ZoneTally {
  readonly zone: string;
  ready: number;
  total: number;
}

export function computeZoneState({ ready, total }: Pick<ZoneTally, 'ready' | 'total'>): ZoneState {
  const notReady = total - ready;
  if (ready === 0 && notReady > 0) return 'FullDisruption';
  if (notReady > 2 && notReady * 100 >= UNHEALTHY_PERCENT * total) return 'PartialDisruption';
  return 'Normal';
}

/** Time between two new taints in a zone, unless the whole cluster is down. */
export function zonePaceMs(state: ZoneState, size: number): number | undefined {
  if (state !== 'PartialDisruption') return NORMAL_PACE_MS;
  return size > LARGE_ZONE_SIZE ? REDUCED_PACE_MS : undefined;
}

/** What follows from the states of all zones after a pass (N-20, N-21). */
export type Disruption =
  /** The last zone fell: take the NoExecute taints off all nodes, stop all queues. */
  | { readonly kind: 'enteredFull' }
  /** Some zone is back: every node gets a new full grace period. */
  | { readonly kind: 'leftFull' }
  /** Only the zones listed have another state than before. */
  | { readonly kind: 'changed'; readonly zones: readonly string[] }
  | { readonly kind: 'stillFull' };

export function judgeDisruption(
  before: ReadonlyMap<string, ZoneState>,
  after: ReadonlyMap<string, ZoneState>,
): Disruption {
  const isAllFull = [...after.values()].every((state) => state === 'FullDisruption');
  // A zone that was not there before has not been down.
  const wasAllFull = [...after.keys()].every((zone) => before.get(zone) === 'FullDisruption');
  if (isAllFull && wasAllFull) return { kind: 'stillFull' };
  if (isAllFull) return { kind: 'enteredFull' };
  if (wasAllFull) return { kind: 'leftFull' };
  return {
    kind: 'changed',
    zones: [...after].filter(([zone, state]) => before.get(zone) !== state).map(([zone]) => zone),
  };
}

/** The nodes of one zone that wait for their taint, by the instant at which they were put in; and the zone's pace. */
export class ZoneTaintQueue {
  readonly #waiting = new Map<string, number>();
  /** Done nodes are not queued again until somebody removes them. */
  readonly #done = new Set<string>();
  #paceMs: number | undefined;
  #tokenAtMs: number;

  constructor(nowMs: number) {
    this.#paceMs = NORMAL_PACE_MS;
    this.#tokenAtMs = nowMs;
  }

  add(nodeName: string, nowMs: number): void {
    if (!this.#done.has(nodeName) && !this.#waiting.has(nodeName)) this.#waiting.set(nodeName, nowMs);
  }

  remove(nodeName: string): void {
    this.#waiting.delete(nodeName);
    this.#done.delete(nodeName);
  }

  finish(nodeName: string): void {
    this.#waiting.delete(nodeName);
    this.#done.add(nodeName);
  }

  /** Keeps the node, to be tried again at or after this instant. */
  defer(nodeName: string, readyAtMs: number): void {
    if (this.#waiting.delete(nodeName)) this.#waiting.set(nodeName, readyAtMs);
  }

  /**
   * A new pace brings a fresh bucket of one token, an empty one if the old was empty. Without a pace nothing goes (N-22).
   * The pace that it has already changes nothing.
   */
  setPace(paceMs: number | undefined, nowMs: number): void {
    if (paceMs === this.#paceMs) return;
    const wasEmpty = this.#paceMs === undefined || this.#tokenAtMs > nowMs;
    this.#paceMs = paceMs;
    this.#tokenAtMs = wasEmpty ? nowMs + (paceMs ?? 0) : nowMs;
  }

  /** Spends a token and returns the node whose turn it is; a token is gone even if the head is not due yet (N-12). */
  take(nowMs: number): string | undefined {
    const [head] = this.#waiting;
    if (head === undefined || this.#paceMs === undefined || this.#tokenAtMs > nowMs) return undefined;
    this.#tokenAtMs = nowMs + this.#paceMs;
    const [nodeName, readyAtMs] = head;
    return readyAtMs <= nowMs ? nodeName : undefined;
  }

  /** The earliest instant at which `take` may give a node, or undefined where nothing waits or nothing may go. */
  nextAtMs(): number | undefined {
    const [head] = this.#waiting;
    if (head === undefined || this.#paceMs === undefined) return undefined;
    return Math.max(head[1], this.#tokenAtMs);
  }
}
