/** Rules about changes of a pod: hardly anything of its spec may change. Twin: apis/core/validation ValidatePodUpdate, ValidatePodStatusUpdate. Rules: A-5, DS-V10. */
import { isDeepEqual } from './canonicalJson.ts';
import { type FieldError, forbidden, invalid } from './fieldError.ts';
import { type Fields, fieldsOf, isGiven, listOf, numberOf, textOf } from './goText.ts';
import { validateObjectMetaUpdate } from './metaValidation.ts';
import { findQualifiedNameErrors } from './names.ts';
import { INT32_MAX, inRange } from './numberValidation.ts';
import type { Pod } from './pod.ts';
import { validatePodSpec } from './podValidation.ts';
import { isSemanticallyEqual } from './semanticEquality.ts';

const CONTAINER_LISTS = ['containers', 'initContainers'] as const;
/** Upstream goes on with what differs, as Go prints it; we do not. */
const IMMUTABLE_TEXT =
  'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)';
/** Conditions of Kubernetes itself are not looked at. */
const SYSTEM_CONDITIONS = ['PodScheduled', 'Ready', 'Initialized'];

/** A write of the main resource. */
export function validatePodUpdate(pod: Pod, before: Pod): readonly FieldError[] {
  const errors = [...validateObjectMetaUpdate(pod.metadata, before.metadata)];
  // The spec that is stored has been judged already.
  if (isDeepEqual(pod.spec, before.spec)) return errors;
  errors.push(...validatePodSpec(pod.spec, 'spec', pod.metadata.name));
  const [now, then] = [fieldsOf(pod.spec), fieldsOf(before.spec)];
  for (const list of CONTAINER_LISTS) {
    if (listOf(now[list]).length === listOf(then[list]).length) continue;
    return [...errors, forbidden(`spec.${list}`, 'pod updates may not add or remove containers')];
  }
  const deadline = validateDeadline(now['activeDeadlineSeconds'], then['activeDeadlineSeconds']);
  if (deadline.length > 0 && isGiven(now['activeDeadlineSeconds'])) return [...errors, ...deadline];
  errors.push(...deadline, ...validateTolerationChange(now, then), ...validateGateChange(now, then));
  const isSame = isSemanticallyEqual(withMutableOf(now, then), then);
  return isSame ? errors : [...errors, forbidden('spec', IMMUTABLE_TEXT)];
}

export function validatePodStatusUpdate(pod: Pod, before: Pod): readonly FieldError[] {
  const isSameMeta = pod.metadata === before.metadata;
  const errors = isSameMeta ? [] : [...validateObjectMetaUpdate(pod.metadata, before.metadata)];
  for (const [at, condition] of listOf(fieldsOf(pod.status)['conditions']).entries()) {
    const type = textOf(condition['type']);
    if (SYSTEM_CONDITIONS.includes(type)) continue;
    // Upstream's path is that of the metadata.
    for (const text of findQualifiedNameErrors(type))
      errors.push(invalid(`metadata.conditions[${at}].Type`, type, text));
  }
  return errors;
}

/** It may come to be, and shrink. */
function validateDeadline(now: unknown, then: unknown): readonly FieldError[] {
  const field = 'spec.activeDeadlineSeconds';
  if (!isGiven(now)) {
    return isGiven(then) ? [invalid(field, null, 'must not update from a positive integer to nil value')] : [];
  }
  const errors = inRange(field, numberOf(now), 0, INT32_MAX);
  if (errors.length > 0 || !isGiven(then) || numberOf(then) >= numberOf(now)) return errors;
  return [invalid(field, now, 'must be less than or equal to previous value')];
}

/** Tolerations may be added, and their seconds changed. A set, since somebody may send ten thousand. */
function validateTolerationChange(now: Fields, then: Fields): readonly FieldError[] {
  const identify = (toleration: Fields): string =>
    JSON.stringify(['key', 'operator', 'value', 'effect'].map((field) => textOf(toleration[field])));
  const kept = new Set(listOf(now['tolerations']).map(identify));
  const isKept = listOf(then['tolerations']).every((old) => kept.has(identify(old)));
  const text = 'existing toleration can not be modified except its tolerationSeconds';
  return isKept ? [] : [forbidden('spec.tolerations', text)];
}

/** Gates may be opened, never closed again. */
function validateGateChange(now: Fields, then: Fields): readonly FieldError[] {
  const known = listOf(then['schedulingGates']).map(({ name }) => name);
  return listOf(now['schedulingGates']).flatMap(({ name }, at) => {
    const text = `only deletion is allowed, but found new scheduling gate '${textOf(name)}'`;
    return known.includes(name) ? [] : [forbidden(`spec.schedulingGates[${at}].name`, text)];
  });
}

/** The new spec with everything that may change set back. */
function withMutableOf(now: Fields, then: Fields): Fields {
  const result: Record<string, unknown> = { ...now };
  for (const field of ['activeDeadlineSeconds', 'schedulingGates', 'tolerations']) result[field] = then[field];
  for (const list of CONTAINER_LISTS) {
    const old = listOf(then[list]);
    result[list] = listOf(now[list]).map((container, at) => ({ ...container, image: old[at]?.['image'] }));
  }
  const [grace, graceBefore] = [now['terminationGracePeriodSeconds'], then['terminationGracePeriodSeconds']];
  if (numberOf(graceBefore) < 0 && grace === 1) result['terminationGracePeriodSeconds'] = graceBefore;
  return result;
}
