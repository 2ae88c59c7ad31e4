/** Nodes and DaemonSets as upstream's benchmark has them: three labels a node, no taints, no pods, with or without affinity. Rule: DS-B1. */
import type { DaemonSet } from '@everynode/core/api/daemonSet';
import type { Node } from '@everynode/core/api/node';
import type { PodTemplate } from '@everynode/core/api/pod';
import type { Placement } from '@everynode/core/daemonset/placement';
import { computeStatus, type StatusNumbers } from '@everynode/core/daemonset/statusNumbers';

export function benchNodes(count: number): readonly Node[] {
  return Array.from({ length: count }, (_, i) => ({
    apiVersion: 'v1',
    kind: 'Node',
    metadata: {
      name: `node-${i}`,
      labels: {
        'kubernetes.io/hostname': `node-${i}`,
        'topology.kubernetes.io/zone': `zone-${i % 3}`,
        'topology.kubernetes.io/region': 'region-1',
      },
    },
    status: { conditions: [{ type: 'Ready', status: 'True' }] },
  }));
}

/** The stored status says already what will be counted, so that no write is due. */
export function benchDaemonSet(nodes: number, options: { readonly exclusions: boolean }): DaemonSet {
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name: 'agent', namespace: 'default', uid: 'uid-agent', generation: 1 },
    spec: {
      selector: { matchLabels: { app: 'agent' } },
      template: benchTemplate(options.exclusions),
      updateStrategy: { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1, maxSurge: 0 } },
      revisionHistoryLimit: 10,
    },
    status: {
      desiredNumberScheduled: nodes,
      currentNumberScheduled: 0,
      numberMisscheduled: 0,
      numberReady: 0,
      updatedNumberScheduled: 0,
      numberAvailable: 0,
      numberUnavailable: nodes,
      observedGeneration: 1,
    },
  };
}

/** The status loop over nodes without pods. */
export function countNodes(ds: DaemonSet, nodes: readonly Node[], placement: Placement): StatusNumbers {
  return computeStatus({
    ds,
    hash: 'x',
    nodes,
    podsByNode: new Map(),
    placement,
    nowMs: 0,
    availabilityInclusive: true,
  });
}

/** One term of six NotIn expressions with eight values in all; as upstream's, they name labels that no node has. */
function benchTemplate(exclusions: boolean): PodTemplate {
  const metadata = { labels: { app: 'agent' } };
  const containers = [{ name: 'agent', image: 'registry.example/agent:v1' }];
  if (!exclusions) return { metadata, spec: { containers } };
  const matchExpressions = [
    { key: 'example.com/virtual', operator: 'NotIn', values: ['true'] },
    { key: 'example.com/windows', operator: 'NotIn', values: ['true'] },
    { key: 'pool', operator: 'NotIn', values: ['batch'] },
    { key: 'owner', operator: 'NotIn', values: ['nobody'] },
    { key: 'example.com/tier', operator: 'NotIn', values: ['edge', 'lab', 'spare'] },
    { key: 'example.com/phase', operator: 'NotIn', values: ['retired'] },
  ];
  const required = { nodeSelectorTerms: [{ matchExpressions }] };
  const affinity = { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: required } };
  return { metadata, spec: { containers, affinity } };
}
