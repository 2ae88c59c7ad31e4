/**
 * What a change of a pod costs the controller during a rollout: a whole cluster with its kubelets and scheduler runs, and
 * only the DaemonSet controller is timed: its handlers, the syncs that they cause, and what it writes into the trace.
 */
import type { DaemonSet } from '@everynode/core/api/daemonSet';
import { keyOf } from '@everynode/core/api/meta';
import { CONTROL_PLANE, startCluster } from '@everynode/sim/cluster/cluster';
import { createHouse, type House } from '@everynode/sim/cluster/testHouse';
import { daemonSetController } from '@everynode/sim/components/daemonSetController';
import { benchDaemonSet } from './clusterFixture.ts';
import { ControllerClock } from './controllerClock.ts';

const STEP_MS = 1_000;
const STEPS_MAX = 10_000;

/** Nanoseconds of the controller's work per pod event that reaches it, in a rollout of 10 % at a time. */
export function rolloutCostNs(nodes: number): number {
  const clock = new ControllerClock();
  const house = createHouse({ seed: 'bench', settings: {}, pools: [{ name: 'node', count: nodes, capacity: {} }] });
  const { world } = house;
  const controlPlane = CONTROL_PLANE.map((each) => (each === daemonSetController ? clock.watching(each) : each));
  world.engine.withCause(0, () => startCluster(world, controlPlane));
  const { status: _status, ...given } = benchDaemonSet(nodes, { exclusions: false });
  const rollingUpdate = { maxUnavailable: '10%', maxSurge: 0 };
  const ds: DaemonSet = { ...given, spec: { ...given.spec, updateStrategy: { type: 'RollingUpdate', rollingUpdate } } };
  const stored = (): DaemonSet => world.store.get('DaemonSet', keyOf(ds)) ?? ds;
  house.ask({ verb: 'create', object: ds });
  runUntil(house, () => stored().status?.numberAvailable === nodes);
  clock.reset();
  const result = house.ask({ verb: 'update', object: withImage(stored(), 'registry.example/agent:v2') });
  if (!result.ok) throw new Error(`the fixture is off: ${result.message}`);
  runUntil(house, () => isRolledOut(stored(), nodes));
  return clock.workedNs / clock.podEvents;
}

function isRolledOut({ metadata, status }: DaemonSet, nodes: number): boolean {
  return status?.observedGeneration === metadata.generation && status?.updatedNumberScheduled === nodes;
}

function runUntil(house: House, isDone: () => boolean): void {
  for (let step = 0; !isDone(); step += 1) {
    if (step > STEPS_MAX) throw new Error('the rollout does not come to its end');
    house.runFor(STEP_MS);
  }
}

function withImage(ds: DaemonSet, image: string): DaemonSet {
  const { template } = ds.spec;
  const containers = template.spec.containers.map((container) => ({ ...container, image }));
  return { ...ds, spec: { ...ds.spec, template: { ...template, spec: { ...template.spec, containers } } } };
}
