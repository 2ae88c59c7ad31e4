/** What a node needs first: pods that may start only after a pod of another DaemonSet has been ready. */
import type { LabelSelector } from '@everynode/core/api/daemonSet';
import { controllerOf, keyOf, objectKey, type ObjectKey } from '@everynode/core/api/meta';
import { objectRef } from '@everynode/core/api/objects';
import { isPodReady, type Pod } from '@everynode/core/api/pod';
import { compileLabelSelector } from '@everynode/core/match/selectors';
import { choice, daemonSet, json, nodes, optional, withDefault } from '@everynode/sim/params';
import type { Change, WorldView } from '@everynode/sim/cluster/worldView';
import { type AnyExpectation, defineExpectation, type Finding } from '../expectation.ts';
import { compileNodeFilter, type NodeTest } from '../nodeFilter.ts';

/** Which pods; all parts given must hold. */
interface PodFilter {
  readonly hostNetwork?: boolean;
  readonly namespace?: string;
  readonly daemonSet?: string;
  readonly selector?: LabelSelector;
}

const POD_FILTER = {
  type: 'object',
  additionalProperties: false,
  properties: {
    hostNetwork: { description: 'true or false', type: 'boolean' },
    namespace: { type: 'string', minLength: 1 },
    daemonSet: { $ref: '#/definitions/nsName' },
    selector: { $ref: '#/definitions/labelSelector' },
  },
};

export const startsAfter: AnyExpectation = defineExpectation({
  summary: 'pods start on a node only after a pod of another DaemonSet has been ready there',
  promise:
    'Each pod that the API shows as running (phase Running, for the first time) is a start, and breaks this where no pod of ' +
    '`dependsOn` has been Ready before it: on the same node, or with scope `cluster` anywhere. Once is enough: what a ' +
    'network agent has set up stays while the agent restarts; a node that is created anew under the same name begins ' +
    'anew. Pods of `dependsOn` itself do not wait for themselves. Kubernetes promises no order between DaemonSets: only ' +
    'taints and readiness of the network bring it about.',
  watches: ['Pod', 'Node'],
  params: {
    pods: withDefault(
      json<PodFilter>('which pods must wait: hostNetwork, namespace, daemonSet, selector', POD_FILTER),
      {},
    ),
    dependsOn: daemonSet('the DaemonSet that must be ready first, as namespace/name'),
    scope: withDefault(choice('where it must have been ready', ['node', 'cluster']), 'node'),
    nodes: optional(nodes('only starts on these nodes are looked at')),
  },
  demand: ({ dependsOn, scope }) => `after ${dependsOn} is ready${scope === 'node' ? ' on the node' : ''}`,
  judge(params, { block, window }) {
    const { dependsOn, scope } = params;
    const mustWait = compilePodFilter(params.pods);
    const isLookedAt = compileNodeFilter(params.nodes);
    const served = new Set<string>();
    const started = new Set<string>();
    let fresh: readonly Finding[] = [];
    const placeOf = (pod: Pod): string => (scope === 'node' ? (pod.spec.nodeName ?? '') : '');
    const read = (pod: Pod, view: WorldView): void => {
      if (daemonSetOf(pod) === dependsOn) {
        if (isPodReady(pod)) served.add(placeOf(pod));
        return;
      }
      const { uid = '' } = pod.metadata;
      if (pod.status?.phase !== 'Running' || started.has(uid)) return;
      started.add(uid);
      if (view.nowMs < window.fromMs || view.nowMs > window.toMs) return;
      if (!mustWait(pod) || !isOn(isLookedAt, pod, view)) return;
      const isServed = served.has(placeOf(pod));
      if (isServed === (block === 'never')) fresh = [...fresh, findingOf(pod, params, isServed)];
    };
    return {
      observe(change: Change, view: WorldView) {
        if (change.kind === 'Node' && isReplaced(change)) served.delete(change.key);
        if (change.kind !== 'Pod') return;
        const pod = change.after as Pod | undefined;
        if (pod === undefined) started.delete(change.before?.metadata.uid ?? '');
        else read(pod, view);
      },
      judge() {
        const findings = fresh;
        fresh = [];
        return { findings, isMomentary: true };
      },
    };
  },
});

/** Another Node under the name, or none: what the old machine had is gone. */
function isReplaced(change: Change): boolean {
  if (change.kind !== 'Node') return false;
  return change.before !== undefined && change.before.metadata.uid !== change.after?.metadata.uid;
}

function isOn(isLookedAt: NodeTest, { spec: { nodeName = '' } }: Pod, view: WorldView): boolean {
  return isLookedAt(nodeName, view.get('Node', nodeName));
}

function findingOf(
  pod: Pod,
  { dependsOn, scope }: { readonly dependsOn: string; readonly scope: string },
  isServed: boolean,
): Finding {
  const { nodeName = '' } = pod.spec;
  const where = scope === 'node' ? ` on ${nodeName}` : '';
  const order = isServed ? 'after' : 'before';
  const message = `${keyOf(pod)} runs on ${nodeName} ${order} a pod of ${dependsOn} has been ready${where}`;
  return { message, object: objectRef('Pod', keyOf(pod)), node: nodeName };
}

function compilePodFilter({ hostNetwork, namespace, daemonSet: owner, selector }: PodFilter): (pod: Pod) => boolean {
  const matcher = selector === undefined ? undefined : compileLabelSelector(selector);
  return (pod) =>
    (hostNetwork === undefined || (pod.spec.hostNetwork === true) === hostNetwork) &&
    (namespace === undefined || pod.metadata.namespace === namespace) &&
    (owner === undefined || daemonSetOf(pod) === owner) &&
    (matcher === undefined || matcher.matches(pod.metadata.labels));
}

function daemonSetOf(pod: Pod): ObjectKey | undefined {
  const owner = controllerOf(pod);
  return owner?.kind === 'DaemonSet' ? objectKey(pod.metadata.namespace, owner.name) : undefined;
}
