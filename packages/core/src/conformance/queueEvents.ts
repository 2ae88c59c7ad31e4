/** Steps `event`: hands an informer event to the handlers and tells what they would do. */
import type { DaemonSet } from '../api/daemonSet.ts';
import { compareKeys, type ObjectKey } from '../api/meta.ts';
import type { Node } from '../api/node.ts';
import type { Pod } from '../api/pod.ts';
import type { HandlerCaches, HandlerEffects } from '../daemonset/handlers.ts';
import * as handlers from '../daemonset/handlers.ts';
import { nodeWorkKeys } from '../daemonset/nodeEvents.ts';
import type { Step } from './case.ts';

/** The effects of an event step, or undefined where its name is unknown. */
export function deliverEvent(step: Step, caches: HandlerCaches): HandlerEffects | undefined {
  const { old, pod, node, daemonSet } = step;
  const fresh = step['new'];
  switch (step['event']) {
    case 'nodeAdded':
      return handlers.nodeAdded(node as Node, caches);
    case 'nodeUpdated':
      return handlers.nodeUpdated(old as Node, fresh as Node, caches);
    case 'podAdded':
      return handlers.podAdded(pod as Pod, caches);
    case 'podUpdated':
      return handlers.podUpdated(old as Pod, fresh as Pod, caches);
    case 'podDeleted':
      return handlers.podDeleted(pod as Pod, caches);
    case 'daemonSetAdded':
      return handlers.daemonSetAdded(daemonSet as DaemonSet);
    case 'daemonSetUpdated':
      return handlers.daemonSetUpdated(old as DaemonSet, fresh as DaemonSet);
    case 'daemonSetDeleted':
    case 'daemonSetDeletedFinalStateUnknown':
      return handlers.daemonSetDeleted(daemonSet as DaemonSet);
    default:
      return undefined;
  }
}

/** Keys that reach the queue at once; a node that goes to the node queue is worked on right away. */
export function queuedKeys(
  effects: HandlerEffects,
  step: Step,
  pods: readonly Pod[],
  caches: HandlerCaches,
): readonly ObjectKey[] {
  const keys = new Set<ObjectKey>();
  const node = (step['new'] ?? step['node']) as Node | undefined;
  const podsOnNode = pods.filter((pod) => pod.spec.nodeName === node?.metadata.name);
  for (const effect of effects) {
    if (effect.effect === 'enqueue') keys.add(effect.key);
    if (effect.effect === 'enqueueNode') for (const key of nodeWorkKeys(node, podsOnNode, caches)) keys.add(key);
  }
  return [...keys].sort(compareKeys);
}
