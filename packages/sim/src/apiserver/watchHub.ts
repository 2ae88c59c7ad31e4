/**
 * Brings committed writes to those who watch, each stream in the order of revisions. The engine's event says "deliver
 * what is due of stream S", and the stream owns its queue: so no drawn tie-break can reorder one stream.
 * Rules: A-20…, V-3.
 */
import { assert } from '@everynode/core/assert';
import type { Kind } from '@everynode/core/api/objects';
import type { Engine } from '../engine/engine.ts';
import { latencyDraw } from '../engine/latencies.ts';
import type { RngStreams } from '../engine/rngStreams.ts';
import type { Draw } from '../plan.ts';
import type { RuleTable } from '../seams/ruleTable.ts';
import { meansClient } from '../seams/processGroups.ts';
import type { ClientMatch } from '../seams/seams.ts';
import { stepStream } from '../seams/worldSeams.ts';
import type { ApiServers } from './apiServers.ts';
import { revisionKnown } from './bookmarks.ts';
import type { Commit } from './changeLog.ts';
import { isReportOf } from './heartbeats.ts';
import { HEARTBEAT_LEGS } from '../engine/pulse.ts';
import { boundNode, type Journal, subjectRef } from './journal.ts';
import type { ObjectStore } from './objectStore.ts';
import { reconnectDelayMs } from './reconnect.ts';
import { eventFor, newStream, type Pending, type Stream, type WatchRequest } from './watchStream.ts';

export interface WatchHubOptions {
  readonly engine: Engine;
  readonly store: ObjectStore;
  readonly journal: Journal;
  readonly streams: RngStreams;
  readonly watches: RuleTable<Draw>;
  readonly latencyPercent: number;
  readonly servers: ApiServers;
  /** A cut link keeps an event from this client: for the fault's bites. */
  readonly withheld: (client: string) => void;
}

export class WatchHub {
  readonly #options: WatchHubOptions;
  readonly #latency: Draw;
  /** Streams without a filter by kind, filtered ones by kind and node; each in the order of opening. */
  readonly #unfiltered = new Map<Kind, Stream[]>();
  readonly #filtered = new Map<string, Stream[]>();
  readonly #byClient = new Map<string, Stream[]>();

  constructor(options: WatchHubOptions) {
    this.#options = options;
    this.#latency = latencyDraw('watchEvent', options.latencyPercent);
  }

