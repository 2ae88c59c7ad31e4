/**
 * Rules about DaemonSets and their revisions, in the API server's words. Objects are checked as they are stored: with
 * the defaults filled in. Twin: apis/apps/validation, registry/apps/daemonset strategy.go. Rules: DS-V5…DS-V25, DS-H13.
 */
import { isDeepEqual } from './canonicalJson.ts';
import {
  type DaemonSet,
  type DaemonSetSpec,
  type DaemonSetStatus,
  type IntOrPercent,
  TEMPLATE_GENERATION_ANNOTATION,
} from './daemonSet.ts';
import { fieldError, type FieldError, unsupported } from './fieldError.ts';
import { parsePercent } from './intOrPercent.ts';
import { validateLabelSelector, validateObjectMeta, validateObjectMetaUpdate } from './metaValidation.ts';
import type { ObjectMeta } from './meta.ts';
import { isObject } from './patch.ts';
import { validatePodTemplate } from './podValidation.ts';
import { matchesLabelSelector } from '../match/selectors.ts';

const NOT_NEGATIVE = 'must be greater than or equal to 0';
const PERCENT_TEXT =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

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
  return isImmutable
    ? [...errors, fieldError('Invalid value', 'spec.selector', ds.spec.selector, 'field is immutable')]
    : errors;
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
    errors.push(fieldError('Invalid value', 'status.collisionCount', collisionCount, 'cannot be decremented'));
  }
  return errors;
}

/** Exactly one of the two may be more than nothing (DS-V18…DS-V21). Absent counts as 0 here. */
export function validateRollingUpdate(
  rollingUpdate: { readonly maxUnavailable?: IntOrPercent; readonly maxSurge?: IntOrPercent },
  path = 'spec.updateStrategy.rollingUpdate',
): readonly FieldError[] {
  const { maxUnavailable = 0, maxSurge = 0 } = rollingUpdate;
  const fields = { maxUnavailable: `${path}.maxUnavailable`, maxSurge: `${path}.maxSurge` };
  const errors = [
    ...validateIntOrPercent(fields.maxUnavailable, maxUnavailable),
    ...validateIntOrPercent(fields.maxSurge, maxSurge),
    ...validateAtMost100(fields.maxUnavailable, maxUnavailable),
    ...validateAtMost100(fields.maxSurge, maxSurge),
  ];
  const hasUnavailable = amountOf(maxUnavailable) !== 0;
  const hasSurge = amountOf(maxSurge) !== 0;
  if (hasUnavailable && hasSurge) {
    errors.push(
      fieldError('Invalid value', fields.maxSurge, maxSurge, 'may not be set when maxUnavailable is non-zero'),
    );
  }
  if (!hasUnavailable && !hasSurge) {
    errors.push(fieldError('Required value', fields.maxUnavailable, '', 'cannot be 0 when maxSurge is 0'));
  }
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
    ...(isChanged ? [fieldError('Invalid value', 'data', revision.data, 'field is immutable')] : []),
  ];
}

/** Equal as the API compares: a list, a map or a text without content is the same as none. */
function isSemanticallyEqual(a: unknown, b: unknown): boolean {
  return isDeepEqual(withoutEmpty(a), withoutEmpty(b));
}

function validateSpec(spec: DaemonSetSpec | undefined, templateGeneration: number): readonly FieldError[] {
  const { selector, template, minReadySeconds = 0, revisionHistoryLimit = 0 } = (spec ?? {}) as Partial<DaemonSetSpec>;
  const selectorErrors = validateLabelSelector(selector, 'spec.selector');
  const errors = [...selectorErrors];
  const labels = template?.metadata?.labels;
  if (selectorErrors.length === 0 && !matchesLabelSelector(selector, labels)) {
    const text = '`selector` does not match template `labels`';
    errors.push(fieldError('Invalid value', 'spec.template.metadata.labels', labels, text));
  }
  if (selector !== undefined && selector !== null && isEmptySelector(selector)) {
    errors.push(fieldError('Invalid value', 'spec.selector', selector, 'empty selector is invalid for daemonset'));
  }
  errors.push(...validatePodTemplate(template, 'spec.template'));
  const { restartPolicy, activeDeadlineSeconds } = template?.spec ?? {};
  if (restartPolicy !== undefined && restartPolicy !== 'Always') {
    errors.push(unsupported('spec.template.spec.restartPolicy', restartPolicy, ['Always']));
  }
  if (activeDeadlineSeconds !== undefined && activeDeadlineSeconds !== null) {
    const text = 'activeDeadlineSeconds in DaemonSet is not Supported';
    errors.push(fieldError('Forbidden', 'spec.template.spec.activeDeadlineSeconds', '', text));
  }
  errors.push(...notNegative('spec.minReadySeconds', minReadySeconds));
  errors.push(...notNegative('spec.templateGeneration', templateGeneration));
  errors.push(...validateStrategy(spec?.updateStrategy));
  errors.push(...notNegative('spec.revisionHistoryLimit', revisionHistoryLimit));
  return errors;
}

