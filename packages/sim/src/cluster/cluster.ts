/** Everything that runs in a cluster, in the order in which it starts; and how nodes join it and leave it. */
import { assert } from '@everynode/core/assert';
import type { ApiObject } from '@everynode/core/api/objects';
import type { ApiClient } from '../apiserver/apiClient.ts';
import type { ComponentDefinition } from '../components/component.ts';
import { daemonSetController } from '../components/daemonSetController.ts';
import { cloudController } from '../components/cloudController.ts';
import type { Cloud } from '../components/cloudInstance.ts';
import { disruption } from '../components/disruption.ts';
import { garbageCollector } from '../components/garbageCollector.ts';
import { kubelet } from '../components/kubelet.ts';
import { nodeLifecycle } from '../components/nodeLifecycle.ts';
import { podGc } from '../components/podGc.ts';
import { scheduler } from '../components/scheduler.ts';
import { taintEviction } from '../components/taintEviction.ts';
import type { EventHandle } from '../engine/eventQueue.ts';
import { drawLatency } from '../engine/latencies.ts';
import { startControlPlane } from './controlPlane.ts';
import { controllersOnDemand } from './foundNamespaces.ts';
import { removeMachine, startExistingNode, startNewNode, startWith } from './processes.ts';
import { initialNodes, nodeSpec, providerIdOf } from './topology.ts';
import type { NodePool, Plan } from '../plan.ts';
import type { World } from './world.ts';

export const CONTROL_PLANE: readonly ComponentDefinition[] = [
  nodeLifecycle,
  taintEviction,
  podGc,
  garbageCollector,
  scheduler,
  daemonSetController,
];

/** Machines that were ordered in a run. */
export interface NodeOrders {
  /** How many nodes each pool has ever had: the number of the next one. */
  readonly counts: Map<string, number>;
  /** Those that are not up yet, by name. */
  readonly waiting: Map<string, EventHandle>;
}

/** The nodes of instant 0 run, and the control plane starts; a benchmark hands in one that is looked at. */
export function startCluster(
  world: World,
  controlPlane: readonly ComponentDefinition[] = controllersOf(world.plan),
): void {
  for (const spec of initialNodes(world.plan.pools)) startExistingNode(world, spec, kubelet);
  startControlPlane(world, controlPlane);
  if (world.plan.pools.some(({ cloudProvider }) => cloudProvider !== undefined)) {
    const cloud = cloudOf(world);
    startWith(world, cloudController, (context) => Object.assign(context, { cloud }));
  }
}

/** Nobody looks after what will never be there. */
function controllersOf(plan: Plan): readonly ComponentDefinition[] {
  return [...CONTROL_PLANE, ...controllersOnDemand(plan), ...(hasBudgets(plan) ? [disruption] : [])];
}

function hasBudgets({ objects, steps }: Plan): boolean {
  const applied = steps.flatMap(({ params }) => (params['objects'] ?? []) as unknown as readonly ApiObject[]);
  return [...objects, ...applied].some(({ kind }) => kind === 'PodDisruptionBudget');
}

/** A machine of the pool is ordered; it is up `bootMs` from now, or when clouds are (V-19). */
export function addNode(
  world: World,
  { counts, waiting }: NodeOrders,
  poolName: string,
  bootMs: number | undefined,
): void {
  const { plan, engine, streams, settings } = world;
  const pool = plan.pools.find((each) => each.name === poolName);
  assert(pool !== undefined, () => `no pool is called ${poolName}`);
  const index = counts.get(poolName) ?? 0;
  counts.set(poolName, index + 1);
  const spec = nodeSpec(pool, index, true);
  const delayMs = bootMs ?? drawLatency(streams.of(`machine/${spec.name}`), 'machineCreate', settings.latencyPercent);
  const boot = (): void => {
    waiting.delete(spec.name);
    startNewNode(world, spec, kubelet);
  };
  waiting.set(spec.name, engine.schedule(delayMs, `machine/${spec.name}`, boot));
}

/**
 * The machine is gone for good, with its disk; what is answered boots another one of the same name. Undefined where
 * there is no such machine. The Node object and all pods bound to it stay for the new one to take over.
 */
export function replaceMachine(world: World, name: string): (() => void) | undefined {
  if (world.machines.get(name) === undefined) return undefined;
  const place = placeInPool(world.plan, name);
  assert(place !== undefined, () => `node ${name} is of no pool`);
  const { pool, index } = place;
  removeMachine(world, name);
  return () => {
    // Somebody else may have replaced it meanwhile.
    if (world.machines.get(name) === undefined) startNewNode(world, nodeSpec(pool, index, true), kubelet);
  };
}

/** As above, and the new machine is ordered at once: it is up `bootMs` from now, or when clouds are (V-19). */
export function replaceNode(world: World, name: string, bootMs: number | undefined): void {
  const { engine, streams, settings } = world;
  const boot = replaceMachine(world, name);
  if (boot === undefined) return;
  const delayMs = bootMs ?? drawLatency(streams.of(`machine/${name}`), 'machineCreate', settings.latencyPercent);
  engine.schedule(delayMs, `machine/${name}`, boot);
}

/** What the cloud of these pools knows: its machines as they are. */
function cloudOf({ plan, machines }: World): Cloud {
  const cloudOfNode = (name: string): ReturnType<typeof nodeSpec>['cloud'] => {
    const { pool, index } = placeInPool(plan, name) ?? {};
    return pool === undefined || index === undefined ? undefined : nodeSpec(pool, index, true).cloud;
  };
  return {
    owns: (name) => cloudOfNode(name) !== undefined,
    find: (name) => {
      const [machine, cloud] = [machines.get(name), cloudOfNode(name)];
      return machine === undefined || cloud === undefined
        ? undefined
        : { ...cloud, providerId: providerIdOf(machine.ordinal) };
    },
  };
}

/** Node `i` of a pool is called `<pool>-<i>`. */
function placeInPool({ pools }: Plan, name: string): { readonly pool: NodePool; readonly index: number } | undefined {
  const dash = name.lastIndexOf('-');
  const pool = pools.find((each) => each.name === name.slice(0, dash));
  return pool === undefined ? undefined : { pool, index: Number(name.slice(dash + 1)) };
}

/** The machine is gone at once. Its Node object goes with it, unless a cloud controller has to find that out. */
export function removeNode(world: World, { waiting }: NodeOrders, name: string, send: ApiClient['send']): void {
  const ordered = waiting.get(name);
  waiting.delete(name);
  if (ordered !== undefined) world.engine.cancel(ordered);
  removeMachine(world, name);
  if (placeInPool(world.plan, name)?.pool.cloudProvider === undefined)
    send({ verb: 'delete', kind: 'Node', key: name });
}
