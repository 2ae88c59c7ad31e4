/** Rules about what a pod says of nodes: tolerations and node affinity. Twin: apis/core/validation ValidateTolerations, validateNodeAffinity. Rules: DS-V10. */
import { type FieldError, forbidden, invalid, required, unsupported } from './fieldError.ts';
import { type Fields, fieldsOf, isGiven, listOf, numberOf, textOf, textsOf } from './goText.ts';
import { findLabelValueErrors, findQualifiedNameErrors, findSubdomainErrors } from './names.ts';

export const TAINT_EFFECTS: readonly string[] = ['NoSchedule', 'PreferNoSchedule', 'NoExecute'];
export const TOLERATION_OPERATORS: readonly string[] = ['Equal', 'Exists'];
/** Numbers are compared where a feature gate allows it: `validateGatedFields` judges that. */
export const COMPARISONS: readonly string[] = ['Lt', 'Gt'];
const NO_OPERATOR = 'not a valid selector operator';

export function* validateTolerations(tolerations: readonly Fields[], path: string): Iterable<FieldError> {
  for (const [at, toleration] of tolerations.entries()) {
    const here = `${path}[${at}]`;
    const [key, operator, value, effect] = ['key', 'operator', 'value', 'effect'].map((each) =>
      textOf(toleration[each]),
    ) as [string, string, string, string];
    if (key !== '') for (const text of findQualifiedNameErrors(key)) yield invalid(`${here}.key`, key, text);
    if (key === '' && operator !== 'Exists') {
      const text = 'operator must be Exists when `key` is empty, which means "match all values and all keys"';
      yield invalid(`${here}.operator`, operator, text);
    }
    if (isGiven(toleration['tolerationSeconds']) && effect !== 'NoExecute')
      yield invalid(`${here}.effect`, effect, "effect must be 'NoExecute' when `tolerationSeconds` is set");
    if (operator === '' || operator === 'Equal') {
      const errors = findLabelValueErrors(value);
      if (errors.length > 0) yield invalid(`${here}.operator`, value, errors.join(';'));
    } else if (operator === 'Exists') {
      if (value !== '') yield invalid(`${here}.operator`, value, "value must be empty when `operator` is 'Exists'");
    } else if (COMPARISONS.includes(operator)) {
      yield* validateComparison(value, here);
    } else yield unsupported(`${here}.operator`, operator, TOLERATION_OPERATORS);
    if (effect !== '' && !TAINT_EFFECTS.includes(effect)) yield unsupported(`${here}.effect`, effect, TAINT_EFFECTS);
  }
}

/** A number of 64 bits, without leading zeros. */
function* validateComparison(value: string, path: string): Iterable<FieldError> {
  if (!/^(0|-?[1-9][0-9]{0,18})$/.test(value) || BigInt.asIntN(64, BigInt(value)) !== BigInt(value))
    yield invalid(`${path}.value`, value, 'value must be a valid integer with no leading zeros for numeric operators');
}

export function* validateNodeAffinity(affinity: Fields, path: string): Iterable<FieldError> {
  const hard = affinity['requiredDuringSchedulingIgnoredDuringExecution'];
  if (isGiven(hard)) {
    const here = `${path}.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms`;
    const terms = listOf(fieldsOf(hard)['nodeSelectorTerms']);
    if (terms.length === 0) yield required(here, 'must have at least one node selector term');
    for (const [at, term] of terms.entries()) yield* validateTerm(term, `${here}[${at}]`, true);
  }
  const preferred = listOf(affinity['preferredDuringSchedulingIgnoredDuringExecution']);
  for (const [at, { weight, preference }] of preferred.entries()) {
    const here = `${path}.preferredDuringSchedulingIgnoredDuringExecution[${at}]`;
    yield* validateWeight(weight, `${here}.weight`);
    yield* validateTerm(fieldsOf(preference), `${here}.preference`, false);
  }
}

export function* validateWeight(weight: unknown, path: string): Iterable<FieldError> {
  const number = numberOf(weight);
  if (number <= 0 || number > 100) yield invalid(path, number, 'must be in the range 1-100');
}

/** `isStrict`: values have to be those of a label; a wish may ask for any. */
function* validateTerm(term: Fields, path: string, isStrict: boolean): Iterable<FieldError> {
  for (const [at, requirement] of listOf(term['matchExpressions']).entries())
    yield* validateExpression(requirement, `${path}.matchExpressions[${at}]`, isStrict);
  for (const [at, requirement] of listOf(term['matchFields']).entries())
    yield* validateField(requirement, `${path}.matchFields[${at}]`);
}

function* validateExpression(requirement: Fields, path: string, isStrict: boolean): Iterable<FieldError> {
  const operator = textOf(requirement['operator']);
  const key = textOf(requirement['key']);
  const values = textsOf(requirement['values']);
  const field = `${path}.values`;
  switch (operator) {
    case 'In':
    case 'NotIn':
      if (values.length === 0) yield required(field, "must be specified when `operator` is 'In' or 'NotIn'");
      break;
    case 'Exists':
    case 'DoesNotExist':
      if (values.length > 0)
        yield forbidden(field, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'");
      break;
    case 'Gt':
    case 'Lt':
      if (values.length !== 1) yield required(field, "must be specified single value when `operator` is 'Lt' or 'Gt'");
      break;
    default:
      yield invalid(`${path}.operator`, operator, NO_OPERATOR);
  }
  for (const text of findQualifiedNameErrors(key)) yield invalid(`${path}.key`, key, text);
  if (!isStrict) return;
  for (const [at, value] of values.entries())
    for (const text of findLabelValueErrors(value)) yield invalid(`${field}[${at}]`, value, text);
}

/** The only field that nodes can be picked by is their name. */
function* validateField(requirement: Fields, path: string): Iterable<FieldError> {
  const operator = textOf(requirement['operator']);
  const key = textOf(requirement['key']);
  const values = textsOf(requirement['values']);
  if (operator !== 'In' && operator !== 'NotIn') yield invalid(`${path}.operator`, operator, NO_OPERATOR);
  else if (values.length !== 1) {
    const text = "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
    yield required(`${path}.values`, text);
  }
  if (key !== 'metadata.name') yield invalid(`${path}.key`, key, 'not a valid field selector key');
  else
    for (const [at, value] of values.entries())
      for (const text of findSubdomainErrors(value)) yield invalid(`${path}.values[${at}]`, value, text);
}
