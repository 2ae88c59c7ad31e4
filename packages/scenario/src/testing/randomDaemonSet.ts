/** DaemonSets, drawn: every strategy, tolerations, selectors, requests, readiness. All of them fit on every node of the generator. */
import type { DaemonSet, DaemonSetSpec } from '@everynode/core/api/daemonSet';
import type { PodSpec, Toleration } from '@everynode/core/api/pod';
import fc from 'fast-check';

/** Key of the DaemonSet that operations and faults are about. */
export const AGENT = 'kube-system/agent';

type Strategy = NonNullable<DaemonSetSpec['updateStrategy']>;

const STRATEGIES: readonly Strategy[] = [
  { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 1 } },
  { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 2 } },
  { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '30%' } },
  { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
  { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: 0, maxSurge: '50%' } },
  { type: 'OnDelete' },
];

const TOLERATIONS: readonly (readonly Toleration[])[] = [
  [],
  [{ operator: 'Exists' }],
  [{ key: 'dedicated', operator: 'Equal', value: 'edge', effect: 'NoSchedule' }],
  // Tolerated for a while, and not its twin of effect NoSchedule: a node that is left in the end (DS-X12, DS-X13).
  [{ key: 'maintenance', operator: 'Exists', effect: 'NoExecute', tolerationSeconds: 120 }],
];

const podSpec: fc.Arbitrary<PodSpec> = fc
  .record({
    image: fc.constantFrom('agent:v1', 'agent:v2'),
    requests: fc.constantFrom(undefined, { cpu: '50m', memory: '64Mi' }),
    grace: fc.constantFrom(undefined, 0, 5),
    tolerations: fc.constantFrom(...TOLERATIONS),
    nodeSelector: fc.constantFrom(undefined, undefined, undefined, { disk: 'ssd' }),
    isCritical: fc.boolean(),
  })
  .map(({ image, requests, grace, tolerations, nodeSelector, isCritical }) => ({
    containers: [{ name: 'main', image, ...(requests === undefined ? {} : { resources: { requests } }) }],
    ...(grace === undefined ? {} : { terminationGracePeriodSeconds: grace }),
    ...(tolerations.length === 0 ? {} : { tolerations }),
    ...(nodeSelector === undefined ? {} : { nodeSelector }),
    ...(isCritical ? { priorityClassName: 'system-node-critical' } : {}),
  }));

export function arbitraryDaemonSet(name: string): fc.Arbitrary<DaemonSet> {
  const labels = { app: name };
  return fc
    .record({
      podSpec,
      updateStrategy: fc.constantFrom(...STRATEGIES),
      minReadySeconds: fc.constantFrom(undefined, 5, 20),
      revisionHistoryLimit: fc.constantFrom(undefined, 0, 2),
    })
    .map(({ podSpec: spec, updateStrategy, minReadySeconds, revisionHistoryLimit }) => ({
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name, namespace: 'kube-system' },
      spec: {
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec },
        updateStrategy,
        ...(minReadySeconds === undefined ? {} : { minReadySeconds }),
        ...(revisionHistoryLimit === undefined ? {} : { revisionHistoryLimit }),
      },
    }));
}
