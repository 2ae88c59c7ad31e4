/** Pods as the API shows them, and the four questions that the DaemonSet controller asks of one. Rules: DS-0.3, A-10. */
import { type Condition, findCondition, type ObjectMeta } from './meta.ts';
import type { NodeAffinity, ResourceList } from './node.ts';
import { parseTime } from './time.ts';

/** `operator`: empty means Equal; `effect` empty matches every effect; seconds apply to NoExecute alone (DS-R4). */
export interface Toleration {
  readonly key?: string;
  readonly operator?: string;
  readonly value?: string;
  readonly effect?: string;
  readonly tolerationSeconds?: number;
}

export interface ContainerPort {
  readonly name?: string;
  readonly containerPort: number;
  readonly hostPort?: number;
  readonly hostIP?: string;
  readonly protocol?: string;
}

export interface HttpGet {
  readonly path?: string;
  readonly port: number | string;
  readonly host?: string;
  readonly scheme?: string;
}

export interface Probe {
  readonly exec?: { readonly command?: readonly string[] };
  readonly httpGet?: HttpGet;
  readonly tcpSocket?: { readonly port: number | string; readonly host?: string };
  readonly grpc?: { readonly port: number; readonly service?: string | null };
  readonly initialDelaySeconds?: number;
  readonly periodSeconds?: number;
  readonly timeoutSeconds?: number;
  readonly successThreshold?: number;
  readonly failureThreshold?: number;
  /** Grace of a container that this probe ends, instead of the pod's (K-31). */
  readonly terminationGracePeriodSeconds?: number;
}

/** What is run after a container's start, or before its end; of the model only a `sleep` tells how long it takes. */
export interface LifecycleHandler {
  readonly exec?: unknown;
  readonly httpGet?: unknown;
  readonly tcpSocket?: unknown;
  readonly sleep?: { readonly seconds: number };
}

export interface Container {
  readonly name: string;
  readonly image: string;
  readonly ports?: readonly ContainerPort[];
  readonly resources?: { readonly requests?: ResourceList; readonly limits?: ResourceList };
  readonly readinessProbe?: Probe;
  readonly livenessProbe?: Probe;
  readonly startupProbe?: Probe;
  readonly lifecycle?: { readonly postStart?: LifecycleHandler; readonly preStop?: LifecycleHandler };
  readonly imagePullPolicy?: string;
  /** `Always` on an init container makes it a sidecar. */
  readonly restartPolicy?: string;
}

export interface Affinity {
  readonly nodeAffinity?: NodeAffinity;
  readonly podAffinity?: unknown;
  readonly podAntiAffinity?: unknown;
}

export interface PodSpec {
  readonly containers: readonly Container[];
  readonly initContainers?: readonly Container[];
  readonly nodeName?: string;
  readonly nodeSelector?: Readonly<Record<string, string>>;
  readonly affinity?: Affinity;
  readonly tolerations?: readonly Toleration[];
  readonly hostNetwork?: boolean;
  readonly os?: { readonly name: string };
  readonly priority?: number;
  readonly priorityClassName?: string;
  /** Never: does not push others off a node (S-7). */
  readonly preemptionPolicy?: string;
  readonly terminationGracePeriodSeconds?: number;
  readonly restartPolicy?: string;
  readonly activeDeadlineSeconds?: number;
  readonly schedulerName?: string;
  /** What its sandbox takes, on top of the containers (S-4). */
  readonly overhead?: ResourceList;
  /** Ready waits for these conditions, which somebody else writes (K-29). */
  readonly readinessGates?: readonly { readonly conditionType: string }[];
}

export interface PodTemplate {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec: PodSpec;
}

export interface ContainerStatus {
  readonly name: string;
  readonly image?: string;
  readonly ready: boolean;
  readonly started?: boolean;
  readonly restartCount: number;
  readonly state?: {
    readonly waiting?: { readonly reason?: string; readonly message?: string };
    readonly running?: { readonly startedAt?: string };
    readonly terminated?: { readonly exitCode: number; readonly reason?: string; readonly finishedAt?: string };
  };
  readonly lastState?: ContainerStatus['state'];
}

export type PodPhase = 'Pending' | 'Running' | 'Succeeded' | 'Failed' | 'Unknown';

export interface PodStatus {
  readonly phase?: PodPhase;
  readonly reason?: string;
  readonly message?: string;
  readonly qosClass?: string;
  /** Where the scheduler makes room for it (S-8). */
  readonly nominatedNodeName?: string;
  readonly startTime?: string;
  readonly hostIP?: string;
  readonly hostIPs?: readonly { readonly ip: string }[];
  readonly podIP?: string;
  readonly podIPs?: readonly { readonly ip: string }[];
  readonly conditions?: readonly Condition[];
  readonly containerStatuses?: readonly ContainerStatus[];
  readonly initContainerStatuses?: readonly ContainerStatus[];
}

export interface Pod {
  readonly apiVersion: 'v1';
  readonly kind: 'Pod';
  readonly metadata: ObjectMeta;
  readonly spec: PodSpec;
  readonly status?: PodStatus;
}

/** Phase Failed or Succeeded: the containers are gone and will not come back. */
export function isTerminal(pod: Pod): boolean {
  const phase = pod.status?.phase;
  return phase === 'Failed' || phase === 'Succeeded';
}

/** Condition Ready is True; phase, deletion and node are not looked at (DS-0.3). */
export function isPodReady(pod: Pod): boolean {
  return findCondition(pod.status?.conditions, 'Ready')?.status === 'True';
}

/**
 * Ready for at least `minReadySeconds`.
 * `inclusive` is the switch availability-inclusive: whether the very last instant counts (DS-0.3).
 */
export function isPodAvailable(pod: Pod, minReadySeconds: number, nowMs: number, inclusive = true): boolean {
  const ready = findCondition(pod.status?.conditions, 'Ready');
  if (ready?.status !== 'True') return false;
  if (minReadySeconds === 0) return true;
  const sinceMs = parseTime(ready.lastTransitionTime);
  if (sinceMs === undefined) return false;
  const availableAtMs = sinceMs + minReadySeconds * 1000;
  return inclusive ? availableAtMs <= nowMs : availableAtMs < nowMs;
}
