/** Labels of before 1.14 follow those that took their place. Twin: node_lifecycle_controller.go reconcileNodeLabels. Rules: N-18. */
import type { Node } from '@everynode/core/api/node';

/** New name → the old one that must say the same, and is added where it is missing. */
const FOLLOWERS: Readonly<Record<string, string>> = {
  'kubernetes.io/os': 'beta.kubernetes.io/os',
  'kubernetes.io/arch': 'beta.kubernetes.io/arch',
};

/** What must be written onto the node; undefined: nothing. */
export function missingLabels({ metadata }: Node): Readonly<Record<string, string>> | undefined {
  const labels = metadata.labels ?? {};
  const missing = Object.entries(FOLLOWERS).flatMap(([name, follower]): readonly (readonly [string, string])[] => {
    const value = labels[name];
    return value === undefined || labels[follower] === value ? [] : [[follower, value]];
  });
  return missing.length === 0 ? undefined : Object.fromEntries(missing);
}
