/** Brings control-plane processes and nodes to life, and takes nodes away. Rules, L-4, K-35, K-37. */
import { formatMicroTime, formatTime } from '@everynode/core/api/time';
import type { Lease } from '@everynode/core/api/node';
import type { ApiObject } from '@everynode/core/api/objects';
import { objectRef } from '@everynode/core/api/objects';
import type { Scalar } from '@everynode/trace/record';
import type {
  ComponentContext,
  ComponentDefinition,
  HeartbeatSeat,
  KubeletContext,
  NodeIdentity,
  NodeRegistration,
} from '../components/component.ts';
import { FIRM_LINK } from '../apiserver/apiClient.ts';
import { thresholdsOf } from '../components/evictionManagerThresholds.ts';
import { drawUid } from '../apiserver/writes.ts';
import type { MachineState } from '../seams/machineState.ts';
import type { ProcessLife } from '../seams/processTable.ts';
import { createContext } from './processContext.ts';
import { roomSizeOf } from './machineSize.ts';
import { identityOf, type NodeSpec, ownLabelsOf, providerIdOf, readyNode } from './topology.ts';
import { kubeletName, type World } from './world.ts';

/** Makes the kubelet of a node. */
export type KubeletOf = (nodeName: string) => ComponentDefinition<KubeletContext>;

const SERVER_TIMEOUT_MS = 60_000;
/** A kubelet's heartbeat client gives up earlier. */
const KUBELET_TIMEOUT_MS = 10_000;
const LEASE_DURATION_SECONDS = 40;

/** Starts a process of its own; after a crash its next incarnation starts by itself. */
export function startProcess(world: World, component: ComponentDefinition): void {
  startWith(world, component, (context) => context);
}

/** A process of its own that sees more than the API. */
export function startWith<C extends ComponentContext>(
  world: World,
  component: ComponentDefinition<C>,
  extend: (context: ComponentContext) => C,
): void {
  addWith(world, component, undefined, extend);
  world.processes.start(component.name);
}

/** Makes a process known that may be started; `host` is the one it is a part of. */
export function addProcess(world: World, component: ComponentDefinition, host: string | undefined): void {
  addWith(world, component, host, (context) => context);
}

function addWith<C extends ComponentContext>(
  world: World,
  component: ComponentDefinition<C>,
  host: string | undefined,
  extend: (context: ComponentContext) => C,
): void {
  const { processes, hub, settings } = world;
  const { name } = component;
  const ways: ProcessLife = {
    start: (incarnation) => {
      const limits = component.limits(settings);
      const identity = {
        name,
        incarnation,
        limits,
        timeoutMs: SERVER_TIMEOUT_MS,
        link: FIRM_LINK,
      };
      tellStart(world, name, incarnation, () => component.start(extend(createContext(world, identity).context)));
    },
    died: (incarnation) => {
      hub.closeClient(name, incarnation);
      tellDeath(world, name);
    },
  };
  processes.add(name, ways, host);
}

/** A node of instant 0: registered, Ready, its heartbeat fresh, its kubelet running. */
export function startExistingNode(world: World, spec: NodeSpec, kubeletOf: KubeletOf): void {
  const { engine, store, journal, streams } = world;
  const identity = introduce(world, spec);
  const uids = streams.of('apiserver/uids');
  const put = (object: ApiObject): ApiObject => {
    const metadata = { ...object.metadata, uid: drawUid(uids) };
    return store.put(object.kind, { ...object, metadata }, (commit) => journal.commit('engine', commit)).object;
  };
  const { ordinal } = world.machines.get(spec.name) as MachineState;
  const providerId = spec.cloud === undefined ? undefined : providerIdOf(ordinal);
  const node = put(readyNode(spec, identity, engine.nowMs, providerId));
  const lease = put({
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: {
      name: spec.name,
      namespace: 'kube-node-lease',
      creationTimestamp: formatTime(engine.nowMs),
      ownerReferences: [{ apiVersion: 'v1', kind: 'Node', name: spec.name, uid: node.metadata.uid ?? '' }],
    },
    spec: {
      holderIdentity: spec.name,
      leaseDurationSeconds: LEASE_DURATION_SECONDS,
      acquireTime: formatMicroTime(engine.nowMs),
      renewTime: formatMicroTime(engine.nowMs),
    },
  });
  startKubelet(world, spec, identity, kubeletOf, lease as Lease);
}

/** A machine that has just come up: its kubelet starts and registers the node by itself. */
export function startNewNode(world: World, spec: NodeSpec, kubeletOf: KubeletOf): void {
  startKubelet(world, spec, introduce(world, spec), kubeletOf, undefined);
}

/** The machine is gone for good, with all that ran on it; its Node object is somebody else's affair. */
export function removeMachine(world: World, name: string): void {
  world.processes.remove(kubeletName(name));
  world.machines.remove(name);
}

