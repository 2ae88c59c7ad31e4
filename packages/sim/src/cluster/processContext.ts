/** The world as one process sees it: everything that reaches it passes its incarnation, and dies with it. */
import type { Lease } from '@everynode/core/api/node';
import type { Kind, ObjectOfKind } from '@everynode/core/api/objects';
import { keyOf } from '@everynode/core/api/meta';
import { objectRef } from '@everynode/core/api/objects';
import { ApiClient, type ClientLink } from '../apiserver/apiClient.ts';
import { nodeOf } from '../apiserver/journal.ts';
import type {
  ClientLimits,
  ComponentContext,
  ComponentTrace,
  Informer,
  InformerHandlers,
  WatchOptions,
} from '../components/component.ts';
import { LiveInformer, type Resync } from '../informer/informer.ts';
import { clientWorld, type World } from './world.ts';

/** `--min-resync-period` of the controller manager, which draws a period of one to two times as much. */
const MIN_RESYNC_MS = 12 * 3_600_000;

/** How a process is known to the API server. */
export interface ProcessIdentity {
  readonly name: string;
  readonly incarnation: number;
  readonly limits: ClientLimits;
  /** Patience of its client. */
  readonly timeoutMs: number;
  readonly link: ClientLink;
}

/** What a process is given, and the client behind its `send`. */
export function createContext(
  world: World,
  identity: ProcessIdentity,
): { readonly context: ComponentContext; readonly client: ApiClient } {
  const { engine, processes, streams, profile, settings, plan, heartbeats } = world;
  const { name, incarnation, limits, timeoutMs, link } = identity;
  const deliver = (run: () => void): void => processes.deliver(name, incarnation, run);
  const schedule = (delayMs: number, run: () => void): number => engine.schedule(delayMs, name, () => deliver(run));
  const order = <T>(list: readonly T[]): readonly T[] =>
    plan.explore && list.length > 1 ? streams.of(`${name}/order`).shuffle(list) : list;
  const cancel = (timer: number): void => void engine.cancel(timer);
  // As a heartbeat it takes no drawn place in its instant: without the hours that it needs nothing tells that it waits.
  const resyncs = (): Resync => ({
    everyMs: streams.of(`${name}/resync`).between(MIN_RESYNC_MS, 2 * MIN_RESYNC_MS),
    schedule: (delayMs, run) => engine.schedule(delayMs, name, () => deliver(run), 'heartbeat'),
    cancel,
    order,
  });
  const client = new ApiClient(clientWorld(world), { name, incarnation, limits, timeoutMs, deliver, link });
  const context: ComponentContext = {
    name,
    profile,
    settings,
    nowMs: () => engine.nowMs + processes.skewMs(name, incarnation),
    schedule,
    cancel,
    send: (request, done) => client.send(request, done),
    watch: <K extends Kind>(kind: K, handlers: InformerHandlers<K>, options?: WatchOptions): Informer<K> => {
      const rng = streams.of(`${name}/relist`);
      const current =
        kind === 'Lease'
          ? { current: (object: ObjectOfKind[K]) => heartbeats.view(object as Lease) as ObjectOfKind[K] }
          : {};
      const informer = new LiveInformer<K>({
        client,
        kind,
        nodeName: options?.nodeName,
        handlers,
        nowMs: () => engine.nowMs,
        schedule,
        streamsLists: profile.watchList,
        rng,
        ...current,
        ...(options?.resyncs === true ? { resync: resyncs() } : {}),
      });
      informer.run();
      return informer;
    },
    pulseOf: (node) => heartbeats.pulseOf(node),
    rng: (purpose) => streams.of(`${name}/${purpose}`),
    isOrderDrawn: plan.explore,
    comparesFleets: world.comparesFleets,
    order,
    trace: createTrace(world, name, incarnation),
  };
  return { context, client };
}

function createTrace({ engine, journal, nodeCauses, observe }: World, name: string, life: number): ComponentTrace {
  return {
    event: ({ silentNode, ...fields }) => {
      const silence = silentNode === undefined ? undefined : nodeCauses.get(silentNode);
      return journal.event({ ...fields, actor: name, ...(silence === undefined ? {} : { cause: silence }) });
    },
    decision: (fields) => void journal.decision({ ...fields, actor: name }),
    apiEvent: (kind, object, type, reason, message, fieldPath) => {
      const node = nodeOf(kind, object);
      const { uid } = object.metadata;
      journal.event({
        type: `apiEvent.${reason}`,
        actor: name,
        object: objectRef(kind, keyOf(object)),
        ...(node === undefined ? {} : { node }),
        data: {
          type,
          message,
          // The name says enough in a report; `kubectl get events` wants both.
          ...(uid === undefined || !journal.isFull ? {} : { uid }),
          ...(fieldPath === undefined ? {} : { fieldPath }),
        },
      });
    },
    causedBy: (seq, run) => engine.withCause(seq, run),
    get cause() {
      return engine.cause;
    },
    get causeAtMs() {
      return engine.cause === undefined ? undefined : journal.atMsOf(engine.cause);
    },
    pass: (pass) => observe({ kind: 'Pass', pass, life, seq: engine.cause ?? journal.lastSeq }),
    full: journal.isFull,
  };
}
