/** PriorityClasses of the manifests: they are there from the start of the run, and who names one that is not is told so. */
import { BUILT_IN_PRIORITY_CLASSES, type PriorityClass, type PriorityClasses } from '@everynode/core/api/priorityClass';
import type { JsonObject } from './scenario.ts';
import type { Workload } from './workload.ts';

/** The class that an object defines, and its name; undefined: it is no PriorityClass, or one without name or value. */
export function readPriorityClass(object: JsonObject): readonly [string, PriorityClass] | undefined {
  const { kind, value, metadata, preemptionPolicy, globalDefault } = object as {
    readonly kind?: unknown;
    readonly value?: unknown;
    readonly metadata?: { readonly name?: unknown } | null;
    readonly preemptionPolicy?: unknown;
    readonly globalDefault?: unknown;
  };
  const name = metadata?.name;
  if (kind !== 'PriorityClass' || typeof name !== 'string' || !Number.isInteger(value)) return undefined;
  return [
    name,
    {
      value: value as number,
      ...(typeof preemptionPolicy === 'string' ? { preemptionPolicy } : {}),
      ...(globalDefault === true ? { globalDefault } : {}),
    },
  ];
}

/** One notice for each class that is named and that neither a manifest nor the cluster has. */
export function findMissingClasses(objects: readonly Workload[], classes: PriorityClasses): readonly string[] {
  const known = { ...classes, ...BUILT_IN_PRIORITY_CLASSES };
  const names = objects.map((object) => podSpecOf(object)?.priorityClassName ?? '');
  const missing = [...new Set(names)].filter((name) => name !== '' && !Object.hasOwn(known, name));
  return missing.map(
    (name) =>
      `no manifest has PriorityClass ${name}: as in a cluster without it, pods that name it are refused; add it to the manifests`,
  );
}

function podSpecOf(object: Workload): { readonly priorityClassName?: string } | undefined {
  if (object.kind === 'DaemonSet') return object.spec.template.spec;
  return object.kind === 'Pod' ? object.spec : undefined;
}
