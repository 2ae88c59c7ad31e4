/**
 * PriorityClasses of the manifests: the simulated server knows the two that are built in, so a pod that names another
 * one gets its number instead of its name. A name that nobody defines is left as it is: the server refuses such pods.
 */
import type { JsonObject } from './scenario.ts';
import type { Workload } from './workload.ts';

/** Name → value. */
export type PriorityClasses = ReadonlyMap<string, number>;

const BUILT_IN = ['system-node-critical', 'system-cluster-critical'];

/** The class that an object defines, if it is one; the last of two with one name wins, as with `kubectl apply`. */
export function readPriorityClass(object: JsonObject): readonly [string, number] | undefined {
  const { kind, value, metadata } = object as {
    readonly kind?: unknown;
    readonly value?: unknown;
    readonly metadata?: { readonly name?: unknown } | null;
  };
  const name = metadata?.name;
  return kind === 'PriorityClass' && typeof name === 'string' && Number.isInteger(value)
    ? [name, value as number]
    : undefined;
}

export interface Prioritized {
  readonly object: Workload;
  readonly notice: string | undefined;
}

/** The object with the number of its class, and what its user should know about that. */
export function withPriority(object: Workload, classes: PriorityClasses): Prioritized {
  const spec = object.kind === 'DaemonSet' ? object.spec.template.spec : object.spec;
  const { priorityClassName: name, ...rest } = spec;
  if (name === undefined || name === '' || BUILT_IN.includes(name)) return { object, notice: undefined };
  const value = classes.get(name);
  if (value === undefined) {
    const notice = `no manifest has PriorityClass ${name}: as in a cluster without it, pods that name it are refused; add it to the manifests`;
    return { object, notice };
  }
  const numbered = { ...rest, priority: value };
  const notice = `PriorityClass ${name} takes part as its number, ${value}`;
  if (object.kind === 'Pod') return { object: { ...object, spec: numbered }, notice };
  return {
    object: { ...object, spec: { ...object.spec, template: { ...object.spec.template, spec: numbered } } },
    notice,
  };
}
