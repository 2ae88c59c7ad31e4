/** Rules about quotas. Twin: apis/core/validation ValidateResourceQuota, ValidateResourceQuotaUpdate. Rules: A-18. */
import { type FieldError, invalid, required, unsupported } from './fieldError.ts';
import { compareKeys } from './meta.ts';
import { validateObjectMeta, validateObjectMetaUpdate } from './metaValidation.ts';
import { findQualifiedNameErrors } from './names.ts';
import type { ResourceList } from './node.ts';
import { NANO, quantityNanos } from './quantityText.ts';
import type { ResourceQuota, ScopeRequirement } from './resourceQuota.ts';
import { isQuotaResource } from './resourceValidation.ts';

/** In the server's order of words. */
const SCOPES = [
  'BestEffort',
  'CrossNamespacePodAffinity',
  'NotBestEffort',
  'NotTerminating',
  'PriorityClass',
  'Terminating',
  'VolumeAttributesClass',
];
const OPERATORS = ['DoesNotExist', 'Exists', 'In', 'NotIn'];
/** Counted in whole pieces. */
const WHOLE = ['pods', 'services', 'replicationcontrollers', 'resourcequotas', 'secrets', 'configmaps'];

export function validateResourceQuota(quota: ResourceQuota): readonly FieldError[] {
  return [...validateObjectMeta(quota.metadata), ...validateSpec(quota), ...validateStatus(quota)];
}

export function validateResourceQuotaUpdate(quota: ResourceQuota, before: ResourceQuota): readonly FieldError[] {
  const errors = [...validateObjectMetaUpdate(quota.metadata, before.metadata), ...validateSpec(quota)];
  const names = (scopes: readonly string[] = []): string => [...new Set(scopes)].sort(compareKeys).join(' ');
  if (names(quota.spec?.scopes) !== names(before.spec?.scopes))
    errors.push(invalid('spec.scopes', quota.spec?.scopes ?? [], 'field is immutable'));
  return errors;
}

export function validateResourceQuotaStatus(quota: ResourceQuota, before: ResourceQuota): readonly FieldError[] {
  return [...validateObjectMetaUpdate(quota.metadata, before.metadata), ...validateStatus(quota)];
}

function validateSpec({ spec }: ResourceQuota): readonly FieldError[] {
  const errors = [...validateAmounts(spec?.hard, 'spec.hard')];
  for (const scope of spec?.scopes ?? [])
    if (!SCOPES.includes(scope)) errors.push(invalid('spec.scopes', spec?.scopes, 'unsupported scope'));
  const expressions = spec?.scopeSelector?.matchExpressions ?? [];
  return [...errors, ...expressions.flatMap((each) => [...validateRequirement(each)])];
}

function* validateRequirement({ scopeName, operator, values = [] }: ScopeRequirement): Iterable<FieldError> {
  const path = 'spec.scopeSelector.matchExpressions';
  if (!SCOPES.includes(scopeName)) yield invalid(`${path}.scopeName`, scopeName, 'unsupported scope');
  if (!OPERATORS.includes(operator)) yield unsupported(`${path}.operator`, operator, OPERATORS);
  const needs = operator === 'In' || operator === 'NotIn';
  if (needs && values.length === 0) {
    const text = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
    yield required(`${path}.values`, text);
  } else if (!needs && values.length > 0) {
    const text = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
    yield invalid(`${path}.values`, values, text);
  }
  if (scopeName !== 'PriorityClass' && OPERATORS.includes(operator) && operator !== 'Exists')
    yield invalid(
      `${path}.operator`,
      operator,
      "must be 'Exist' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity",
    );
}

function* validateStatus({ status }: ResourceQuota): Iterable<FieldError> {
  yield* validateAmounts(status?.hard, 'status.hard');
  yield* validateAmounts(status?.used, 'status.used');
}

function* validateAmounts(list: ResourceList | undefined, path: string): Iterable<FieldError> {
  for (const [name, quantity] of Object.entries(list ?? {})) {
    const here = `${path}[${name}]`;
    const nameErrors = findQualifiedNameErrors(name);
    for (const text of nameErrors) yield invalid(here, name, text);
    if (nameErrors.length === 0 && !name.includes('/') && !isQuotaResource(name))
      yield invalid(here, name, 'must be a standard resource for quota');
    const nanos = quantityNanos(quantity) ?? 0n;
    if (nanos < 0n) yield invalid(here, String(quantity), 'must be greater than or equal to 0');
    const isWhole = WHOLE.includes(name) || name.startsWith('count/');
    if (isWhole && nanos % NANO !== 0n) yield invalid(here, String(quantity), 'must be an integer');
  }
}
