/** Which faults of a plan never changed anything: a run that such a fault was to shake has shown nothing. */
import type { PlannedFault, PlanStep } from '@everynode/sim/plan';

/** The fault steps without a single bite, in the plan's order, but for those that may be vacuous. `bites` is by step id. */
export function findVacuousFaults(
  steps: readonly PlanStep[],
  bites: ReadonlyMap<string, number>,
): readonly PlannedFault[] {
  return steps.filter(
    (step): step is PlannedFault => step.step === 'fault' && !step.mayBeVacuous && (bites.get(step.id) ?? 0) === 0,
  );
}
