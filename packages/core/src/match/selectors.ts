/**
 * Label selectors, node selectors and required node affinity, compiled once and asked often.
 * Twin: apimachinery labels, component-helpers scheduling/corev1/nodeaffinity. Rules: DS-R3.
 */
import type { LabelSelector } from '../api/daemonSet.ts';
import { fieldError, type FieldError, unsupported } from '../api/fieldError.ts';
import type { Node, NodeSelector, NodeSelectorRequirement, NodeSelectorTerm } from '../api/node.ts';
import { findLabelValueErrors, findQualifiedNameErrors } from '../api/names.ts';
import { parseInt64 } from './taints.ts';

export type Labels = Readonly<Record<string, string>>;

/** A selector, compiled; one that has errors matches nothing. */
export interface LabelMatcher {
  readonly errors: readonly FieldError[];
  /** Present, but without any requirement: matches everything (and is refused for DaemonSets, DS-V8). */
  readonly isEmpty: boolean;
  matches(labels: Labels | undefined): boolean;
}

/** A node selector or one of its terms, compiled; malformed terms match nothing and are listed in `errors`. */
export interface NodeMatcher {
  readonly errors: readonly FieldError[];
  matches(node: Node): boolean;
}

type LabelTest = (labels: Labels) => boolean;

const NO_LABELS: Labels = {};
const compiledSelectors = new WeakMap<LabelSelector, LabelMatcher>();

/** Whether the selector picks the labels. No selector picks nothing, an empty one everything. */
export function matchesLabelSelector(selector: LabelSelector | undefined, labels: Labels | undefined): boolean {
  return selector !== undefined && selector !== null && compileLabelSelector(selector).matches(labels);
}

/** Compiled once per selector object; objects are immutable, so the compiled form stays right. */
export function compileLabelSelector(selector: LabelSelector): LabelMatcher {
  const known = compiledSelectors.get(selector);
  if (known !== undefined) return known;
  const requirements: NodeSelectorRequirement[] = [];
  for (const [key, value] of Object.entries(selector.matchLabels ?? {})) {
    requirements.push({ key, operator: 'In', values: [value] });
  }
  const errors: FieldError[] = [];
  for (const [at, requirement] of (selector.matchExpressions ?? []).entries()) {
    if (LABEL_SELECTOR_OPERATORS.includes(requirement.operator)) requirements.push(requirement);
    else errors.push(unsupported(`matchExpressions[${at}].operator`, requirement.operator, LABEL_SELECTOR_OPERATORS));
  }
  const tests = compileRequirements(requirements, 'matchExpressions', errors);
  const matcher: LabelMatcher = {
    errors,
    isEmpty: requirements.length === 0 && errors.length === 0,
    matches: errors.length > 0 ? () => false : (labels) => allHold(tests, labels ?? NO_LABELS),
  };
  compiledSelectors.set(selector, matcher);
  return matcher;
}

const LABEL_SELECTOR_OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'];
const NODE_SELECTOR_OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist', 'Gt', 'Lt'];

/** Terms are alternatives; a selector without a term that says something matches no node (DS-R3). */
export function compileNodeSelector(selector: NodeSelector, path = 'nodeSelectorTerms'): NodeMatcher {
  const errors: FieldError[] = [];
  const terms: NodeMatcher[] = [];
  for (const [at, term] of (selector.nodeSelectorTerms ?? []).entries()) {
    if (isEmptyTerm(term)) continue;
    const compiled = compileNodeSelectorTerm(term, `${path}[${at}]`);
    errors.push(...compiled.errors);
    if (compiled.errors.length === 0) terms.push(compiled);
  }
  const only = terms.length === 1 ? terms[0] : undefined;
  return {
    errors,
    matches: only === undefined ? (node) => terms.some((term) => term.matches(node)) : only.matches,
  };
}

export function compileNodeSelectorTerm(term: NodeSelectorTerm, path: string): NodeMatcher {
  const prefix = path === '' ? '' : `${path}.`;
  const errors: FieldError[] = [];
  const tests = compileRequirements(term.matchExpressions ?? [], `${prefix}matchExpressions`, errors);
  const fieldTests = compileFieldRequirements(term.matchFields ?? [], `${prefix}matchFields`, errors);
  if (errors.length > 0 || isEmptyTerm(term)) return { errors, matches: () => false };
  return {
    errors,
    matches: (node) => {
      if (!allHold(tests, node.metadata.labels ?? NO_LABELS)) return false;
      // Upstream has no fields for a node without a name, and does not test what it does not have.
      const { name } = node.metadata;
      return fieldTests.length === 0 || name === '' || name === undefined || fieldTests.every((test) => test(name));
    },
  };
}

/** The errors and tests of a list of requirements on labels; an empty list of tests holds for everything. */
export function compileRequirements(
  requirements: readonly NodeSelectorRequirement[],
  path: string,
  errors: FieldError[],
): readonly LabelTest[] {
  const tests: LabelTest[] = [];
  for (const [at, requirement] of requirements.entries()) {
    const found = findRequirementErrors(requirement, `${path}[${at}]`);
    if (found.length > 0) errors.push(...found);
    else tests.push(compileRequirement(requirement));
  }
  return tests;
}

