/**
 * The seven numbers of a DaemonSet's status. Twin: daemon_controller.go updateDaemonSetStatus. Rules: DS-T1, DS-T2.
 */
import { isPodAvailable, isPodReady, type Pod } from '../api/pod.ts';
import { comparePodAge, type PassInput } from './manage.ts';
import { isPodUpdated } from './podTemplate.ts';

export interface StatusNumbers {
  readonly desiredNumberScheduled: number;
  readonly currentNumberScheduled: number;
  readonly numberMisscheduled: number;
  readonly numberReady: number;
  readonly updatedNumberScheduled: number;
  readonly numberAvailable: number;
  readonly numberUnavailable: number;
}

/** What nodes add up to; one node adds 0 or 1 to each. */
export interface StatusShare {
  readonly desired: number;
  readonly current: number;
  readonly misscheduled: number;
  readonly ready: number;
  readonly available: number;
  readonly updated: number;
}

export function statusNumbersOf({ desired, available, ...sum }: StatusShare): StatusNumbers {
  return {
    desiredNumberScheduled: desired,
    currentNumberScheduled: sum.current,
    numberMisscheduled: sum.misscheduled,
    numberReady: sum.ready,
    updatedNumberScheduled: sum.updated,
    numberAvailable: available,
    numberUnavailable: desired - available,
  };
}

/** Counts over the nodes in the list; each node is judged by its oldest pod alone, terminating or not (DS-T1, DS-T2). */
export function computeStatus(input: PassInput): StatusNumbers {
  const { podsByNode, placement, hash } = input;
  const minReadySeconds = input.ds.spec.minReadySeconds ?? 0;
  let desired = 0;
  let current = 0;
  let misscheduled = 0;
  let ready = 0;
  let updated = 0;
  let available = 0;
  for (const node of input.nodes) {
    const outcome = placement(node);
    if (outcome === 'run') desired += 1;
    const pods = podsByNode.get(node.metadata.name);
    if (pods === undefined) continue;
    if (outcome !== 'run') {
      misscheduled += 1;
      continue;
    }
    current += 1;
    const pod = oldestOf(pods);
    if (pod === undefined) continue;
    if (isPodReady(pod)) {
      ready += 1;
      if (isPodAvailable(pod, minReadySeconds, input.nowMs, input.availabilityInclusive)) available += 1;
    }
    if (isPodUpdated(pod, hash)) updated += 1;
  }
  return statusNumbersOf({ desired, current, misscheduled, ready, available, updated });
}

/** The pod that speaks for its node: the oldest one, terminating or not (DS-T2). */
export function oldestOf(pods: readonly Pod[]): Pod | undefined {
  // One pod is the rule, and needs no comparing.
  const [first] = pods;
  if (first === undefined || pods.length === 1) return first;
  return pods.reduce((oldest, pod) => (comparePodAge(pod, oldest) < 0 ? pod : oldest), first);
}
