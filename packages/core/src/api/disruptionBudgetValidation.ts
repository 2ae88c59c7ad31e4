/** What the API server says about a PodDisruptionBudget. Twin: apis/policy/validation. Rules: D-3, D-6. */
import { oneOfIfGiven } from './choiceValidation.ts';
import type { PodDisruptionBudget } from './disruptionBudget.ts';
import { type FieldError, invalid } from './fieldError.ts';
import { fieldsOf, isGiven } from './goText.ts';
import { validateAtMost100, validateIntOrPercent } from './intOrPercentValidation.ts';
import { validateLabelSelector, validateObjectMeta, validateObjectMetaUpdate } from './metaValidation.ts';
import { notNegative } from './numberValidation.ts';

const POLICIES = ['AlwaysAllow', 'IfHealthyBudget'];

export function validateDisruptionBudget({ metadata, spec }: PodDisruptionBudget): readonly FieldError[] {
  return [...validateObjectMeta(metadata ?? {}), ...validateSpec(spec)];
}

export function validateDisruptionBudgetUpdate(
  { metadata, spec }: PodDisruptionBudget,
  before: PodDisruptionBudget,
): readonly FieldError[] {
  return [...validateObjectMetaUpdate(metadata, before.metadata), ...validateSpec(spec)];
}

export function validateDisruptionBudgetStatus({ status }: PodDisruptionBudget): readonly FieldError[] {
  const fields = ['disruptionsAllowed', 'currentHealthy', 'desiredHealthy', 'expectedPods'] as const;
  return fields.flatMap((field) => notNegative(`status.${field}`, status?.[field] ?? 0));
}

function validateSpec(given: PodDisruptionBudget['spec'] | undefined): readonly FieldError[] {
  const { minAvailable, maxUnavailable, selector, unhealthyPodEvictionPolicy } = fieldsOf(given);
  const errors: FieldError[] = [];
  if (isGiven(minAvailable) && isGiven(maxUnavailable))
    errors.push(invalid('spec', given, 'minAvailable and maxUnavailable cannot be both set'));
  for (const [field, value] of Object.entries({ minAvailable, maxUnavailable })) {
    if (!isGiven(value)) continue;
    errors.push(...validateIntOrPercent(`spec.${field}`, value), ...validateAtMost100(`spec.${field}`, value));
  }
  errors.push(...validateLabelSelector(selector as PodDisruptionBudget['spec']['selector'], 'spec.selector'));
  errors.push(...oneOfIfGiven(unhealthyPodEvictionPolicy, POLICIES, 'spec.unhealthyPodEvictionPolicy'));
  return errors;
}
