/** Rules about what a pod says of other pods: affinity, anti-affinity, spread. Twin: apis/core/validation validatePodAffinityTerm, validateTopologySpreadConstraints. Rules: DS-V10. */
import { oneOfIfGiven } from './choiceValidation.ts';
import { duplicate, type FieldError, forbidden, invalid, required, unsupported } from './fieldError.ts';
import { type Fields, fieldsOf, isGiven, listOf, numberOf, textOf, textsOf } from './goText.ts';
import { validateLabelSelector } from './metaValidation.ts';
import { findDnsLabelErrors, findQualifiedNameErrors } from './names.ts';
import { validateWeight } from './placementValidation.ts';

/** Sorted, as the server prints them. */
const ACTIONS = ['DoNotSchedule', 'ScheduleAnyway'];
const POLICIES = ['Honor', 'Ignore'];
const NO_SELECTOR = 'must not be specified when labelSelector is not set';

/** Of podAffinity or podAntiAffinity. */
export function* validatePodAffinity(affinity: Fields, path: string): Iterable<FieldError> {
  const hard = 'requiredDuringSchedulingIgnoredDuringExecution';
  for (const [at, term] of listOf(affinity[hard]).entries()) yield* validateTerm(term, `${path}.${hard}[${at}]`);
  const soft = 'preferredDuringSchedulingIgnoredDuringExecution';
  for (const [at, { weight, podAffinityTerm }] of listOf(affinity[soft]).entries()) {
    const here = `${path}.${soft}[${at}]`;
    yield* validateWeight(weight, `${here}.weight`);
    yield* validateTerm(fieldsOf(podAffinityTerm), `${here}.podAffinityTerm`);
  }
}

function* validateTerm(term: Fields, path: string): Iterable<FieldError> {
  yield* validateSelector(term['labelSelector'], `${path}.labelSelector`);
  yield* validateSelector(term['namespaceSelector'], `${path}.namespaceSelector`);
  for (const name of textsOf(term['namespaces']))
    for (const text of findDnsLabelErrors(name)) yield invalid(`${path}.namespace`, name, text);
  yield* validateKeys(term, path);
  const topologyKey = textOf(term['topologyKey']);
  const field = `${path}.topologyKey`;
  if (topologyKey === '') yield required(field, 'can not be empty');
  for (const text of findQualifiedNameErrors(topologyKey)) yield invalid(field, topologyKey, text);
}

/** matchLabelKeys and mismatchLabelKeys: names of labels, none of them in both. */
function* validateKeys(term: Fields, path: string): Iterable<FieldError> {
  const matching = textsOf(term['matchLabelKeys']);
  const others = textsOf(term['mismatchLabelKeys']);
  const hasSelector = isGiven(term['labelSelector']);
  yield* validateKeyNames(matching, `${path}.matchLabelKeys`, hasSelector);
  yield* validateKeyNames(others, `${path}.mismatchLabelKeys`, hasSelector);
  for (const [at, key] of matching.entries()) {
    const text = 'exists in both matchLabelKeys and mismatchLabelKeys';
    if (others.includes(key)) yield invalid(`${path}.matchLabelKeys[${at}]`, key, text);
  }
}

function* validateKeyNames(keys: readonly string[], path: string, hasSelector: boolean): Iterable<FieldError> {
  if (keys.length > 0 && !hasSelector) {
    yield forbidden(path, NO_SELECTOR);
    return;
  }
  for (const [at, key] of keys.entries())
    for (const text of findQualifiedNameErrors(key)) yield invalid(`${path}[${at}]`, key, text);
}

export function* validateTopologySpread(constraints: readonly Fields[], path: string): Iterable<FieldError> {
  // Upstream compares each with those behind it, so the earlier of two is named.
  const kindOf = ({ topologyKey, whenUnsatisfiable }: Fields): string =>
    `{${textOf(topologyKey)}, ${textOf(whenUnsatisfiable)}}`;
  const lastAt = new Map(constraints.map((constraint, at) => [kindOf(constraint), at]));
  for (const [at, constraint] of constraints.entries()) {
    const here = `${path}[${at}]`;
    const maxSkew = numberOf(constraint['maxSkew']);
    const action = textOf(constraint['whenUnsatisfiable']);
    const { minDomains } = constraint;
    if (maxSkew <= 0) yield invalid(`${here}.maxSkew`, maxSkew, 'must be greater than zero');
    if (textOf(constraint['topologyKey']) === '') yield required(`${here}.topologyKey`, 'can not be empty');
    if (!ACTIONS.includes(action)) yield unsupported(`${here}.whenUnsatisfiable`, action, ACTIONS);
    const kind = kindOf(constraint);
    if (lastAt.get(kind) !== at) yield duplicate(`${here}.{topologyKey, whenUnsatisfiable}`, kind);
    if (isGiven(minDomains)) {
      const field = `${here}.minDomains`;
      if (numberOf(minDomains) <= 0) yield invalid(field, minDomains, 'must be greater than zero');
      const text = `can only use minDomains if whenUnsatisfiable=DoNotSchedule, not ${action}`;
      if (action !== 'DoNotSchedule') yield invalid(field, minDomains, text);
    }
    for (const policy of ['nodeAffinityPolicy', 'nodeTaintsPolicy'])
      yield* oneOfIfGiven(constraint[policy], POLICIES, `${here}.${policy}`);
    yield* validateSpreadKeys(constraint, `${here}.matchLabelKeys`);
    yield* validateSelector(constraint['labelSelector'], `${here}.labelSelector`);
  }
}

function* validateSpreadKeys(constraint: Fields, path: string): Iterable<FieldError> {
  const keys = textsOf(constraint['matchLabelKeys']);
  if (keys.length === 0) return;
  const selector = constraint['labelSelector'];
  if (!isGiven(selector)) yield forbidden(path, NO_SELECTOR);
  const { matchLabels, matchExpressions } = fieldsOf(selector);
  const selected = new Set([...Object.keys(fieldsOf(matchLabels)), ...listOf(matchExpressions).map(({ key }) => key)]);
  for (const [at, key] of keys.entries()) {
    for (const text of findQualifiedNameErrors(key)) yield invalid(`${path}[${at}]`, key, text);
    if (selected.has(key)) yield invalid(`${path}[${at}]`, key, 'exists in both matchLabelKeys and labelSelector');
  }
}

function* validateSelector(selector: unknown, path: string): Iterable<FieldError> {
  if (isGiven(selector)) yield* validateLabelSelector(fieldsOf(selector), path);
}
