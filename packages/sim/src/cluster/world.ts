/** The parts of one run, put together: engine, API server, seams, machines, processes, and how a change of one is told to the others. */
import { assert } from '@everynode/core/assert';
import { objectRef } from '@everynode/core/api/objects';
import { type Profile, profileOf } from '@everynode/core/profile';
import type { TraceWriter } from '@everynode/trace/writer';
import { ApiServer } from '../apiserver/apiServer.ts';
import { ApiClient, type ClientWorld, FIRM_LINK } from '../apiserver/apiClient.ts';
import { ApiServers } from '../apiserver/apiServers.ts';
import type { Commit } from '../apiserver/changeLog.ts';
import { Elections } from '../apiserver/elections.ts';
import { Heartbeats } from '../apiserver/heartbeats.ts';
import { Journal } from '../apiserver/journal.ts';
import { ObjectStore } from '../apiserver/objectStore.ts';
import { WatchHub } from '../apiserver/watchHub.ts';
import { drawUid } from '../apiserver/writes.ts';
import { nodeLifecycle } from '../components/nodeLifecycle.ts';
import type { PodModels } from '../components/podModels.ts';
import { Engine } from '../engine/engine.ts';
import { RngStreams } from '../engine/rngStreams.ts';
import type { Plan } from '../plan.ts';
import { Bites } from '../seams/bites.ts';
import type { MachineChange } from '../seams/machineSetting.ts';
import { Machines, type MachinesOptions } from '../seams/machines.ts';
import { livesWith } from '../seams/processGroups.ts';
import { ProcessTable } from '../seams/processTable.ts';
import type { ClientMatch, Lift } from '../seams/seams.ts';
import { LegRules, stepStream } from '../seams/worldSeams.ts';
import { type Settings, settingsOf } from '../settings.ts';
import { findNamespaces } from './foundNamespaces.ts';
import { podModelTable } from './podModelTable.ts';
import type { Change } from './worldView.ts';

export interface World {
  readonly plan: Plan;
  readonly profile: Profile;
  readonly settings: Settings;
  readonly engine: Engine;
  readonly streams: RngStreams;
  readonly journal: Journal;
  readonly store: ObjectStore;
  readonly server: ApiServer;
  readonly hub: WatchHub;
  readonly servers: ApiServers;
  readonly heartbeats: Heartbeats;
  readonly elections: Elections;
  /** By group of processes: the replica that has been elected last (L-1). */
  readonly leaders: Map<string, string>;
  readonly rules: LegRules;
  readonly bites: Bites;
  readonly processes: ProcessTable;
  readonly machines: Machines;
  readonly models: PodModels;
  /** By node: the record of what last happened to its machine, its link or its kubelet. */
  readonly nodeCauses: Map<string, number>;
  /** Tests: see `ComponentContext`. */
  readonly comparesFleets: boolean;
  /** Hands a change to whoever looks on. */
  readonly observe: (change: Change) => void;
}

/** The name of a node's kubelet, as process and as API client. */
export function kubeletName(node: string): string {
  return `kubelet/${node}`;
}

/** An empty world at instant 0. `observe` is told of every change after it has happened. */
export function createWorld(
  plan: Plan,
  trace: TraceWriter,
  observe: (change: Change) => void,
  comparesFleets = false,
): World {
  const basis = basisOf(plan, trace);
  const { engine, streams, journal, bites, settings } = basis;
  const { ruleAdded, processTouched } = wakersOf(() => ({ heartbeats, elections }));
  const rules = new LegRules(bites, ruleAdded);
  const processes = new ProcessTable(engine, bites, processTouched);
  const { latencyPercent } = settings;
  const nodeCauses = new Map<string, number>();
  const store = createStore(plan, basis, (commit) => {
    hub.publish(commit);
    if (commit.type === 'DELETED') heartbeats.objectRemoved(commit.kind, commit.object.metadata.name);
    observe(changeOf(commit, journal.lastSeq));
  });
  const servers = new ApiServers({ engine, streams, settings });
  const isBehind = (process: string): boolean =>
    servers.haveLag ||
    settings.apiSeats > 0 ||
    processes.isPaused(process) ||
    processes.isSkewed(process) ||
    hub.isBehind(process, 'Lease');
  const heartbeats = new Heartbeats({ engine, store, journal, rules, watcher: nodeLifecycle.name, isBehind });
  const elections = new Elections({ engine, store, journal, rules, streams, processes });
  const server = new ApiServer({ ...basis, store, plan });
  const withheld = (client: string): void => machines.biteLink(client.slice('kubelet/'.length), 'fromServer');
  const { watches } = rules;
  const hub = new WatchHub({ engine, store, journal, streams, servers, watches, latencyPercent, withheld });
  const machines: Machines = new Machines({
    nowMs: () => engine.nowMs,
    bites,
    changed: machineListener({ journal, engine, processes, nodeCauses, observe, hub, heartbeats }),
    ...machineHands({ engine, streams, processes }),
  });
  const models = podModelTable(plan.models, (node) => store.get('Node', node)?.metadata.labels, latencyPercent);
  return {
    plan,
    ...basis,
    store,
    server,
    hub,
    servers,
    heartbeats,
    elections,
    leaders: new Map(),
    rules,
    processes,
    machines,
    models,
    nodeCauses,
    comparesFleets,
    observe,
  };
}

