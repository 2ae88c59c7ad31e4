/**
 * Whether a kubelet takes a pod: pressure first, then what the scheduler should have looked at already, judged by the
 * kubelet's own picture. The first refusal counts;
 * a critical pod may only lack what others can be made to give up. Twin: eviction_manager.go Admit, lifecycle/predicate.go. Rules: K-9…K-12, E-14…E-16.
 */
import type { Node } from '@everynode/core/api/node';
import type { Pod } from '@everynode/core/api/pod';
import { hostPorts, portsConflict } from '@everynode/core/match/hostPorts';
import { isBestEffort, nodeAllocatable, podRequests, type ResourceAmounts } from '@everynode/core/match/podRequests';
import { compilePodNodeMatch } from '@everynode/core/match/selectors';
import { findUntolerated, isTolerated } from '@everynode/core/match/taints';

export interface Refusal {
  readonly reason: string;
  readonly message: string;
  /** Only for a critical pod that would be taken if there were more of these: how much is missing (K-12). */
  readonly lacking?: ResourceAmounts;
}

export interface AdmissionPicture {
  readonly node: Node;
  /** Active pods: admitted, and not gone yet (K-13). */
  readonly others: readonly Pod[];
  /** Pressure conditions that the kubelet reports. */
  readonly pressure: readonly string[];
  /** Its containers run here already, as after a restart of the kubelet: labels and taints are not looked at again (K-11). */
  readonly isRunning: boolean;
  readonly compareTolerations: boolean;
}

/** At or above it a pod is critical: only the two `system-*` classes are (§0.3). */
export const CRITICAL_PRIORITY = 2_000_000_000;
const MEMORY_PRESSURE_TAINT = { key: 'node.kubernetes.io/memory-pressure', effect: 'NoSchedule' } as const;

export function isCriticalPod(pod: Pod): boolean {
  return (pod.spec.priority ?? 0) >= CRITICAL_PRIORITY;
}

/** Undefined: the pod is taken. */
export function refusalOf(pod: Pod, picture: AdmissionPicture): Refusal | undefined {
  return refusedByPressure(pod, picture) ?? refusedByPredicates(pod, picture);
}

function refusedByPressure(pod: Pod, { pressure, compareTolerations }: AdmissionPicture): Refusal | undefined {
  if (pressure.length === 0 || isCriticalPod(pod)) return undefined;
  const refusal = { reason: 'Evicted', message: `The node had condition: [${pressure.join(' ')}]. ` };
  if (pressure.some((type) => type !== 'MemoryPressure')) return refusal;
  if (!isBestEffort(pod)) return undefined;
  return isTolerated(MEMORY_PRESSURE_TAINT, pod.spec.tolerations, compareTolerations) ? undefined : refusal;
}

function refusedByPredicates(pod: Pod, picture: AdmissionPicture): Refusal | undefined {
  const { node } = picture;
  const podOs = pod.metadata.labels?.['kubernetes.io/os'];
  if (podOs !== undefined && podOs !== node.metadata.labels?.['kubernetes.io/os']) {
    const message = "Failed to admit pod as the `kubernetes.io/os` label doesn't match node label";
    return { reason: 'PodOSSelectorNodeLabelDoesNotMatch', message };
  }
  const { os } = pod.spec;
  if (os !== undefined && os.name !== (node.status?.nodeInfo?.['operatingSystem'] ?? 'linux')) {
    return { reason: 'PodOSNotSupported', message: "Failed to admit pod as the OS field doesn't match node OS" };
  }
  const lacking = findLackingResources(pod, picture);
  const [first] = lacking;
  if (first !== undefined && !isCriticalPod(pod)) return first.refusal;
  const refusal = refusedByPlace(pod, picture);
  if (refusal !== undefined || first === undefined) return refusal;
  return { ...first.refusal, lacking: Object.fromEntries(lacking.map(({ resource, missing }) => [resource, missing])) };
}

function refusedByPlace(pod: Pod, picture: AdmissionPicture): Refusal | undefined {
  const { node, isRunning, compareTolerations } = picture;
  if (!isRunning && !compilePodNodeMatch(pod.spec)(node)) {
    return predicate('NodeAffinity', "node(s) didn't match Pod's node affinity/selector");
  }
  if ((pod.spec.nodeName ?? '') !== node.metadata.name) {
    return predicate('NodeName', "node(s) didn't match the requested node name");
  }
  if (picture.others.some((other) => portsConflict(hostPorts(pod), hostPorts(other)))) {
    return predicate('NodePorts', "node(s) didn't have free ports for the requested pod ports");
  }
  const { taints } = node.spec ?? {};
  if (!isRunning && findUntolerated(taints, pod.spec.tolerations, ['NoExecute'], compareTolerations) !== undefined) {
    return predicate('TaintToleration', "node(s) had taints that the pod didn't tolerate");
  }
  return undefined;
}

interface Lacking {
  readonly resource: string;
  readonly missing: number;
  readonly refusal: Refusal;
}

/** The pod count first, then cpu, memory, storage, then anything else that the pod asks for. */
function findLackingResources(pod: Pod, { node, others }: AdmissionPicture): readonly Lacking[] {
  const allocatable = nodeAllocatable(node);
  const podsMax = allocatable['pods'];
  const lacking: Lacking[] = [];
  if (podsMax !== undefined && others.length + 1 > podsMax) lacking.push(outOf('pods', 1, others.length, podsMax));
  const wanted = podRequests(pod);
  const names = ['cpu', 'memory', 'ephemeral-storage'];
  for (const name of [...names, ...Object.keys(wanted).filter((each) => !names.includes(each))]) {
    const requested = wanted[name] ?? 0;
    if (requested === 0) continue;
    const used = others.reduce((sum, other) => sum + (podRequests(other)[name] ?? 0), 0);
    const capacity = allocatable[name] ?? 0;
    if (requested > capacity - used) lacking.push(outOf(name, requested, used, capacity));
  }
  return lacking;
}

function outOf(resource: string, requested: number, used: number, capacity: number): Lacking {
  const numbers = `requested: ${requested}, used: ${used}, capacity: ${capacity}`;
  const message = `Node didn't have enough resource: ${resource}, ${numbers}`;
  return { resource, missing: requested + used - capacity, refusal: { reason: `OutOf${resource}`, message } };
}

function predicate(name: string, text: string): Refusal {
  return { reason: name, message: `Predicate ${name} failed: ${text}` };
}
