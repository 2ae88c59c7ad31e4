/** One object of each kind that is right in every way and says much: what property tests start from. */
import type { ControllerRevision, DaemonSet } from '@everynode/core/api/daemonSet';
import type { Lease, Node } from '@everynode/core/api/node';
import type { ApiObject } from '@everynode/core/api/objects';
import type { Pod, PodSpec } from '@everynode/core/api/pod';

const LABELS = { app: 'agent', 'example.com/tier': 'node' };

const MORE_FIELDS = {
  env: [{ name: 'NODE', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } }],
  volumeMounts: [{ name: 'config', mountPath: '/etc/agent' }],
  lifecycle: { preStop: { exec: { command: ['stop'] } } },
  securityContext: { privileged: true, capabilities: { add: ['NET_ADMIN'] } },
};

const SPEC: PodSpec & Readonly<Record<string, unknown>> = {
  hostNetwork: true,
  nodeSelector: { 'kubernetes.io/os': 'linux' },
  priorityClassName: 'system-node-critical',
  securityContext: { runAsUser: 1000, sysctls: [{ name: 'kernel.shm_rmid_forced', value: '1' }] },
  affinity: {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: 'virtual', operator: 'DoesNotExist' }] },
          { matchFields: [{ key: 'metadata.name', operator: 'In', values: ['pool-0'] }] },
        ],
      },
      preferredDuringSchedulingIgnoredDuringExecution: [
        { weight: 10, preference: { matchExpressions: [{ key: 'rank', operator: 'Gt', values: ['3'] }] } },
      ],
    },
    podAntiAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels: LABELS }, topologyKey: 'kubernetes.io/hostname' },
      ],
    },
  },
  tolerations: [
    { operator: 'Exists', effect: 'NoSchedule' },
    { key: 'dedicated', operator: 'Equal', value: 'edge', effect: 'NoExecute', tolerationSeconds: 60 },
  ],
  topologySpreadConstraints: [{ maxSkew: 1, topologyKey: 'zone', whenUnsatisfiable: 'ScheduleAnyway' }],
  volumes: [
    { name: 'config', configMap: { name: 'agent', items: [{ key: 'a', path: 'b' }] } },
    { name: 'run', hostPath: { path: '/run', type: 'Directory' } },
    { name: 'podinfo', downwardAPI: { items: [{ path: 'labels', fieldRef: { fieldPath: 'metadata.labels' } }] } },
  ],
  initContainers: [{ name: 'init', image: 'init:v1', resources: { limits: { cpu: '1' } } }],
  containers: [
    {
      name: 'agent',
      image: 'agent:v1',
      ports: [{ name: 'metrics', containerPort: 9100 }],
      resources: { requests: { cpu: '100m', memory: '64Mi' }, limits: { memory: '128Mi' } },
      readinessProbe: { exec: { command: ['ready'] }, periodSeconds: 5 },
      // Fields that our types leave out.
      ...MORE_FIELDS,
    },
  ],
};
export const DAEMON_SET: DaemonSet = {
  apiVersion: 'apps/v1',
  kind: 'DaemonSet',
  metadata: { name: 'agent', namespace: 'kube-system', labels: LABELS, annotations: { note: 'x' } },
  spec: {
    selector: {
      matchLabels: LABELS,
      matchExpressions: [{ key: 'app', operator: 'In', values: ['agent'] }],
    },
    minReadySeconds: 5,
    revisionHistoryLimit: 2,
    updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '30%', maxSurge: 0 } },
    template: { metadata: { labels: LABELS, annotations: { a: 'b' } }, spec: SPEC },
  },
};

export const POD: Pod = {
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: {
    name: 'agent-x',
    namespace: 'kube-system',
    labels: LABELS,
    finalizers: ['example.com/wait'],
    ownerReferences: [{ apiVersion: 'apps/v1', kind: 'DaemonSet', name: 'agent', uid: 'u', controller: true }],
  },
  spec: { ...SPEC, nodeName: 'pool-0' },
};

const NODE: Node = {
  apiVersion: 'v1',
  kind: 'Node',
  metadata: { name: 'pool-9', labels: { 'kubernetes.io/os': 'linux' } },
  spec: {
    taints: [{ key: 'dedicated', value: 'edge', effect: 'NoSchedule' }],
    unschedulable: true,
    providerID: 'a://9',
  },
  status: {
    capacity: { cpu: '4', memory: '8Gi', pods: '110' },
    conditions: [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-01T00:00:00Z' }],
    addresses: [{ type: 'InternalIP', address: '10.0.0.9' }],
  },
};

export const REVISION: ControllerRevision = {
  apiVersion: 'apps/v1',
  kind: 'ControllerRevision',
  metadata: { name: 'agent-xyz', namespace: 'kube-system', labels: { ...LABELS, 'controller-revision-hash': 'xyz' } },
  revision: 3,
  data: { spec: { template: { ...DAEMON_SET.spec.template, $patch: 'replace' } } },
};

const LEASE: Lease = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  metadata: { name: 'pool-9', namespace: 'kube-node-lease' },
  spec: { holderIdentity: 'pool-9', leaseDurationSeconds: 40, renewTime: '2026-01-01T00:00:00.000000Z' },
};

export const PATTERNS: readonly ApiObject[] = [DAEMON_SET, POD, NODE, REVISION, LEASE];
