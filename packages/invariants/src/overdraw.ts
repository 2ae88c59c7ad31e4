/** How many available pods a rolling update takes down, against how many it may. Rules: DS-U7, DS-U13; INV-5. */
import { isTerminating } from '@everynode/core/api/meta';
import type { Pod } from '@everynode/core/api/pod';
import { targetNodeName } from '@everynode/core/daemonset/podTemplate';
import type { SyncPass } from '@everynode/core/daemonset/syncContext';
import type { Census } from './census.ts';

export type UpdatePass = Extract<SyncPass, { readonly pass: 'rollingUpdate' }>;

/** What one pass takes of its budget. */
export interface BudgetUse {
  /** Available pods that the pass deletes; with surge only those whose node is left without another available one. */
  readonly taken: number;
  readonly allowed: number;
  /** How the allowance comes about. */
  readonly why: string;
}

/** `census` is that of the pass. */
export function budgetUseOf(pass: UpdatePass, census: Census): BudgetUse {
  if (!census.isSurge) {
    const { maxUnavailable, numUnavailable } = census;
    return {
      taken: pass.deletePods.filter(census.isAvailable).length,
      allowed: Math.max(0, maxUnavailable - numUnavailable),
      why: `maxUnavailable ${maxUnavailable}, ${numUnavailable} unavailable`,
    };
  }
  const uncovering = pass.deletePods.filter((pod) => isLastOfItsNode(pod, pass, census));
  return {
    taken: uncovering.length,
    allowed: census.maxUnavailable,
    why: `maxUnavailable ${census.maxUnavailable} with surge: the new pod must be available first`,
  };
}

/** On a node that should run a pod; one on a sunset node may go as soon as others make up for it. */
function isLastOfItsNode(pod: Pod, pass: UpdatePass, census: Census): boolean {
  const name = targetNodeName(pod) ?? '';
  if (!census.isAvailable(pod) || !census.isWanted(name)) return false;
  const stays = (each: Pod): boolean => !isTerminating(each) && !pass.deletePods.includes(each);
  return !(pass.fleet.podsByNode.get(name) ?? []).some((each) => stays(each) && census.isAvailable(each));
}
