/** The cluster of the trace for tests: three zones of nodes and one DaemonSet. */
import type { Fields } from '@everynode/trace/fields';
import type { TinyWorld } from './tinyWorld.ts';

export const DS = 'ds/kube-system/node-agent';

export type NamedKind = 'node' | 'zone' | 'scenario' | 'message';

export interface ZoneOutageOptions {
  readonly nodesPerZone?: number;
  /** Names of nodes, zones, scenario and messages come from here; the number makes them unique. */
  readonly nameOf?: (kind: NamedKind, number: number) => string;
  /** Pods count as available only this long after they are ready. */
  readonly minReadySeconds?: number;
}

export interface TinyNode {
  readonly name: string;
  readonly zone: string;
  lost: boolean;
  pod: string | undefined;
  code: string;
}

interface ClusterParts {
  readonly options: ZoneOutageOptions;
  readonly hash: string;
}

/** Writes the objects of instant 0 and fills `nodes`; returns the seq of the DaemonSet's creation. */
export function createCluster(world: TinyWorld, nodes: TinyNode[], { options, hash }: ClusterParts): number {
  const start = world.trace.event({ atMs: 0, type: 'run.begin', actor: 'engine' });
  const perZone = options.nodesPerZone ?? 30;
  for (let i = 0; i < perZone * 3; i += 1) {
    const zone = nameOf(options, 'zone', i % 3, `zone-${'abc'[i % 3] ?? ''}`);
    const name = nameOf(options, 'node', i, `worker-${i}`);
    world.trace.node({ atMs: 0, name, zone, pool: 'worker' });
    nodes.push({ name, zone, lost: false, pod: undefined, code: '' });
    const fields = { ready: 'True', zone, pool: 'worker' };
    world.write(`node/${name}`, fields, { actor: 'engine', node: name, cause: start });
  }
  const numbers = { generation: 1, desired: 0, current: 0, ready: 0, updated: 0, available: 0, misscheduled: 0 };
  const ds: Fields = {
    ...numbers,
    strategy: 'RollingUpdate',
    maxUnavailable: '10%',
    minReadySeconds: options.minReadySeconds ?? 0,
    image: 'agent:v1',
  };
  const created = world.write(DS, ds, { actor: 'user', cause: start });
  const revision = { revision: 1, hash, owner: DS };
  world.write('rev/kube-system/node-agent-1', revision, { actor: 'daemonset-controller', cause: created });
  return created;
}

/** The usual name, or the one that a test wants instead. */
export function nameOf(options: ZoneOutageOptions, kind: NamedKind, number: number, usual: string): string {
  return options.nameOf?.(kind, number) ?? usual;
}
