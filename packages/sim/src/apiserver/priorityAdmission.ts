/** Turns the name of a pod's priority class into its number and preemption policy. Twin: plugin/pkg/admission/priority. Rule: A-28. */
import { compareKeys } from '@everynode/core/api/meta';
import type { PodSpec } from '@everynode/core/api/pod';
import { BUILT_IN_PRIORITY_CLASSES, type PriorityClass, type PriorityClasses } from '@everynode/core/api/priorityClass';
import { type ApiFailure, apiFailure } from '@everynode/core/api/requests';

const PREEMPTS = 'PreemptLowerPriority';
/** Of a pod without a class, in a cluster without a default one. */
const NO_CLASS = ['', { value: 0 }] as const;

/**
 * What the plugin writes into the spec; `own`: the cluster's classes beside those that are built in. Forbidden: a class
 * that does not exist, a number or a policy that is not the class's.
 */
export function findPriority(spec: PodSpec, own: PriorityClasses): Partial<PodSpec> | ApiFailure {
  const classes: PriorityClasses = { ...own, ...BUILT_IN_PRIORITY_CLASSES };
  const found = findClass(spec.priorityClassName ?? '', classes);
  if (found === undefined) {
    return apiFailure('Forbidden', `no PriorityClass with name ${spec.priorityClassName ?? ''} was found`);
  }
  const [name, { value, preemptionPolicy = PREEMPTS }] = found;
  const { priority, preemptionPolicy: policy } = spec;
  if (priority !== undefined && priority !== null && priority !== value) {
    return mustNotBeProvided(`the integer value of priority (${priority})`, String(value));
  }
  if (policy !== undefined && policy !== null && policy !== preemptionPolicy) {
    return mustNotBeProvided(`the string value of PreemptionPolicy (${policy})`, preemptionPolicy);
  }
  return { ...(name === '' ? {} : { priorityClassName: name }), priority: value, preemptionPolicy };
}

/** Of several default classes the one of the lowest value counts, so that nobody is raised by accident. */
function findClass(name: string, classes: PriorityClasses): readonly [string, PriorityClass] | undefined {
  if (name !== '') {
    const named = Object.hasOwn(classes, name) ? classes[name] : undefined;
    return named === undefined ? undefined : [name, named];
  }
  const defaults = Object.entries(classes).filter(([, { globalDefault }]) => globalDefault === true);
  defaults.sort(([nameA, a], [nameB, b]) => a.value - b.value || compareKeys(nameA, nameB));
  return defaults[0] ?? NO_CLASS;
}

function mustNotBeProvided(what: string, computed: string): ApiFailure {
  const plugin = `priority admission controller computed ${computed} from the given PriorityClass name`;
  return apiFailure('Forbidden', `${what} must not be provided in pod spec; ${plugin}`);
}
