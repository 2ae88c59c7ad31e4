/** Equality as the API sees it, which the stored JSON does not show. Twin: apimachinery api/equality. Rules: DS-V4, DS-V9. */
import { isDeepEqual } from './canonicalJson.ts';
import { isObject } from './patch.ts';

/** A list, a map or a text without content is the same as none. */
export function isSemanticallyEqual(a: unknown, b: unknown): boolean {
  return isDeepEqual(a, b) || isDeepEqual(withoutEmpty(a), withoutEmpty(b));
}

function withoutEmpty(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? undefined : value.map(withoutEmpty);
  if (!isObject(value)) return value === null || value === '' ? undefined : value;
  const kept = Object.entries(value)
    .map(([key, inner]) => [key, withoutEmpty(inner)] as const)
    .filter(([, inner]) => inner !== undefined);
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}
