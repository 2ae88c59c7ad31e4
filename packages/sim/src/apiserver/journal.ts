/**
 * What happens in the world, written into the trace at the moment it happens: with its actor, its instant, and the
 * record that led to it. Writes of the API carry the fields that they changed.
 */
import { isTerminating, type ObjectKey } from '@everynode/core/api/meta';
import { type ApiObject, type Kind, KINDS, objectRef } from '@everynode/core/api/objects';
import type { Pod } from '@everynode/core/api/pod';
import { targetNodeName } from '@everynode/core/daemonset/podTemplate';
import { diffFields, type Fields, traceFields } from '@everynode/trace/fields';
import type { DecisionRecord, EventRecord, NodeRecord, Patch } from '@everynode/trace/record';
import type { TraceWriter } from '@everynode/trace/writer';
import type { Engine } from '../engine/engine.ts';
import type { Uncaused } from './objectStore.ts';

export type JournalEvent = Omit<EventRecord, 'kind' | 'seq' | 'atMs'>;

export class Journal {
  readonly #engine: Engine;
  readonly #trace: TraceWriter;
  readonly #fields = new Map<string, Fields>();
  readonly #nodes = new Set<string>();
  /** Instant of each record, by seq. */
  readonly #atMs: number[] = [];

  constructor(engine: Engine, trace: TraceWriter) {
    this.#engine = engine;
    this.#trace = trace;
  }

  /** Watch deliveries, lease renewals and syncs that did nothing are written too. */
  get isFull(): boolean {
    return this.#trace.level === 'full';
  }

  /** The record written last; -1 before the first. */
  get lastSeq(): number {
    return this.#trace.events - 1;
  }

  /** Virtual instant of a record. */
  atMsOf(seq: number): number {
    return this.#atMs[seq] ?? 0;
  }

  /** Writes an event; its cause is what the engine is handling, unless one is given. Returns its seq. */
  event(fields: JournalEvent): number {
    const cause = fields.cause ?? this.#engine.cause;
    const isNodeKnown = fields.node === undefined || this.#nodes.has(fields.node);
    const { node: _unknown, ...rest } = fields;
    const known = isNodeKnown ? fields : rest;
    const atMs = this.#engine.nowMs;
    const seq = this.#trace.event({ ...known, atMs, ...(cause === undefined ? {} : { cause }) });
    return this.#note(seq, atMs);
  }

  decision(fields: Omit<DecisionRecord, 'kind' | 'seq' | 'atMs'>): number {
    const cause = fields.cause ?? this.#engine.cause;
    const atMs = this.#engine.nowMs;
    const seq = this.#trace.decision({ ...fields, atMs, ...(cause === undefined ? {} : { cause }) });
    return this.#note(seq, atMs);
  }

  /** Makes a node known; events may name it from here on. A name that comes again is the same lane. */
  node(fields: Omit<NodeRecord, 'kind' | 'atMs'>): void {
    if (this.#nodes.has(fields.name)) return;
    this.#nodes.add(fields.name);
    this.#trace.node({ ...fields, atMs: this.#engine.nowMs });
  }

  /**
   * Writes `pod.created`, `node.updated`, `ds.deleting`, `pod.removed` … with the fields that changed, and returns the
   * seq. Heartbeats are written at level full alone; otherwise what led to one is the cause of what it leads to.
   */
  commit(actor: string, commit: Uncaused): number | undefined {
    const { kind, key, before, object, type, revision } = commit;
    if (kind === 'Lease' && !this.isFull) return this.#engine.cause;
    const ref = objectRef(kind, key);
    const node = nodeOf(kind, object);
    const patch = this.#change(ref, kind, type === 'DELETED' ? undefined : object);
    if (patch.length === 0 && !this.isFull && isHeartbeat(kind, actor)) return this.#engine.cause;
    return this.event({
      type: `${KINDS[kind].short}.${transition(type, before, object)}`,
      actor,
      object: ref,
      ...(node === undefined ? {} : { node }),
      rv: revision,
      patch,
    });
  }

  #change(ref: string, kind: Kind, after: ApiObject | undefined): Patch {
    const before = this.#fields.get(ref);
    if (after === undefined) {
      this.#fields.delete(ref);
      return diffFields(before, undefined);
    }
    const fields = traceFields(kind, after);
    this.#fields.set(ref, fields);
    return diffFields(before, fields);
  }

  #note(seq: number, atMs: number): number {
    this.#atMs[seq] = atMs;
    if (this.#trace.limitReached) this.#engine.limitReached(`the trace has ${this.#trace.bytes} bytes`);
    return seq;
  }
}

/** The node an object belongs to: where a pod runs or wants to run, a node itself, a heartbeat's sender. */
export function nodeOf(kind: Kind, object: ApiObject): string | undefined {
  if (kind === 'Pod') return targetNodeName(object as Pod);
  return kind === 'Node' || kind === 'Lease' ? object.metadata.name : undefined;
}

/** A kubelet that reports its node as it was, every five minutes (K-2). */
function isHeartbeat(kind: Kind, actor: string): boolean {
  return kind === 'Node' && actor.startsWith('kubelet/');
}

/** Where a pod is bound; what a node or a heartbeat is called. A watch of one node goes by it. */
export function boundNode(kind: Kind, object: ApiObject): string | undefined {
  return kind === 'Pod' ? (object as Pod).spec.nodeName : object.metadata.name;
}

function transition(type: Uncaused['type'], before: ApiObject | undefined, after: ApiObject): string {
  if (type === 'ADDED') return 'created';
  if (type === 'DELETED') return 'removed';
  const isDeleting = before !== undefined && !isTerminating(before) && isTerminating(after);
  return isDeleting ? 'deleting' : 'updated';
}

/** `pod/kube-system/agent-x7k2p`, or the kind's short name alone where no object is named (a list). */
export function subjectRef(kind: Kind, key: ObjectKey | undefined): string {
  return key === undefined ? KINDS[kind].short : objectRef(kind, key);
}
