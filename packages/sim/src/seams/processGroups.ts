/**
 * Which controllers are one process in reality, and live and die together: each of these processes runs in several
 * replicas, of which one leads (L-1). A replica is called `<group>/<number>`.
 */
export const PROCESS_GROUPS: Readonly<Record<string, readonly string[]>> = {
  'kube-controller-manager': [
    'node-lifecycle',
    'taint-eviction',
    'pod-gc',
    'garbage-collector',
    'daemonset-controller',
    'namespace-controller',
    'resourcequota-controller',
    'disruption',
  ],
  'kube-scheduler': ['kube-scheduler'],
};

export function replicaName(group: string, index: number): string {
  return `${group}/${index}`;
}

/** The group of a replica; undefined for any other process. */
function groupOfReplica(name: string): string | undefined {
  const group = name.slice(0, Math.max(0, name.indexOf('/')));
  return Object.hasOwn(PROCESS_GROUPS, group) ? group : undefined;
}

/** Everything that stands still or dies with this process: itself, and what a replica may have in it. */
export function livesWith(name: string): readonly string[] {
  const group = groupOfReplica(name);
  return group === undefined ? [name] : [name, ...(PROCESS_GROUPS[group] ?? [])];
}

/**
 * Whether a name in a scenario means this client: its own name; `kubelet` for all kubelets; a group for its replicas
 * and for every controller in them.
 */
export function meansClient(name: string, client: string): boolean {
  if (name === client) return true;
  if (client.length > name.length && client.startsWith(name) && client[name.length] === '/') return true;
  return Object.hasOwn(PROCESS_GROUPS, name) && (PROCESS_GROUPS[name]?.includes(client) ?? false);
}
