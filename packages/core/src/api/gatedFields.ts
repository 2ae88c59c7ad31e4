/** What the API server takes only in some releases, or behind a feature gate: numbers in tolerations. Rules: DS-R4, DS-V10. */
import type { Profile } from '../profile.ts';
import { VERSION_SWITCHES } from '../versionSwitches.ts';
import type { DaemonSet } from './daemonSet.ts';
import { type FieldError, unsupported } from './fieldError.ts';
import { fieldsOf } from './goText.ts';
import { COMPARISONS, TOLERATION_OPERATORS } from './placementValidation.ts';
import type { Pod } from './pod.ts';

/** Errors of a workload that asks for what is off in this release; beside those of `validateDaemonSet` and `validatePodSpec`. */
export function validateGatedFields(workload: DaemonSet | Pod, profile: Profile): readonly FieldError[] {
  if (profile.tolerationCompare) return [];
  const isPod = workload.kind === 'Pod';
  const path = isPod ? 'spec.tolerations' : 'spec.template.spec.tolerations';
  const { tolerations } = isPod
    ? fieldsOf(workload.spec)
    : fieldsOf(fieldsOf(fieldsOf(workload.spec)['template'])['spec']);
  if (!Array.isArray(tolerations)) return [];
  // A server that has the gate names all four, although it takes two.
  const hasGate = profile.minor >= (VERSION_SWITCHES.tolerationCompare.gate?.since ?? Infinity);
  const named = hasGate ? [...TOLERATION_OPERATORS, ...COMPARISONS] : TOLERATION_OPERATORS;
  return tolerations.flatMap((toleration, at) => {
    const { operator } = fieldsOf(toleration);
    return typeof operator === 'string' && COMPARISONS.includes(operator)
      ? [unsupported(`${path}[${at}].operator`, operator, named)]
      : [];
  });
}