/** What a pod asks of its node: every pair of `nodeSelector`, and the required affinity where there is one. */
export function compilePodNodeMatch(spec: {
  readonly nodeSelector?: Labels;
  readonly affinity?: {
    readonly nodeAffinity?: { readonly requiredDuringSchedulingIgnoredDuringExecution?: NodeSelector };
  };
}): (node: Node) => boolean {
  const pairs = Object.entries(spec.nodeSelector ?? {});
  const required = spec.affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution;
  const hasPairs = (node: Node): boolean => {
    const labels = node.metadata.labels ?? NO_LABELS;
    for (const [key, value] of pairs) if (labels[key] !== value) return false;
    return true;
  };
  if (required === undefined || required === null) return pairs.length === 0 ? () => true : hasPairs;
  const { matches } = compileNodeSelector(required);
  return pairs.length === 0 ? matches : (node) => hasPairs(node) && matches(node);
}

function isEmptyTerm(term: NodeSelectorTerm): boolean {
  return (term.matchExpressions ?? []).length === 0 && (term.matchFields ?? []).length === 0;
}

function allHold(tests: readonly LabelTest[], labels: Labels): boolean {
  // An index instead of `every`: this is the inner loop of status at 10,000 nodes.
  for (let at = 0; at < tests.length; at += 1) {
    if (tests[at]?.(labels) === false) return false;
  }
  return true;
}

/** Anything but text is no label: `labels['constructor']` is a function that every object inherits. */
function compileRequirement({ key, operator, values = [] }: NodeSelectorRequirement): LabelTest {
  const [first = ''] = values;
  const isOne = values.length === 1;
  switch (operator) {
    case 'In':
      if (isOne) return (labels) => labels[key] === first;
      return (labels) => values.includes(labels[key] as string);
    case 'NotIn':
      if (isOne) return (labels) => labels[key] !== first;
      return (labels) => !values.includes(labels[key] as string);
    case 'Exists':
      return (labels) => typeof labels[key] === 'string';
    case 'DoesNotExist':
      return (labels) => typeof labels[key] !== 'string';
    default: {
      const bound = parseInt64(first);
      return (labels) => {
        const value = labels[key];
        const number = typeof value === 'string' ? parseInt64(value) : undefined;
        if (number === undefined || bound === undefined) return false;
        return operator === 'Gt' ? number > bound : number < bound;
      };
    }
  }
}

function findRequirementErrors(
  { key, operator, values = [] }: NodeSelectorRequirement,
  path: string,
): readonly FieldError[] {
  const errors: FieldError[] = [];
  if (!NODE_SELECTOR_OPERATORS.includes(operator))
    return [unsupported(`${path}.operator`, operator, NODE_SELECTOR_OPERATORS)];
  for (const text of findQualifiedNameErrors(key)) errors.push(fieldError('Invalid value', `${path}.key`, key, text));
  const field = `${path}.values`;
  if (operator === 'In' || operator === 'NotIn') {
    if (values.length === 0) {
      errors.push(fieldError('Invalid value', field, values, "for 'in', 'notin' operators, values set can't be empty"));
    }
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    if (values.length > 0) {
      errors.push(fieldError('Invalid value', field, values, 'values set must be empty for exists and does not exist'));
    }
  } else {
    if (values.length !== 1) {
      errors.push(
        fieldError('Invalid value', field, values, "for 'Gt', 'Lt' operators, exactly one value is required"),
      );
    }
    for (const [at, value] of values.entries()) {
      if (parseInt64(value) !== undefined) continue;
      const text = "for 'Gt', 'Lt' operators, the value must be an integer";
      errors.push(fieldError('Invalid value', `${field}[${at}]`, value, text));
    }
  }
  for (const [at, value] of values.entries()) {
    for (const text of findLabelValueErrors(value))
      errors.push(fieldError('Invalid value', `${field}[${at}]`, value, text));
  }
  return errors;
}

/** The only field of a node is its name; any other key reads as empty text. */
function compileFieldRequirements(
  requirements: readonly NodeSelectorRequirement[],
  path: string,
  errors: FieldError[],
): readonly ((name: string) => boolean)[] {
  const tests: ((name: string) => boolean)[] = [];
  for (const [at, { key, operator, values = [] }] of requirements.entries()) {
    const [value] = values;
    if (operator !== 'In' && operator !== 'NotIn') {
      errors.push(unsupported(`${path}[${at}].operator`, operator, ['In', 'NotIn']));
    } else if (values.length !== 1 || value === undefined) {
      errors.push(fieldError('Invalid value', `${path}[${at}].values`, values, 'must have one element'));
    } else {
      const read = (name: string): string => (key === 'metadata.name' ? name : '');
      tests.push(operator === 'In' ? (name) => read(name) === value : (name) => read(name) !== value);
    }
  }
  return tests;
}
