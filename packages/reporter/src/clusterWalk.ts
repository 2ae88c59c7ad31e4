/** Walks once through the records of a trace and lets every DaemonSet in it be followed. */
import type { DecisionRecord, EventRecord, TraceRecord } from '@everynode/trace/record';
import { FoldedState, type ObjectState } from '@everynode/trace/stateHash';
import { type CoveragePoint, DaemonSetWalk, type Lane, type Revision, type TrackedPod } from './daemonSetWalk.ts';

/** What a run did to one DaemonSet. */
export interface DaemonSetTimeline {
  /** `ds/kube-system/agent`. */
  readonly ref: string;
  /** By node name. */
  readonly lanes: ReadonlyMap<string, Lane>;
  readonly coverage: readonly CoveragePoint[];
  /** As they became the newest one; a rollback makes an old hash the newest again. */
  readonly revisions: readonly Revision[];
}

/** The actor of the DaemonSet controller, whose deletions are deliberate. */
const CONTROLLER = 'daemonset-controller';

interface PodPlace {
  readonly owner: string;
  readonly node: string;
  readonly wasReady: boolean;
}

/** The timelines of all DaemonSets of a trace, in the order in which they appeared; `endMs` closes them. */
export function walkCluster(records: readonly TraceRecord[], endMs: number): readonly DaemonSetTimeline[] {
  const walk = new ClusterWalk();
  for (const record of records) {
    if (record.kind === 'event') walk.event(record);
    else if (record.kind === 'decision') walk.decision(record);
  }
  return walk.finish(endMs);
}

class ClusterWalk {
  readonly #state = new FoldedState();
  readonly #walks = new Map<string, DaemonSetWalk>();
  readonly #places = new Map<string, PodPlace>();
  /** `<ds ref>\n<node>` → refs of the pods there. */
  readonly #podsAt = new Map<string, readonly string[]>();
  /** When each node that exists appeared. */
  readonly #born = new Map<string, { readonly atMs: number; readonly seq: number }>();
  #lastSeq = 0;

  event(event: EventRecord): void {
    this.#advance(event.atMs, event.seq);
    if (event.object === undefined || event.patch === undefined) return;
    this.#state.apply(event.object, event.patch);
    const kind = event.object.slice(0, event.object.indexOf('/'));
    if (kind === 'pod') this.#pod(event.object, event);
    else if (kind === 'node') this.#node(event.object.slice(5), event);
    else if (kind === 'ds') this.#daemonSet(event.object, event);
    else if (kind === 'rev') this.#revision(event.object, event);
  }

  decision(decision: DecisionRecord): void {
    this.#advance(decision.atMs, decision.seq);
    const walk = this.#walkOf(decision.object);
    walk.decided(decision.node, decision.code);
    walk.evaluate(decision.node, { atMs: decision.atMs, seq: decision.seq, byController: false });
    walk.sample(decision.atMs);
  }

