/** The nodes of a plan: names, labels, zones and room of each pool, and the Node objects of those that run already. */
import {
  HOSTNAME_LABEL,
  type Node,
  POOL_LABEL,
  type ResourceList,
  type Taint,
  ZONE_LABEL,
} from '@everynode/core/api/node';
import { formatTime } from '@everynode/core/api/time';
import type { NodeIdentity } from '../components/component.ts';
import { type CloudInstance, UNINITIALIZED_TAINT } from '../components/cloudInstance.ts';
import { placeOf } from '../components/kubeletNodeStatus.ts';
import type { KubeletConfig, MachineSize, NodePool } from '../plan.ts';

/** One node that is, or will be, part of the cluster. */
export interface NodeSpec {
  readonly name: string;
  readonly pool: string;
  readonly zone: string | undefined;
  readonly labels: Readonly<Record<string, string>>;
  readonly taints: readonly Taint[];
  /** Capacity and allocatable alike. */
  readonly capacity: ResourceList;
  readonly machine: MachineSize;
  readonly kubelet: KubeletConfig;
  readonly readyWhenDaemonSetPodReady: string | undefined;
  /** What the pool's cloud controller writes onto the Node later; none: there is no such controller. */
  readonly cloud: Omit<CloudInstance, 'providerId'> | undefined;
}

const FIRST_POD_NETWORK = 64;
/** Room of a node whose pool says nothing. */
const DEFAULT_CAPACITY: ResourceList = { cpu: '4', memory: '16Gi', 'ephemeral-storage': '100Gi', pods: '110' };

/** Node `index` of a pool. `joins`: it is new, so it starts with the taints of its bootstrap as well. */
export function nodeSpec(pool: NodePool, index: number, joins: boolean): NodeSpec {
  const name = `${pool.name}-${index}`;
  const { spread, bootstrap } = pool;
  const spreadValue = spread?.values[index % spread.values.length];
  const labels: Record<string, string> = {
    [HOSTNAME_LABEL]: name,
    'kubernetes.io/os': 'linux',
    'kubernetes.io/arch': 'amd64',
    [POOL_LABEL]: pool.name,
    ...pool.labels,
  };
  // Kubelets still set the names of before 1.14 beside these, and old manifests still ask for them.
  for (const what of ['os', 'arch']) labels[`beta.kubernetes.io/${what}`] ??= labels[`kubernetes.io/${what}`] ?? '';
  if (spread !== undefined && spreadValue !== undefined) labels[spread.topologyKey] = spreadValue;
  const isExternal = pool.cloudProvider === 'external';
  const startTaints = joins ? [...(bootstrap?.startTaints ?? []), ...(isExternal ? [UNINITIALIZED_TAINT] : [])] : [];
  return {
    name,
    pool: pool.name,
    zone: labels[ZONE_LABEL],
    labels,
    taints: [...(pool.taints ?? []), ...startTaints],
    capacity: { ...DEFAULT_CAPACITY, ...pool.capacity },
    machine: pool.machine ?? {},
    kubelet: pool.kubelet ?? {},
    readyWhenDaemonSetPodReady: bootstrap?.readyWhenDaemonSetPodReady,
    cloud: isExternal ? { labels: cloudLabelsOf(labels), needsRoute: pool.cloudRoutes === true } : undefined,
  };
}

/** Labels that tell where a machine stands and what it is: a kubelet of an external cloud does not know them. */
const CLOUD_LABELS = [
  ZONE_LABEL,
  'topology.kubernetes.io/region',
  'failure-domain.beta.kubernetes.io/zone',
  'failure-domain.beta.kubernetes.io/region',
  'node.kubernetes.io/instance-type',
  'beta.kubernetes.io/instance-type',
];

function cloudLabelsOf(labels: NodeSpec['labels']): NodeSpec['labels'] {
  return Object.fromEntries(Object.entries(labels).filter(([name]) => CLOUD_LABELS.includes(name)));
}

/** What the kubelet itself knows: all but what the cloud tells. */
export function ownLabelsOf({ labels, cloud }: NodeSpec): NodeSpec['labels'] {
  if (cloud === undefined) return labels;
  return Object.fromEntries(Object.entries(labels).filter(([name]) => !CLOUD_LABELS.includes(name)));
}

/** How a cloud calls the `ordinal`-th machine of a run: another machine of the same name is another instance. */
export function providerIdOf(ordinal: number): string {
  return `everynode:///i-${ordinal.toString(16).padStart(8, '0')}`;
}

/** All nodes of instant 0, pool by pool. */
export function initialNodes(pools: readonly NodePool[]): readonly NodeSpec[] {
  return pools.flatMap((pool) => Array.from({ length: pool.count }, (_, index) => nodeSpec(pool, index, false)));
}

/** What the `ordinal`-th machine of a run says of itself: system info of a plain Linux node, and addresses of its own. */
export function identityOf(ordinal: number, kubernetesVersion: string): NodeIdentity {
  const [high, low] = [ordinal >> 8, ordinal & 255];
  return {
    address: `10.0.${high}.${low}`,
    podNetwork: `10.${FIRST_POD_NETWORK + high}.${low}`,
    nodeInfo: {
      architecture: 'amd64',
      containerRuntimeVersion: 'containerd://2.0.0',
      kernelVersion: '6.1.0',
      kubeletVersion: kubeletVersionOf(kubernetesVersion),
      operatingSystem: 'linux',
      osImage: 'Linux',
    },
  };
}

/** `1.31` stands for its first release, `1.31.4` and `v1.31.4` for themselves. */
function kubeletVersionOf(version: string): string {
  const numbers = version.replace(/^v/, '').split('.');
  return `v${numbers.length < 3 ? [...numbers, '0'].join('.') : numbers.join('.')}`;
}

/** The Node of a machine that has been Ready since before the run began (K-5). */
export function readyNode(spec: NodeSpec, identity: NodeIdentity, nowMs: number, providerId?: string): Node {
  const time = formatTime(nowMs);
  const condition = (type: string, status: string, reason: string, message: string) => ({
    type,
    status,
    reason,
    message,
    lastHeartbeatTime: time,
    lastTransitionTime: time,
  });
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name: spec.name, labels: spec.labels, creationTimestamp: time },
    spec: {
      ...(spec.taints.length === 0 ? {} : { taints: spec.taints }),
      ...(providerId === undefined ? {} : { providerID: providerId }),
    },
    status: {
      capacity: spec.capacity,
      allocatable: spec.capacity,
      conditions: [
        condition('MemoryPressure', 'False', 'KubeletHasSufficientMemory', 'kubelet has sufficient memory available'),
        condition('DiskPressure', 'False', 'KubeletHasNoDiskPressure', 'kubelet has no disk pressure'),
        condition('PIDPressure', 'False', 'KubeletHasSufficientPID', 'kubelet has sufficient PID available'),
        condition('Ready', 'True', 'KubeletReady', 'kubelet is posting ready status'),
        ...(spec.cloud?.needsRoute === true
          ? [condition('NetworkUnavailable', 'False', 'RouteCreated', 'RouteController created a route')]
          : []),
      ],
      ...placeOf(spec.name, identity),
    },
  };
}
