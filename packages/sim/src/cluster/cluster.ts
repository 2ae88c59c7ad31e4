/** Everything that runs in a cluster, in the order in which it starts; and how nodes join it and leave it. */
import { assert } from '@everynode/core/assert';
import type { ApiClient } from '../apiserver/apiClient.ts';
import type { ComponentDefinition } from '../components/component.ts';
import { daemonSetController } from '../components/daemonSetController.ts';
import { garbageCollector } from '../components/garbageCollector.ts';
import { kubelet } from '../components/kubelet.ts';
import { nodeLifecycle } from '../components/nodeLifecycle.ts';
import { podGc } from '../components/podGc.ts';
import { scheduler } from '../components/scheduler.ts';
import { taintEviction } from '../components/taintEviction.ts';
import type { EventHandle } from '../engine/eventQueue.ts';
import { drawLatency } from '../engine/latencies.ts';
import { startControlPlane } from './controlPlane.ts';
import { removeMachine, startExistingNode, startNewNode } from './processes.ts';
import { initialNodes, nodeSpec } from './topology.ts';
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
export function startCluster(world: World, controlPlane: readonly ComponentDefinition[] = CONTROL_PLANE): void {
  for (const spec of initialNodes(world.plan.pools)) startExistingNode(world, spec, kubelet);
  startControlPlane(world, controlPlane);
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

/** The machine is gone at once; its Node object goes through the API, as a cloud controller does it. */
export function removeNode(world: World, { waiting }: NodeOrders, name: string, send: ApiClient['send']): void {
  const ordered = waiting.get(name);
  waiting.delete(name);
  if (ordered !== undefined) world.engine.cancel(ordered);
  removeMachine(world, name);
  send({ verb: 'delete', kind: 'Node', key: name });
}
