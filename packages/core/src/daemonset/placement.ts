/**
 * Which nodes should run a pod of a DaemonSet, and which may keep one.
 * Twin: daemon_controller.go NodeShouldRunDaemonPod, its hoisted predicate of 1.37. Rules: DS-R1…DS-R10.
 */
import type { DaemonSet } from '../api/daemonSet.ts';
import type { Node, Taint } from '../api/node.ts';
import type { PodTemplate } from '../api/pod.ts';
import { compilePodNodeMatch } from '../match/selectors.ts';
import { isTolerated } from '../match/taints.ts';
import { daemonTolerations } from './podTemplate.ts';

/**
 * The three outcomes of DS-R1. `run`: place one and keep it. `sunset`: keep what is there, place nothing.
 * `none`: nothing may run here.
 */
export type PlacementOutcome = 'run' | 'sunset' | 'none';

export type Placement = (node: Node) => PlacementOutcome;

/** One cache per answer of the switch toleration-compare. Templates are immutable, so what was compiled stays right. */
const compiled = { plain: new WeakMap<PodTemplate, Placement>(), comparing: new WeakMap<PodTemplate, Placement>() };

/**
 * Reads tolerations and affinity once per template and returns the question to put to each node.
 * The affinity is the user's own, not the rewritten one of the pods (DS-R2).
 */
export function compilePlacement(ds: DaemonSet, compareTolerations: boolean): Placement {
  const { template } = ds.spec;
  const cache = compareTolerations ? compiled.comparing : compiled.plain;
  const known = cache.get(template);
  if (known !== undefined) return known;
  const placement = newPlacement(template, compareTolerations);
  cache.set(template, placement);
  return placement;
}

function newPlacement(template: PodTemplate, compareTolerations: boolean): Placement {
  const tolerations = daemonTolerations(template.spec);
  const wantedNode = template.spec.nodeName ?? '';
  const matches = compilePodNodeMatch(template.spec);
  const tolerated = (taint: Taint): boolean => isTolerated(taint, tolerations, compareTolerations);
  const byTaints = (taints: readonly Taint[]): PlacementOutcome => {
    let outcome: PlacementOutcome = 'run';
    for (const taint of taints) {
      if (taint.effect === 'PreferNoSchedule' || outcome === 'none' || tolerated(taint)) continue;
      outcome = taint.effect === 'NoExecute' ? 'none' : 'sunset';
    }
    return outcome;
  };
  return (node) => {
    if (wantedNode !== '' && wantedNode !== node.metadata.name) return 'none';
    if (!matches(node)) return 'none';
    const taints = node.spec?.taints;
    return taints === undefined || taints === null || taints.length === 0 ? 'run' : byTaints(taints);
  };
}