  finish(endMs: number): readonly DaemonSetTimeline[] {
    this.#advance(endMs, this.#lastSeq);
    return [...this.#walks.values()].map(({ ref, lanes, coverage, revisions }) => ({
      ref,
      lanes,
      coverage,
      revisions,
    }));
  }

  #advance(atMs: number, seq: number): void {
    for (const walk of this.#walks.values()) walk.advance(atMs, this.#lastSeq);
    this.#lastSeq = seq;
  }

  #pod(ref: string, event: EventRecord): void {
    const before = this.#places.get(ref);
    const after = placeOf(this.#state.get(ref), before?.wasReady ?? false);
    this.#move(ref, before, after);
    const byController = event.actor === CONTROLLER;
    for (const place of before !== undefined && !samePlace(before, after) ? [before, after] : [after ?? before]) {
      if (place === undefined) continue;
      const walk = this.#walkOf(place.owner);
      walk.evaluate(place.node, { atMs: event.atMs, seq: event.seq, byController });
      walk.sample(event.atMs);
    }
  }

  #move(ref: string, before: PodPlace | undefined, after: PodPlace | undefined): void {
    if (after === undefined) this.#places.delete(ref);
    else this.#places.set(ref, after);
    if (samePlace(before, after)) return;
    if (before !== undefined) {
      const key = `${before.owner}\n${before.node}`;
      this.#podsAt.set(
        key,
        (this.#podsAt.get(key) ?? []).filter((each) => each !== ref),
      );
    }
    if (after !== undefined) {
      const key = `${after.owner}\n${after.node}`;
      this.#podsAt.set(key, [...(this.#podsAt.get(key) ?? []), ref]);
    }
  }

  #node(name: string, event: EventRecord): void {
    if (this.#state.get(event.object ?? '') === undefined) this.#born.delete(name);
    else if (!this.#born.has(name)) this.#born.set(name, { atMs: event.atMs, seq: event.seq });
    for (const walk of this.#walks.values()) {
      walk.evaluate(name, { atMs: event.atMs, seq: event.seq, byController: false });
      walk.sample(event.atMs);
    }
  }

  #daemonSet(ref: string, event: EventRecord): void {
    const isNew = !this.#walks.has(ref);
    const walk = this.#walkOf(ref);
    // Status numbers move the chart; a new minReadySeconds moves every node.
    if (isNew || event.patch?.some(([path]) => path === 'minReadySeconds') === true) this.#everyNode(walk, event);
    walk.sample(event.atMs);
  }

  #revision(ref: string, event: EventRecord): void {
    const fields = this.#state.get(ref);
    const [owner, hash, revision] = [fields?.get('owner'), fields?.get('hash'), fields?.get('revision')];
    if (typeof owner !== 'string' || typeof hash !== 'string' || typeof revision !== 'number') return;
    const walk = this.#walkOf(owner);
    if (revision <= (walk.revisions.at(-1)?.revision ?? 0)) return;
    walk.revised({ atMs: event.atMs, revision, hash });
    this.#everyNode(walk, event);
    walk.sample(event.atMs);
  }

  #everyNode(walk: DaemonSetWalk, event: EventRecord): void {
    for (const [ref] of this.#state.entries()) {
      if (!ref.startsWith('node/')) continue;
      walk.evaluate(ref.slice(5), { atMs: event.atMs, seq: event.seq, byController: false });
    }
  }

  #walkOf(ref: string): DaemonSetWalk {
    const known = this.#walks.get(ref);
    if (known !== undefined) return known;
    const walk = new DaemonSetWalk(ref, {
      node: (name) => this.#state.get(`node/${name}`),
      daemonSet: () => this.#state.get(ref),
      podsOn: (node) => this.#podsOn(ref, node),
    });
    this.#walks.set(ref, walk);
    for (const [node, moment] of this.#born) walk.preceded(node, moment);
    return walk;
  }

  #podsOn(owner: string, node: string): readonly TrackedPod[] {
    const pods: TrackedPod[] = [];
    for (const ref of this.#podsAt.get(`${owner}\n${node}`) ?? []) {
      const fields = this.#state.get(ref);
      if (fields !== undefined) pods.push({ fields, wasReady: this.#places.get(ref)?.wasReady ?? false });
    }
    return pods;
  }
}

function placeOf(pod: ObjectState | undefined, wasReady: boolean): PodPlace | undefined {
  const [owner, node] = [pod?.get('owner'), pod?.get('node')];
  // A pod of something else than a DaemonSet is no concern of ours.
  if (typeof owner !== 'string' || typeof node !== 'string' || !owner.startsWith('ds/')) return undefined;
  return { owner, node, wasReady: wasReady || pod?.get('ready') === true };
}

function samePlace(a: PodPlace | undefined, b: PodPlace | undefined): boolean {
  return a?.owner === b?.owner && a?.node === b?.node;
}
