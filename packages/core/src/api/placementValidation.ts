/** Rules about what a template says of nodes: tolerations and node affinity. Twin: apis/core/validation ValidateTolerations, validateNodeAffinity. Rules: DS-V10. */
import { fieldError, type FieldError, unsupported } from './fieldError.ts';
import { invalidText } from './metaValidation.ts';
import { findLabelValueErrors, findQualifiedNameErrors } from './names.ts';
import { isObject } from './patch.ts';

type Fields = Readonly<Record<string, unknown>>;

const EFFECTS = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
const TOLERATION_OPERATORS = ['Equal', 'Exists', 'Lt', 'Gt'];

export function validateTolerations(tolerations: readonly Fields[], path: string): readonly FieldError[] {
  return tolerations.flatMap((toleration, at) => validateToleration(toleration, `${path}[${at}]`));
}

function validateToleration(toleration: Fields, path: string): readonly FieldError[] {
  const { key = '', operator = '', value = '', effect = '', tolerationSeconds } = toleration;
  const errors: FieldError[] = [];
  if (key !== '') errors.push(...invalidText(`${path}.key`, key, findQualifiedNameErrors));
  if (key === '' && operator !== 'Exists') {
    const text = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
    errors.push(fieldError('Invalid value', `${path}.operator`, operator, text));
  }
  if (tolerationSeconds !== undefined && tolerationSeconds !== null && effect !== 'NoExecute') {
    const text = "effect must be 'NoExecute' when `tolerationSeconds` is set";
    errors.push(fieldError('Invalid value', `${path}.effect`, effect, text));
  }
  if (operator === '' || operator === 'Equal')
    errors.push(...invalidText(`${path}.operator`, value, findLabelValueErrors));
  else if (operator === 'Exists') {
    if (value !== '')
      errors.push(
        fieldError('Invalid value', `${path}.operator`, value, "value must be empty when `operator` is 'Exists'"),
      );
  } else if (!TOLERATION_OPERATORS.includes(operator as string)) {
    errors.push(unsupported(`${path}.operator`, operator, TOLERATION_OPERATORS));
  }
  if (effect !== '' && !EFFECTS.includes(effect as string)) errors.push(unsupported(`${path}.effect`, effect, EFFECTS));
  return errors;
}

export function validateAffinity(affinity: Fields, path: string): readonly FieldError[] {
  const { nodeAffinity } = affinity;
  if (!isObject(nodeAffinity)) return [];
  const errors: FieldError[] = [];
  const required = nodeAffinity['requiredDuringSchedulingIgnoredDuringExecution'];
  if (isObject(required)) {
    const here = `${path}.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`;
    const terms = asList(required['nodeSelectorTerms']);
    if (terms.length === 0)
      errors.push(fieldError('Required value', here, '', 'must have at least one node selector term'));
    errors.push(...terms.flatMap((term, at) => validateTerm(term, `${here}[${at}]`)));
  }
  const preferred = asList(nodeAffinity['preferredDuringSchedulingIgnoredDuringExecution']);
  for (const [at, { weight, preference }] of preferred.entries()) {
    const here = `${path}.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution[${at}]`;
    if (typeof weight !== 'number' || weight < 1 || weight > 100) {
      errors.push(fieldError('Invalid value', `${here}.weight`, weight, 'must be in the range 1-100'));
    }
    errors.push(...validateTerm(isObject(preference) ? preference : {}, `${here}.preference`));
  }
  return errors;
}

function validateTerm(term: Fields, path: string): readonly FieldError[] {
  return [
    ...asList(term['matchExpressions']).flatMap((requirement, at) =>
      validateExpression(requirement, `${path}.matchExpressions[${at}]`),
    ),
    ...asList(term['matchFields']).flatMap((requirement, at) =>
      validateField(requirement, `${path}.matchFields[${at}]`),
    ),
  ];
}

function validateExpression({ key, operator, values }: Fields, path: string): readonly FieldError[] {
  const count = Array.isArray(values) ? values.length : 0;
  const errors: FieldError[] = [];
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (count === 0)
        errors.push(
          fieldError('Required value', `${path}.values`, '', "must be specified when `operator` is 'In' or 'NotIn'"),
        );
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (count > 0) {
        const text = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
        errors.push(fieldError('Forbidden', `${path}.values`, '', text));
      }
      break;
    case 'Gt':
    case 'Lt':
      if (count !== 1) {
        const text = "must be specified single value when `operator` is 'Lt' or 'Gt'";
        errors.push(fieldError('Required value', `${path}.values`, '', text));
      }
      break;
    default:
      errors.push(fieldError('Invalid value', `${path}.operator`, operator, 'not a valid selector operator'));
  }
  return [...errors, ...invalidText(`${path}.key`, key, findQualifiedNameErrors)];
}

/** The only field that nodes can be picked by is their name. */
function validateField({ key, operator, values }: Fields, path: string): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (operator !== 'In' && operator !== 'NotIn') {
    errors.push(fieldError('Invalid value', `${path}.operator`, operator, 'not a valid selector operator'));
  } else if (!Array.isArray(values) || values.length !== 1) {
    const text = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
    errors.push(fieldError('Required value', `${path}.values`, '', text));
  }
  if (key !== 'metadata.name')
    errors.push(fieldError('Invalid value', `${path}.key`, key, 'not a valid field selector key'));
  return errors;
}

function asList(value: unknown): readonly Fields[] {
  return Array.isArray(value) ? value.filter(isObject) : [];
}
