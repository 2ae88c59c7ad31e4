/**
 * Rules about DaemonSets and their revisions, in the API server's words. Objects are checked as they are stored: with
 * the defaults filled in. Twin: apis/apps/validation, registry/apps/daemonset strategy.go. Rules: DS-V5…DS-V25, DS-H13.
 */
import { isDeepEqual } from './canonicalJson.ts';
import {
  type DaemonSet,
  type DaemonSetSpec,
  type DaemonSetStatus,
  type LabelSelector,
  TEMPLATE_GENERATION_ANNOTATION,
} from './daemonSet.ts';
import { type FieldError, forbidden, invalid, required, unsupported } from './fieldError.ts';
import { type Fields, fieldsOf, isGiven, listOf, numberOf, textOf } from './goText.ts';
import { parsePercent } from './intOrPercent.ts';
import { validateAtMost100, validateIntOrPercent } from './intOrPercentValidation.ts';
import { validateLabelSelector, validateObjectMeta, validateObjectMetaUpdate } from './metaValidation.ts';
import type { ObjectMeta } from './meta.ts';
import { notNegative } from './numberValidation.ts';
import { isObject } from './patch.ts';
import { isSemanticallyEqual } from './semanticEquality.ts';
import { validatePodTemplate } from './podValidation.ts';
import { type Labels, matchesLabelSelector } from '../match/selectors.ts';

/** A new DaemonSet. */
export function validateDaemonSet(ds: DaemonSet): readonly FieldError[] {
  return [...validateObjectMeta(ds.metadata ?? {}), ...validateSpec(ds.spec, templateGenerationOf(ds))];
}

/** A change of a DaemonSet, by the validation function alone: it lets the selector change. */
export function validateDaemonSetUpdate(ds: DaemonSet, before: DaemonSet): readonly FieldError[] {
  return [
    ...validateObjectMetaUpdate(ds.metadata, before.metadata),
    ...validateTemplateGeneration(ds, before),
    ...validateSpec(ds.spec, templateGenerationOf(ds)),
  ];
}

/** A change of a DaemonSet through the API, whose newer groups hold the selector fast (DS-V9). */
export function validateDaemonSetApiUpdate(
  ds: DaemonSet,
  before: DaemonSet,
  apiVersion = 'apps/v1',
): readonly FieldError[] {
  const errors = validateDaemonSetUpdate(ds, before);
  const isImmutable =
    apiVersion !== 'extensions/v1beta1' && !isSemanticallyEqual(ds.spec.selector, before.spec.selector);
  return isImmutable ? [...errors, invalid('spec.selector', ds.spec.selector, 'field is immutable')] : errors;
}

export function validateDaemonSetStatusUpdate(ds: DaemonSet, before: DaemonSet): readonly FieldError[] {
  const errors: FieldError[] = [...validateObjectMetaUpdate(ds.metadata, before.metadata)];
  const fields: readonly (keyof DaemonSetStatus)[] = [
    'currentNumberScheduled',
    'numberMisscheduled',
    'desiredNumberScheduled',
    'numberReady',
    'observedGeneration',
    'updatedNumberScheduled',
    'numberAvailable',
    'numberUnavailable',
    'collisionCount',
  ];
  for (const field of fields) errors.push(...notNegative(`status.${field}`, ds.status?.[field] ?? 0));
  const { collisionCount } = ds.status ?? {};
  const countBefore = before.status?.collisionCount;
  if (countBefore !== undefined && countBefore !== null && (collisionCount ?? -1) < countBefore) {
    errors.push(invalid('status.collisionCount', collisionCount, 'cannot be decremented'));
  }
  return errors;
}

/** Exactly one of the two may be more than nothing (DS-V18…DS-V21). Absent counts as 0 here. */
export function validateRollingUpdate(
  rollingUpdate: { readonly maxUnavailable?: unknown; readonly maxSurge?: unknown },
  path = 'spec.updateStrategy.rollingUpdate',
): readonly FieldError[] {
  const maxUnavailable = rollingUpdate.maxUnavailable ?? 0;
  const maxSurge = rollingUpdate.maxSurge ?? 0;
  const fields = { maxUnavailable: `${path}.maxUnavailable`, maxSurge: `${path}.maxSurge` };
  const errors = [
    ...validateIntOrPercent(fields.maxUnavailable, maxUnavailable),
    ...validateIntOrPercent(fields.maxSurge, maxSurge),
    ...validateAtMost100(fields.maxUnavailable, maxUnavailable),
    ...validateAtMost100(fields.maxSurge, maxSurge),
  ];
  const hasUnavailable = amountOf(maxUnavailable) !== 0;
  const hasSurge = amountOf(maxSurge) !== 0;
  if (hasUnavailable && hasSurge)
    errors.push(invalid(fields.maxSurge, maxSurge, 'may not be set when maxUnavailable is non-zero'));
  if (!hasUnavailable && !hasSurge) errors.push(required(fields.maxUnavailable, 'cannot be 0 when maxSurge is 0'));
  return errors;
}