  /** Opens a stream; false: its revision is older than the window (410), so nothing was opened. */
  open(request: WatchRequest): boolean {
    const { store, streams } = this.#options;
    const missed = store.changesSince(request.kind, request.revision);
    if (missed === undefined) return false;
    const { nowMs } = this.#options.engine;
    const stream = newStream(request, streams.of(`watch/${request.client}/${request.kind}`), nowMs);
    this.#listOf(stream).push(stream);
    listIn(this.#byClient, request.client).push(stream);
    for (const commit of missed) this.#enqueue(stream, commit);
    return true;
  }

  /** Hands a commit to every stream that watches its kind. */
  publish(commit: Commit): void {
    for (const stream of this.#unfiltered.get(commit.kind) ?? []) this.#enqueue(stream, commit);
    const node = boundNode(commit.kind, commit.object);
    const before = commit.before === undefined ? node : boundNode(commit.kind, commit.before);
    this.#publishTo(before, commit);
    if (node !== before) this.#publishTo(node, commit);
  }

  /** This life of the client is over: what its streams had in flight is lost. Another one may go on beside it (L-3). */
  closeClient(client: string, incarnation: number): void {
    const others: Stream[] = [];
    for (const stream of this.#byClient.get(client) ?? []) {
      if (stream.incarnation === incarnation) this.#close(stream);
      else others.push(stream);
    }
    if (others.length > 0) this.#byClient.set(client, others);
    else this.#byClient.delete(client);
  }

  /** The client's link is cut: nothing reaches it, and what was on its way is lost. */
  hold(client: string): void {
    const { engine, store } = this.#options;
    for (const stream of this.#byClient.get(client) ?? []) {
      if (stream.heldSinceMs !== undefined) {
        // Cut again before it has reconnected: that attempt fails too.
        this.#clear(stream);
        continue;
      }
      stream.seenRevision = revisionKnown(stream, store, engine.nowMs);
      this.#clear(stream);
      stream.heldSinceMs = engine.nowMs;
    }
  }

  /** The link works again: after a reconnect the streams resume from what they have seen, or must list again. */
  release(client: string): void {
    const { engine, streams, servers } = this.#options;
    servers.connect(client);
    for (const stream of this.#byClient.get(client) ?? []) {
      const { heldSinceMs } = stream;
      if (heldSinceMs === undefined) continue;
      const delayMs = reconnectDelayMs(engine.nowMs - heldSinceMs, streams.of(`watch/${client}/reconnect`));
      if (stream.handle !== undefined) engine.cancel(stream.handle);
      stream.handle = engine.schedule(delayMs, client, () => this.#resume(stream));
    }
  }

  /** Closes matching streams with 410; returns how many. */
  cut({ client, kind, verb }: ClientMatch): number {
    if (verb !== undefined) return 0;
    const isMeant = (stream: Stream): boolean =>
      (client === undefined || meansClient(client, stream.client)) && (kind === undefined || stream.kind === kind);
    const cut = [...this.#byClient.values()].flat().filter(isMeant);
    for (const stream of cut) this.#expire(stream);
    return cut.length;
  }

  #publishTo(node: string | undefined, commit: Commit): void {
    if (node === undefined) return;
    for (const stream of this.#filtered.get(filterKey(commit.kind, node)) ?? []) this.#enqueue(stream, commit);
  }

  /** Whether something of this kind is on its way to the client that a lag holds back still, or may be at any time. */
  isBehind(client: string, kind: Kind): boolean {
    const { engine, servers } = this.#options;
    const dueMs = engine.nowMs + HEARTBEAT_LEGS.watchMs;
    const streams = this.#byClient.get(client) ?? [];
    return servers.mayBeLate(client) || streams.some((each) => each.kind === kind && each.lastDueMs > dueMs);
  }

  #enqueue(stream: Stream, commit: Commit): void {
    const event = eventFor(stream.nodeName, commit);
    if (event === undefined) return;
    if (stream.heldSinceMs !== undefined) {
      this.#options.withheld(stream.client);
      return;
    }
    const { engine, watches, servers } = this.#options;
    const isReported = commit.kind === 'Node' && event.type === 'MODIFIED' && isReportOf(commit as Commit<'Node'>);
    // Heartbeats travel without spread, so that they can be left out where nothing depends on them.
    let delayMs = stream.kind === 'Lease' || isReported ? HEARTBEAT_LEGS.watchMs : stream.rng.draw(this.#latency);
    if (!watches.isEmpty) {
      for (const rule of watches.matching(stream)) {
        delayMs += this.#options.streams.of(stepStream(rule.stepId)).draw(rule.effect);
        watches.bite(rule);
      }
    }
    if (servers.haveLag) delayMs += Math.max(0, commit.atMs + servers.lagMs(stream.client) - engine.nowMs);
    if (isReported) {
      this.#enqueueReport(stream, { event, cause: commit.cause, dueMs: engine.nowMs + delayMs });
      return;
    }
    const dueMs = Math.max(stream.lastDueMs, engine.nowMs + delayMs);
    stream.lastDueMs = dueMs;
    stream.queue.push({ event, cause: commit.cause, dueMs });
    if (stream.handle === undefined) this.#scheduleNext(stream, dueMs);
  }

  /**
   * A report comes at its time beside the queue: with the change that overtakes it, or behind the one that it would
   * overtake. So the stream keeps its order, and all else comes at the instant at which it would without the report.
   */
  #enqueueReport(stream: Stream, report: Pending): void {
    const { engine } = this.#options;
    stream.reports.push(report);
    engine.schedule(report.dueMs - engine.nowMs, stream.client, () => this.#deliverReports(stream, 0), 'heartbeat');
  }

  /** Those that a change of this revision overtakes, and those that are due and overtake nothing. */
  #deliverReports(stream: Stream, overtaker: number): void {
    const { engine } = this.#options;
    for (;;) {
      const [next] = stream.reports;
      if (next === undefined) return;
      const { resourceVersion } = next.event;
      const pending = stream.queue[stream.head]?.event.resourceVersion ?? Infinity;
      if (resourceVersion > overtaker && (next.dueMs > engine.nowMs || resourceVersion > pending)) return;
      stream.reports.shift();
      engine.withCause(next.cause, () => this.#deliver(stream, next));
    }
  }

  #scheduleNext(stream: Stream, dueMs: number): void {
    const { engine } = this.#options;
    const place = stream.kind === 'Lease' ? 'heartbeat' : undefined;
    stream.handle = engine.schedule(dueMs - engine.nowMs, stream.client, () => this.#deliverDue(stream), place);
  }

  #deliverDue(stream: Stream): void {
    const { engine } = this.#options;
    stream.handle = undefined;
    for (;;) {
      const next = stream.queue[stream.head];
      // A delivery may have killed its client or cut its link; then the queue is empty.
      if (next === undefined) break;
      if (next.dueMs > engine.nowMs) {
        if (stream.handle === undefined) this.#scheduleNext(stream, next.dueMs);
        break;
      }
      stream.head += 1;
      if (stream.reports.length > 0) this.#deliverReports(stream, next.event.resourceVersion);
      engine.withCause(next.cause, () => this.#deliver(stream, next));
      if (stream.reports.length > 0) this.#deliverReports(stream, 0);
    }
    if (stream.head === stream.queue.length) {
      stream.queue = [];
      stream.head = 0;
    }
  }

  #deliver(stream: Stream, { event }: Pending): void {
    const { journal } = this.#options;
    stream.seenRevision = event.resourceVersion;
    if (journal.isFull && event.type !== 'BOOKMARK') {
      const { metadata } = event.object;
      const key = metadata.namespace === undefined ? metadata.name : `${metadata.namespace}/${metadata.name}`;
      journal.event({
        type: 'watch.delivered',
        actor: stream.client,
        object: subjectRef(stream.kind, key),
        rv: event.resourceVersion,
      });
    }
    stream.deliver(() => stream.sink.event(event));
  }

  #resume(stream: Stream): void {
    stream.handle = undefined;
    const missed = this.#options.store.changesSince(stream.kind, stream.seenRevision);
    if (missed === undefined) {
      this.#expire(stream);
      return;
    }
    stream.heldSinceMs = undefined;
    stream.openedAtMs = this.#options.engine.nowMs;
    for (const commit of missed) this.#enqueue(stream, commit);
  }

  #expire(stream: Stream): void {
    this.#close(stream);
    const streams = this.#byClient.get(stream.client);
    streams?.splice(streams.indexOf(stream), 1);
    stream.deliver(() => stream.sink.expired());
  }

  #close(stream: Stream): void {
    this.#clear(stream);
    const streams = this.#listOf(stream);
    const at = streams.indexOf(stream);
    assert(at >= 0, () => `the stream of ${stream.client} for ${stream.kind} is closed twice`);
    streams.splice(at, 1);
  }

  /** Forgets what is on its way. */
  #clear(stream: Stream): void {
    if (stream.handle !== undefined) this.#options.engine.cancel(stream.handle);
    stream.handle = undefined;
    stream.queue = [];
    stream.head = 0;
    stream.reports = [];
  }

  #listOf({ kind, nodeName }: WatchRequest): Stream[] {
    return nodeName === undefined ? listIn(this.#unfiltered, kind) : listIn(this.#filtered, filterKey(kind, nodeName));
  }
}

function filterKey(kind: Kind, nodeName: string): string {
  return `${kind} ${nodeName}`;
}

function listIn<K>(lists: Map<K, Stream[]>, key: K): Stream[] {
  let list = lists.get(key);
  if (list === undefined) {
    list = [];
    lists.set(key, list);
  }
  return list;
}