function introduce({ journal, machines, plan, profile }: World, spec: NodeSpec): NodeIdentity {
  const { name, zone, pool, capacity, machine, kubelet } = spec;
  journal.node({ name, pool, ...(zone === undefined ? {} : { zone }) });
  const { ordinal } = machines.add(name, roomSizeOf(capacity, machine, thresholdsOf(kubelet, profile)));
  return identityOf(ordinal, plan.kubernetesVersion);
}

function startKubelet(
  world: World,
  spec: NodeSpec,
  identity: NodeIdentity,
  kubeletOf: KubeletOf,
  lease: Lease | undefined,
): void {
  const { processes, hub, machines, nodeCauses } = world;
  const kubelet = kubeletOf(spec.name);
  const name = kubeletName(spec.name);
  const machine = machines.get(spec.name) as MachineState;
  let starts = 0;
  processes.add(name, {
    start: (incarnation) => {
      starts += 1;
      const registration = registrationOf(spec, identity, starts === 1 ? (lease ?? 'fresh') : 'again');
      const seq = tellStart(world, name, incarnation, () =>
        kubelet.start(kubeletContext(world, kubelet, { machine, incarnation, registration })),
      );
      if (seq !== undefined) nodeCauses.set(spec.name, seq);
    },
    died: (incarnation) => {
      hub.closeClient(name, incarnation);
      machine.forgetListeners();
      // Without power the machine's own record already tells why.
      if (machine.powered) nodeCauses.set(spec.name, tellDeath(world, name));
    },
  });
  processes.start(name);
}

interface KubeletLife {
  readonly machine: MachineState;
  readonly incarnation: number;
  readonly registration: NodeRegistration;
}

function kubeletContext(
  world: World,
  kubelet: ComponentDefinition<KubeletContext>,
  { machine, incarnation, registration }: KubeletLife,
): KubeletContext {
  const { context, client } = createContext(world, {
    name: kubeletName(machine.name),
    incarnation,
    limits: kubelet.limits(world.settings),
    timeoutMs: KUBELET_TIMEOUT_MS,
    link: {
      canSend: () => machine.canSend,
      canHear: () => machine.canHear,
      lost: (direction) => world.machines.biteLink(machine.name, direction),
    },
  });
  const { engine, processes, heartbeats } = world;
  const { name } = machine;
  const mayRest = (): boolean => !processes.isSkewed(kubeletName(name)) && machine.reachable;
  const seat: HeartbeatSeat = {
    schedule: (delayMs, run) => {
      const process = kubeletName(name);
      return engine.schedule(delayMs, process, () => processes.deliver(process, incarnation, run), 'heartbeat');
    },
    send: (request, done) => client.sendHeartbeat(request, done),
    restRenewals: (beats) => mayRest() && heartbeats.restRenewals(name, beats),
    restReports: (beats) => mayRest() && heartbeats.restReports(name, beats),
    wakeReports: () => heartbeats.wakeReports(name),
  };
  const lookOn = (delayMs: number, run: () => void): void => {
    const process = kubeletName(name);
    engine.schedule(delayMs, process, () => processes.deliver(process, incarnation, run), 'onlooker');
  };
  // `trace` has getters, so the context is shared, not copied field by field.
  return Object.assign(context, {
    machine,
    nodeName: name,
    models: world.models,
    registration,
    heartbeats: seat,
    lookOn,
  });
}

/** `start`: the lease that a kubelet of instant 0 has been renewing, or how often the machine has started one. */
function registrationOf(spec: NodeSpec, identity: NodeIdentity, start: Lease | 'fresh' | 'again'): NodeRegistration {
  const { taints, capacity, kubelet, readyWhenDaemonSetPodReady } = spec;
  return {
    labels: ownLabelsOf(spec),
    taints,
    capacity,
    kubelet,
    identity,
    existing: typeof start === 'object',
    freshMachine: start === 'fresh',
    ...(typeof start === 'object' ? { lease: start } : {}),
    cloudRoutes: spec.cloud?.needsRoute === true,
    ...(readyWhenDaemonSetPodReady === undefined ? {} : { readyWhenDaemonSetPodReady }),
  };
}

/** The first start belongs to the run's own; every later one is worth a record, and is the cause of what follows. */
export function tellStart(world: World, name: string, incarnation: number, start: () => void): number | undefined {
  const { engine, journal } = world;
  const seq =
    incarnation === 1
      ? engine.cause
      : journal.event({ type: 'process.started', actor: name, ...lane(name), data: startOf(world, name, incarnation) });
  engine.withCause(seq, start);
  return incarnation === 1 ? undefined : seq;
}

export function tellDeath({ journal }: World, name: string): number {
  return journal.event({ type: 'process.died', actor: name, ...lane(name) });
}

/** Which start it is, and in which replica. */
function startOf({ processes }: World, name: string, incarnation: number): Readonly<Record<string, Scalar>> {
  const host = processes.hostOf(name);
  return { incarnation, ...(host === undefined ? {} : { in: host }) };
}

/** A kubelet's life belongs to its node. */
function lane(name: string): { readonly node?: string; readonly object?: string } {
  if (!name.startsWith('kubelet/')) return {};
  const node = name.slice('kubelet/'.length);
  return { node, object: objectRef('Node', node) };
}