type Basis = Pick<World, 'profile' | 'settings' | 'engine' | 'streams' | 'journal' | 'bites'>;

/** What knows nothing of the others. */
function basisOf(plan: Plan, trace: TraceWriter): Basis {
  const profile = profileOf(plan.kubernetesVersion, plan.featureGates);
  assert(profile !== undefined, () => `Kubernetes ${plan.kubernetesVersion} is not known`);
  const engine = new Engine(plan);
  return {
    profile,
    settings: settingsOf(profile, plan.settings),
    engine,
    streams: new RngStreams(plan.seed),
    journal: new Journal(engine, trace),
    bites: new Bites(),
  };
}

/** Those who leave events out hear of everything that could touch them. */
function wakersOf(sleepers: () => Pick<World, 'heartbeats' | 'elections'>): {
  readonly ruleAdded: (match: ClientMatch) => void;
  readonly processTouched: (name: string) => void;
} {
  return {
    ruleAdded: (match) => {
      const { heartbeats, elections } = sleepers();
      heartbeats.ruleAdded(match);
      elections.ruleAdded(match);
    },
    processTouched: (name) => {
      const { heartbeats, elections } = sleepers();
      for (const each of livesWith(name)) heartbeats.processTouched(each);
      elections.processTouched(name);
    },
  };
}

/** The truth of instant 0: what is there before anybody has done anything. */
function createStore(plan: Plan, { engine, streams }: Basis, published: (commit: Commit) => void): ObjectStore {
  const store = new ObjectStore(() => engine.nowMs, published);
  findNamespaces(plan, store, streams.of('namespaces/uids'), drawUid);
  return store;
}

/** A client that no process holds: a user, or a fault that acts as one. It never dies and has no rate limit. */
export function outsideClient(world: World, name: string): ApiClient {
  return new ApiClient(clientWorld(world), {
    name,
    timeoutMs: 60_000,
    deliver: (run) => run(),
    link: FIRM_LINK,
  });
}

export function clientWorld({ engine, server, hub, servers, rules, streams, journal, settings }: World): ClientWorld {
  return { engine, server, hub, servers, rules, streams, journal, latencyPercent: settings.latencyPercent };
}

function changeOf({ kind, key, type, before, object, cause }: Commit, lastSeq: number): Change {
  return { kind, key, before, after: type === 'DELETED' ? undefined : object, seq: cause ?? lastSeq };
}

/** What a machine does by itself, and how its kubelet learns of something. */
function machineHands({
  engine,
  streams,
  processes,
}: Pick<World, 'engine' | 'streams' | 'processes'>): Pick<MachinesOptions, 'draw' | 'schedule' | 'tellKubelet'> {
  return {
    draw: (stepId, distribution) => streams.of(stepStream(stepId)).draw(distribution),
    schedule: (node, delayMs, run) => void engine.schedule(delayMs, `machine/${node}`, run),
    tellKubelet: (node, run) => processes.deliver(kubeletName(node), processes.incarnation(kubeletName(node)), run),
  };
}

type MachineWorld = Pick<World, 'journal' | 'engine' | 'processes' | 'nodeCauses' | 'observe' | 'hub' | 'heartbeats'>;

/** Writes down what happens to a machine, and lets power and link have their effect on the node's kubelet. */
function machineListener(world: MachineWorld): (change: MachineChange) => void {
  const { journal, engine, processes, nodeCauses, observe, hub, heartbeats } = world;
  const powerLifts = new Map<string, Lift>();
  const act = ({ node, what, direction }: MachineChange): void => {
    const kubelet = kubeletName(node);
    if (what === 'poweredOff' || what === 'unreachable') heartbeats.linkBroken(node);
    if (what === 'poweredOff') powerLifts.set(node, processes.crash(undefined, kubelet));
    // Streams flow from the server: a node that only cannot send hears them still. To open one again takes both ways.
    if (what === 'unreachable' && direction !== 'toServer') hub.hold(kubelet);
    if (what === 'reachable') hub.release(kubelet);
    if (what === 'poweredOn') {
      powerLifts.get(node)?.();
      powerLifts.delete(node);
    }
  };
  return (change) => {
    const { node, what, pod, container, resource, direction, reason } = change;
    const data = {
      ...(container === undefined ? {} : { container }),
      ...(resource === undefined ? {} : { resource }),
      ...(direction === undefined ? {} : { direction }),
      ...(reason === undefined ? {} : { reason }),
    };
    const seq = journal.event({
      type: `machine.${what}`,
      actor: `machine/${node}`,
      object: pod === undefined ? objectRef('Node', node) : objectRef('Pod', pod.key),
      node,
      ...(Object.keys(data).length === 0 ? {} : { data }),
    });
    if (pod === undefined) nodeCauses.set(node, seq);
    engine.withCause(seq, () => {
      act(change);
      observe({ kind: 'Machine', node, seq });
    });
  };
}
