/**
 * The Event objects that the API server holds at a moment, from the records of what components had to say. The trace
 * keeps every word; their recorders count, combine and mute. Rules: I-15…I-17.
 */
import { EventCorrelator } from '@everynode/core/machinery/eventCorrelator';
import type { Event, InvolvedObject } from '@everynode/core/api/event';
import { compareKeys, keyOf, splitKey } from '@everynode/core/api/meta';
import { KINDS, splitRef } from '@everynode/core/api/objects';
import { EPOCH_UNIX_MS, formatMicroTime, formatTime } from '@everynode/core/api/time';
import { EventSeries } from './eventSeries.ts';
import type { Switches } from '@everynode/core/profile';
import type { EventRecord } from './record.ts';

/** A stored event goes so long after it was last written. */
const KEPT_MS = 3_600_000;
const PREFIX = 'apiEvent.';
/** How the processes of the simulation sign their events upstream. */
const COMPONENTS: Readonly<Record<string, string>> = {
  'node-lifecycle': 'node-controller',
  disruption: 'controllermanager',
  'taint-eviction': 'taint-eviction-controller',
};
/** As part of the node lifecycle controller, taint eviction signed otherwise (`sw:separate-taint-eviction`, T-8). */
const INNER_TAINT_EVICTION = 'taint-controller';
const SCHEDULER = { actor: 'kube-scheduler', component: 'default-scheduler' } as const;
/** What the scheduler was doing when it said so. */
const ACTIONS: Readonly<Record<string, string>> = { Scheduled: 'Binding', Preempted: 'Preempting' };
const DEFAULT_ACTION = 'Scheduling';

interface Stored {
  readonly event: Event;
  readonly writtenAtMs: number;
}

export class ApiEvents {
  readonly #components: Readonly<Record<string, string>>;
  readonly #recorders = new Map<string, EventCorrelator>();
  readonly #series = new EventSeries();
  readonly #stored = new Map<string, Stored>();

  constructor({ separateTaintEviction }: Pick<Switches, 'separateTaintEviction'>) {
    this.#components = separateTaintEviction ? COMPONENTS : { ...COMPONENTS, 'taint-eviction': INNER_TAINT_EVICTION };
  }

  /** Takes the records of a run in their order; those that tell of something else are passed over. */
  add(record: EventRecord): void {
    if (record.type === 'process.died') this.#recorders.delete(record.actor);
    if (!record.type.startsWith(PREFIX)) return;
    if (record.actor === SCHEDULER.actor) this.#addSeries(record);
    else this.#addCounted(record);
  }

  /** By namespace and name. `atMs` must not lie before the last record. */
  at(atMs: number): readonly Event[] {
    this.#refreshSeries(atMs);
    return [...this.#stored.values()]
      .filter(({ writtenAtMs }) => atMs - writtenAtMs < KEPT_MS)
      .map(({ event }) => event)
      .sort((a, b) => compareKeys(keyOf(a), keyOf(b)));
  }

  #addCounted(record: EventRecord): void {
    const { actor, atMs, seq } = record;
    const recorder = this.#recorders.get(actor) ?? new EventCorrelator();
    this.#recorders.set(actor, recorder);
    const base = baseOf(record);
    const { involvedObject, reason, type } = base;
    const object = JSON.stringify(involvedObject);
    const written = recorder.observe(seq, { source: actor, object, type, reason, message: base.message, atMs });
    if (written === undefined) return;
    const [component, host] = actor.split('/');
    const name = this.#components[component ?? ''] ?? component ?? '';
    this.#store(atMs, {
      ...base,
      metadata: metadataOf(involvedObject, written.id, written.firstAtMs),
      message: written.message,
      source: { component: name, ...(host === undefined ? {} : { host }) },
      firstTimestamp: formatTime(written.firstAtMs),
      lastTimestamp: formatTime(atMs),
      count: written.count,
      eventTime: null,
      reportingComponent: name,
      reportingInstance: host ?? '',
    });
  }

  #addSeries(record: EventRecord): void {
    const { atMs, seq } = record;
    this.#refreshSeries(atMs);
    const base = baseOf(record);
    const { involvedObject, type, reason } = base;
    const key = JSON.stringify([type, reason, involvedObject]);
    const event: Event = {
      ...base,
      metadata: metadataOf(involvedObject, seq, atMs),
      source: {},
      firstTimestamp: null,
      lastTimestamp: null,
      eventTime: formatMicroTime(atMs),
      action: ACTIONS[reason] ?? DEFAULT_ACTION,
      reportingComponent: SCHEDULER.component,
      reportingInstance: `${SCHEDULER.component}-control-plane`,
    };
    const written = this.#series.observe(key, event, atMs);
    if (written !== undefined) this.#store(atMs, written);
  }

  #refreshSeries(atMs: number): void {
    for (const { event, atMs: writtenAtMs } of this.#series.passTime(atMs)) this.#store(writtenAtMs, event);
  }

  #store(atMs: number, event: Event): void {
    this.#stored.set(keyOf(event), { event, writtenAtMs: atMs });
  }
}

type Base = Pick<Event, 'apiVersion' | 'kind' | 'involvedObject' | 'reason' | 'message' | 'type'>;

function baseOf({ type, object = '', data = {} }: EventRecord): Base {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    involvedObject: involvedObjectOf(object, data),
    reason: type.slice(PREFIX.length),
    message: String(data['message'] ?? ''),
    type: String(data['type'] ?? 'Normal'),
  };
}

/** `object` is a reference such as `pod/kube-system/agent-x7k2p`. */
function involvedObjectOf(object: string, data: NonNullable<EventRecord['data']>): InvolvedObject {
  const { kind, key } = splitRef(object);
  const { namespace, name } = splitKey(key);
  const fieldPath = data['fieldPath'];
  return {
    kind,
    ...(namespace === '' ? {} : { namespace }),
    name,
    uid: String(data['uid'] ?? ''),
    apiVersion: KINDS[kind].apiVersion,
    ...(fieldPath === undefined ? {} : { fieldPath: String(fieldPath) }),
  };
}

/** Named after its object and the nanosecond of its birth, for which the record's number stands within the millisecond. */
function metadataOf({ namespace = 'default', name }: InvolvedObject, seq: number, bornAtMs: number): Event['metadata'] {
  const nanoseconds = (BigInt(EPOCH_UNIX_MS) + BigInt(bornAtMs)) * 1_000_000n + BigInt(seq % 1_000_000);
  return {
    name: `${name}.${nanoseconds.toString(16)}`,
    namespace,
    creationTimestamp: formatTime(bornAtMs),
  };
}