/** A revision as it comes in: `data` any JSON object, undefined where the text was no JSON at all. */
export interface GivenRevision {
  readonly metadata: ObjectMeta;
  readonly revision: number;
  readonly data?: unknown;
}

export function validateRevision(revision: GivenRevision): readonly FieldError[] {
  return [...validateObjectMeta(revision.metadata), ...validateRevisionData(revision)];
}

export function validateRevisionUpdate(revision: GivenRevision, before: GivenRevision): readonly FieldError[] {
  const isChanged = !isDeepEqual(revision.data, before.data);
  return [
    ...validateObjectMetaUpdate(revision.metadata, before.metadata),
    ...validateRevisionData(revision),
    ...(isChanged ? [invalid('data', revision.data, 'field is immutable')] : []),
  ];
}

function validateSpec(given: DaemonSetSpec | undefined, templateGeneration: number): readonly FieldError[] {
  const spec = fieldsOf(given);
  const selector = isObject(spec['selector']) ? (spec['selector'] as LabelSelector) : undefined;
  const template = fieldsOf(spec['template']);
  const selectorErrors = validateLabelSelector(selector, 'spec.selector');
  const errors = [...selectorErrors];
  const { labels: found } = fieldsOf(template['metadata']);
  const labels = isObject(found) ? (found as Labels) : undefined;
  if (selectorErrors.length === 0 && !matchesLabelSelector(selector, labels)) {
    const text = '`selector` does not match template `labels`';
    errors.push(invalid('spec.template.metadata.labels', labels, text));
  }
  if (selector !== undefined && isEmptySelector(selector))
    errors.push(invalid('spec.selector', selector, 'empty selector is invalid for daemonset'));
  errors.push(...validatePodTemplate(template, 'spec.template'));
  const { restartPolicy, activeDeadlineSeconds } = fieldsOf(template['spec']);
  if (isGiven(restartPolicy) && restartPolicy !== 'Always') {
    errors.push(unsupported('spec.template.spec.restartPolicy', textOf(restartPolicy), ['Always']));
  }
  if (isGiven(activeDeadlineSeconds)) {
    const text = 'activeDeadlineSeconds in DaemonSet is not Supported';
    errors.push(forbidden('spec.template.spec.activeDeadlineSeconds', text));
  }
  errors.push(...notNegative('spec.minReadySeconds', numberOf(spec['minReadySeconds'])));
  errors.push(...notNegative('spec.templateGeneration', templateGeneration));
  errors.push(...validateStrategy(fieldsOf(spec['updateStrategy'])));
  errors.push(...notNegative('spec.revisionHistoryLimit', numberOf(spec['revisionHistoryLimit'])));
  return errors;
}

/** With OnDelete a rollingUpdate block is accepted and ignored (DS-V25). */
function validateStrategy(strategy: Fields): readonly FieldError[] {
  const { type = 'RollingUpdate', rollingUpdate } = strategy;
  if (type === 'OnDelete') return [];
  if (type !== 'RollingUpdate')
    return [unsupported('spec.updateStrategy', textOf(type), ['RollingUpdate', 'OnDelete'])];
  if (!isGiven(rollingUpdate)) return [required('spec.updateStrategy.rollingUpdate')];
  return validateRollingUpdate(fieldsOf(rollingUpdate));
}

/** Cannot happen through apps/v1, whose server counts for itself (DS-V22). */
function validateTemplateGeneration(ds: DaemonSet, before: DaemonSet): readonly FieldError[] {
  const path = 'spec.templateGeneration';
  const now = templateGenerationOf(ds);
  const then = templateGenerationOf(before);
  if (now < then) return [invalid(path, now, 'must not be decremented')];
  const isUpdated = !isSemanticallyEqual(ds.spec.template, before.spec.template);
  if (now === then && isUpdated) return [invalid(path, now, 'must be incremented upon template update')];
  if (now > then && !isUpdated) return [invalid(path, now, 'must not be incremented without template update')];
  return [];
}

function validateRevisionData({ revision, data }: GivenRevision): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (data === undefined) errors.push(required('data', 'data is mandatory'));
  else if (!isObject(data)) errors.push(invalid('data', data, 'must be a valid JSON object'));
  return [...errors, ...notNegative('revision', revision)];
}

function amountOf(value: unknown): number {
  return typeof value === 'string' ? (parsePercent(value) ?? 0) : numberOf(value);
}

function isEmptySelector({ matchLabels, matchExpressions }: LabelSelector): boolean {
  return Object.keys(fieldsOf(matchLabels)).length === 0 && listOf(matchExpressions).length === 0;
}

/** The counter travels in an annotation; what is no number counts as 0. */
function templateGenerationOf(ds: DaemonSet): number {
  const text = textOf(fieldsOf(ds.metadata?.annotations)[TEMPLATE_GENERATION_ANNOTATION]);
  return /^-?[0-9]{1,15}$/.test(text) ? Number(text) : 0;
}
