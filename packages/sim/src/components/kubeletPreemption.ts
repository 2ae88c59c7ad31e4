/**
 * Whom a kubelet ends so that a critical pod finds room: of the least guaranteed class first, and of each class no more
 * than it takes. Pure. Twin: kubelet/preemption preemption.go. Rules: K-12.
 */
import type { Pod } from '@everynode/core/api/pod';
import { podRequests, type ResourceAmounts } from '@everynode/core/match/podRequests';
import { CRITICAL_PRIORITY, isCriticalPod, type Refusal } from './kubeletAdmission.ts';
import type { PodVerdict } from './kubeletPod.ts';

const MILLION = 1_000_000;

/** How a victim ends. */
export const PREEMPTED: PodVerdict = {
  phase: 'Failed',
  reason: 'Preempting',
  message: 'Preempted in order to admit critical pod',
  isDisrupted: true,
};

/** Resource → how much of it is missing, all above 0. */
type Lack = ReadonlyMap<string, number>;

/** The victims; or none and a refusal, where even all that may go would not be enough for `lacking`. */
export function findKubeletVictims<T extends { readonly pod: Pod }>(
  critical: Pod,
  others: readonly T[],
  lacking: ResourceAmounts,
): { readonly victims: readonly T[]; readonly refusal?: Refusal } {
  const lack: Lack = new Map(Object.entries(lacking));
  const preemptable = others.filter(({ pod }) => isPreemptable(critical, pod));
  const unmet = without(lack, preemptable);
  if (unmet.size > 0) return { victims: [], refusal: unmetRefusal(unmet) };
  const [bestEffort = [], burstable = [], guaranteed = []] = ['BestEffort', 'Burstable', 'Guaranteed'].map((qos) =>
    preemptable.filter(({ pod }) => pod.status?.qosClass === qos),
  );
  const fromGuaranteed = pickNearest(guaranteed, without(lack, [...bestEffort, ...burstable]));
  const fromBurstable = pickNearest(burstable, without(lack, [...bestEffort, ...fromGuaranteed]));
  const fromBestEffort = pickNearest(bestEffort, without(lack, [...fromBurstable, ...fromGuaranteed]));
  return { victims: [...fromBestEffort, ...fromBurstable, ...fromGuaranteed] };
}

function unmetRefusal(unmet: Lack): Refusal {
  // As upstream prints the list: `[(res: cpu, q: 300), ]`.
  const list = [...unmet].map(([name, amount]) => `(res: ${name}, q: ${amount}), `);
  const why = `no set of running pods found to reclaim resources: [${list.join('')}]`;
  const message = `Unexpected error while attempting to recover from admission failure: preemption: error finding a set of pods to preempt: ${why}`;
  return { reason: 'UnexpectedAdmissionError', message };
}

function isPreemptable(critical: Pod, other: Pod): boolean {
  if (!isCriticalPod(other)) return true;
  return (critical.spec.priority ?? CRITICAL_PRIORITY) > (other.spec.priority ?? 0);
}

/** What is still missing once these are gone. */
function without(lack: Lack, gone: readonly { readonly pod: Pod }[]): Lack {
  const left = new Map<string, number>();
  for (const [name, amount] of lack) {
    const freed = gone.reduce((sum, { pod }) => sum + requestOf(pod, name), 0);
    if (amount > freed) left.set(name, amount - freed);
  }
  return left;
}

/** Again and again the pod that leaves the least missing, of equals the smaller one. */
function pickNearest<T extends { readonly pod: Pod }>(pods: readonly T[], lack: Lack): readonly T[] {
  const picked: T[] = [];
  let left = lack;
  while (left.size > 0) {
    const [first, ...rest] = pods.filter((each) => !picked.includes(each));
    if (first === undefined) return picked;
    const nearest = rest.reduce((best, each) => (isNearer(each.pod, best.pod, left) ? each : best), first);
    picked.push(nearest);
    left = without(left, [nearest]);
  }
  return picked;
}

function isNearer(pod: Pod, than: Pod, lack: Lack): boolean {
  const [a, b] = [distance(pod, lack), distance(than, lack)];
  if (a !== b) return a < b;
  for (const name of ['memory', 'cpu']) {
    const [mine, its] = [requestOf(pod, name), requestOf(than, name)];
    if (mine !== its) return mine < its;
  }
  return false;
}

/** Sum of the squared shares of the lack that this pod alone would leave, in millionths each. */
function distance(pod: Pod, lack: Lack): number {
  return [...lack].reduce((sum, [name, amount]) => {
    const unmet = Math.trunc((Math.max(0, amount - requestOf(pod, name)) * MILLION) / amount);
    return sum + unmet * unmet;
  }, 0);
}

function requestOf(pod: Pod, name: string): number {
  return name === 'pods' ? 1 : (podRequests(pod)[name] ?? 0);
}
