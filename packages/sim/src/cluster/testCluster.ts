/** A whole small cluster for tests of the components: real API server, machines and latencies, driven in virtual time. */
import type { DaemonSet, DaemonSetSpec } from '@everynode/core/api/daemonSet';
import type { Node } from '@everynode/core/api/node';
import type { Pod, PodSpec } from '@everynode/core/api/pod';
import type { EventRecord } from '@everynode/trace/record';
import { startCluster } from './cluster.ts';
import { createHouse, type House, type HouseOptions } from './testHouse.ts';

export interface TestCluster extends House {
  /** Lets time pass until this instant, in ms since the start. */
  runUntil(atMs: number): void;
  pods(): readonly Pod[];
  podOn(nodeName: string): Pod | undefined;
  nodeObject(nodeName: string): Node | undefined;
  daemonSet(): DaemonSet;
  /** Types of the records from this one back to the input that led to it. */
  chain(seq: number): readonly string[];
  /** `12.345 type object {data}` of the events that pass, without run-dependent names. */
  timeline(pass: (event: EventRecord) => boolean): readonly string[];
}

/** Nodes `pool-0` … in one pool. */
export function createCluster(nodes: number, options: HouseOptions = {}): TestCluster {
  const { world, ...house } = createHouse({ pools: [{ name: 'pool', count: nodes, capacity: {} }], ...options });
  world.engine.withCause(0, () => startCluster(world));
  const pods = (): readonly Pod[] => world.store.list('Pod');
  return {
    world,
    ...house,
    runUntil: (atMs) => world.engine.runUntil(atMs),
    pods,
    podOn: (nodeName) => pods().find(({ spec }) => spec.nodeName === nodeName),
    nodeObject: (nodeName) => world.store.get('Node', nodeName),
    daemonSet: () => world.store.get('DaemonSet', 'kube-system/agent') as DaemonSet,
    chain: (seq) => chainOf(house.events(), seq),
    timeline: (pass) => house.events().filter(pass).map(lineOf),
  };
}

/** The DaemonSet `kube-system/agent`. */
export function agent(spec: Partial<DaemonSetSpec> = {}, podSpec: Partial<PodSpec> = {}): DaemonSet {
  const labels = { app: 'agent' };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent', namespace: 'kube-system' },
    spec: {
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers: [{ name: 'agent', image: 'agent:v1' }], ...podSpec } },
      ...spec,
    },
  };
}

function chainOf(events: readonly EventRecord[], seq: number): readonly string[] {
  const bySeq = new Map(events.map((each) => [each.seq, each]));
  const types: string[] = [];
  let event = bySeq.get(seq);
  while (event !== undefined) {
    types.push(event.type);
    event = event.cause === undefined ? undefined : bySeq.get(event.cause);
  }
  return types;
}

function lineOf({ atMs, type, actor, object, node, data }: EventRecord): string {
  const seconds = `${Math.trunc(atMs / 1000)}.${String(atMs % 1000).padStart(3, '0')}`;
  const parts = [seconds, type, actor, object, node === undefined ? '' : `@${node}`];
  return [...parts, data === undefined ? '' : JSON.stringify(data)]
    .filter((part) => part !== '' && part !== undefined)
    .join(' ');
}
