/** Whether an object says all that a partial one demands, as in KUTTL: maps as subsets, lists element by element. */
import { compareKeys } from '@everynode/core/api/meta';
import type { Json } from '@everynode/sim/plan';

/**
 * The first difference, by path: `status.numberAvailable is 88, demanded 90`; undefined where there is none. Lists must
 * be equally long, and numbers are never equal to text. Null demands that the field is absent or null.
 */
export function findDifference(demanded: Json, actual: unknown, path = ''): string | undefined {
  if (Array.isArray(demanded)) return findListDifference(demanded as readonly Json[], actual, path);
  if (demanded === null) return actual === undefined || actual === null ? undefined : differs(path, demanded, actual);
  if (typeof demanded !== 'object') return demanded === actual ? undefined : differs(path, demanded, actual);
  if (typeof actual !== 'object' || actual === null || Array.isArray(actual)) return differs(path, demanded, actual);
  const fields = actual as Readonly<Record<string, unknown>>;
  for (const [key, value] of Object.entries(demanded).sort(([a], [b]) => compareKeys(a, b))) {
    const field = Object.hasOwn(fields, key) ? fields[key] : undefined;
    const difference = findDifference(value, field, pathOf(path, key));
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function findListDifference(demanded: readonly Json[], actual: unknown, path: string): string | undefined {
  if (!Array.isArray(actual)) return differs(path, demanded, actual);
  if (actual.length !== demanded.length) return `${path} has ${actual.length} elements, demanded ${demanded.length}`;
  for (const [at, element] of demanded.entries()) {
    const difference = findDifference(element, actual[at], `${path}[${at}]`);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function pathOf(path: string, key: string): string {
  if (!/^[A-Za-z_][\w-]*$/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === '' ? key : `${path}.${key}`;
}

function differs(path: string, demanded: Json, actual: unknown): string {
  return `${path === '' ? 'it' : path} is ${show(actual)}, demanded ${show(demanded)}`;
}

function show(value: unknown): string {
  if (value === undefined) return 'absent';
  const text = JSON.stringify(value);
  return text.length <= 80 ? text : `${text.slice(0, 77)}…`;
}
