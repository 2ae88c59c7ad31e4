/** Objects for the tests of this package: one DaemonSet `kube-system/agent`, its nodes, pods and revisions. */
import { type ControllerRevision, type DaemonSet, type DaemonSetSpec, HASH_LABEL } from '@everynode/core/api/daemonSet';
import type { Node, Taint } from '@everynode/core/api/node';
import type { Pod, PodPhase } from '@everynode/core/api/pod';
import { formatTime } from '@everynode/core/api/time';
import { newDaemonPod } from '@everynode/core/daemonset/podTemplate';
import type { PlannedFault } from '@everynode/sim/plan';

export const AGENT = 'kube-system/agent';

export interface NodeOptions {
  readonly isReady?: boolean;
  readonly hasPressure?: boolean;
  readonly taints?: readonly Taint[];
  readonly labels?: Readonly<Record<string, string>>;
  readonly uid?: string;
  readonly heartbeatAtMs?: number;
}

export function makeNode(name: string, options: NodeOptions = {}): Node {
  const lastHeartbeatTime = formatTime(options.heartbeatAtMs ?? 0);
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name,
      uid: options.uid ?? `uid-${name}`,
      labels: { 'kubernetes.io/hostname': name, ...options.labels },
    },
    spec: options.taints === undefined ? {} : { taints: options.taints },
    status: {
      conditions: [
        { type: 'Ready', status: options.isReady === false ? 'False' : 'True', lastHeartbeatTime },
        { type: 'DiskPressure', status: options.hasPressure === true ? 'True' : 'False', lastHeartbeatTime },
      ],
    },
  };
}

export interface DaemonSetOptions {
  readonly image?: string;
  readonly minReadySeconds?: number;
  readonly maxUnavailable?: number | string;
  readonly maxSurge?: number | string;
  readonly strategy?: string;
  readonly historyLimit?: number;
  readonly status?: Partial<NonNullable<DaemonSet['status']>>;
  readonly uid?: string;
  readonly generation?: number;
  readonly nodeSelector?: Readonly<Record<string, string>>;
}

export function makeDaemonSet(options: DaemonSetOptions = {}): DaemonSet {
  const { minReadySeconds, historyLimit, strategy, maxUnavailable = 1, maxSurge = 0, nodeSelector } = options;
  const spec: DaemonSetSpec = {
    selector: { matchLabels: { app: 'agent' } },
    template: {
      metadata: { labels: { app: 'agent' } },
      spec: {
        containers: [{ name: 'agent', image: options.image ?? 'agent:v1' }],
        ...(nodeSelector === undefined ? {} : { nodeSelector }),
      },
    },
    updateStrategy:
      strategy === undefined
        ? { type: 'RollingUpdate', rollingUpdate: { maxUnavailable, maxSurge } }
        : { type: strategy },
    ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
    ...(historyLimit === undefined ? {} : { revisionHistoryLimit: historyLimit }),
  };
  const zero = { desiredNumberScheduled: 0, currentNumberScheduled: 0, numberMisscheduled: 0, numberReady: 0 };
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: {
      name: 'agent',
      namespace: 'kube-system',
      uid: options.uid ?? 'uid-agent',
      generation: options.generation ?? 1,
    },
    spec,
    ...(options.status === undefined ? {} : { status: { ...zero, ...options.status } }),
  };
}

export interface PodOptions {
  readonly hash?: string;
  readonly phase?: PodPhase;
  /** Since when it is Ready; absent: it is not. */
  readonly readySinceMs?: number;
  readonly isTerminating?: boolean;
  readonly uid?: string;
}

/** A pod of the DaemonSet, bound to its node. */
export function makePod(ds: DaemonSet, name: string, nodeName: string, options: PodOptions = {}): Pod {
  const pod = newDaemonPod(ds, nodeName, options.hash ?? 'v1');
  const { generateName: _, ...metadata } = pod.metadata;
  const { readySinceMs, isTerminating, phase = 'Running' } = options;
  const isReady = readySinceMs !== undefined;
  return {
    ...pod,
    metadata: {
      ...metadata,
      name,
      uid: options.uid ?? `uid-${name}`,
      ...(isTerminating === true ? { deletionTimestamp: formatTime(0) } : {}),
    },
    spec: { ...pod.spec, nodeName },
    status: {
      phase,
      conditions: [
        { type: 'Ready', status: isReady ? 'True' : 'False', lastTransitionTime: formatTime(readySinceMs ?? 0) },
      ],
    },
  };
}

/** The revision that records the template of `ds` under `hash`. */
export function makeRevision(ds: DaemonSet, hash: string, revision: number): ControllerRevision {
  const { name, namespace = '', uid = '' } = ds.metadata;
  return {
    apiVersion: 'apps/v1',
    kind: 'ControllerRevision',
    metadata: {
      name: `${name}-${hash}-${revision}`,
      namespace,
      uid: `uid-${name}-${hash}-${revision}`,
      labels: { [HASH_LABEL]: hash },
      ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name, uid, controller: true }],
    },
    data: { spec: { template: { ...ds.spec.template, $patch: 'replace' } } },
    revision,
  };
}

export function makeFault(id: string, nodes: readonly string[] = [], atMs = 0): PlannedFault {
  return {
    step: 'fault',
    id,
    type: 'NodeCrash',
    atMs,
    params: {},
    nodes,
    targets: `${nodes.length} nodes`,
    mayBeVacuous: false,
  };
}