/** With OnDelete a rollingUpdate block is accepted and ignored (DS-V25). */
function validateStrategy(strategy: DaemonSetSpec['updateStrategy']): readonly FieldError[] {
  const type = strategy?.type ?? 'RollingUpdate';
  if (type === 'OnDelete') return [];
  if (type !== 'RollingUpdate') return [unsupported('spec.updateStrategy', type, ['RollingUpdate', 'OnDelete'])];
  const rollingUpdate = strategy?.rollingUpdate;
  if (rollingUpdate === undefined || rollingUpdate === null) {
    return [fieldError('Required value', 'spec.updateStrategy.rollingUpdate', '', '')];
  }
  return validateRollingUpdate(rollingUpdate);
}

/** Cannot happen through apps/v1, whose server counts for itself (DS-V22). */
function validateTemplateGeneration(ds: DaemonSet, before: DaemonSet): readonly FieldError[] {
  const path = 'spec.templateGeneration';
  const now = templateGenerationOf(ds);
  const then = templateGenerationOf(before);
  if (now < then) return [fieldError('Invalid value', path, now, 'must not be decremented')];
  const isUpdated = !isSemanticallyEqual(ds.spec.template, before.spec.template);
  if (now === then && isUpdated)
    return [fieldError('Invalid value', path, now, 'must be incremented upon template update')];
  if (now > then && !isUpdated)
    return [fieldError('Invalid value', path, now, 'must not be incremented without template update')];
  return [];
}

function validateRevisionData({ revision, data }: GivenRevision): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (data === undefined) errors.push(fieldError('Required value', 'data', '', 'data is mandatory'));
  else if (!isObject(data)) errors.push(fieldError('Invalid value', 'data', data, 'must be a valid JSON object'));
  return [...errors, ...notNegative('revision', revision)];
}

function validateIntOrPercent(path: string, value: unknown): readonly FieldError[] {
  if (typeof value === 'number') return notNegative(path, value);
  if (typeof value !== 'string')
    return [fieldError('Invalid value', path, value, "must be an integer or percentage (e.g '5%%')")];
  return parsePercent(value) === undefined ? [fieldError('Invalid value', path, value, PERCENT_TEXT)] : [];
}

function validateAtMost100(path: string, value: IntOrPercent): readonly FieldError[] {
  const percent = parsePercent(value);
  const isFine = percent === undefined || percent <= 100;
  return isFine ? [] : [fieldError('Invalid value', path, value, 'must not be greater than 100%')];
}

function amountOf(value: IntOrPercent): number {
  return typeof value === 'number' ? value : (parsePercent(value) ?? 0);
}

function notNegative(path: string, value: unknown): readonly FieldError[] {
  const isFine = typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
  return isFine ? [] : [fieldError('Invalid value', path, value, NOT_NEGATIVE)];
}

function isEmptySelector(selector: NonNullable<DaemonSetSpec['selector']>): boolean {
  return Object.keys(selector.matchLabels ?? {}).length === 0 && (selector.matchExpressions ?? []).length === 0;
}

/** The counter travels in an annotation; what is no number counts as 0. */
function templateGenerationOf(ds: DaemonSet): number {
  const text = ds.metadata?.annotations?.[TEMPLATE_GENERATION_ANNOTATION] ?? '0';
  return /^-?[0-9]{1,15}$/.test(text) ? Number(text) : 0;
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(withoutEmpty);
  if (!isObject(value)) return value === null || value === '' ? undefined : value;
  const kept = Object.entries(value)
    .map(([key, inner]) => [key, withoutEmpty(inner)] as const)
    .filter(([, inner]) => inner !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
