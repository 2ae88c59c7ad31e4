/** Selectors as `kubectl` and the API write them: `a=b,tier in (x,y),!legacy`. Twin: apimachinery labels Requirement.String. */
import type { LabelSelector } from '../api/daemonSet.ts';
import { compareKeys } from '../api/meta.ts';
import type { NodeSelectorRequirement } from '../api/node.ts';

/** Requirements in the order given; the values of a set are sorted. */
export function formatRequirements(requirements: readonly NodeSelectorRequirement[]): string {
  return requirements.map(formatRequirement).join(',');
}

/** A label selector, by key; `<none>` where nothing is required. */
export function formatLabelSelector(selector: LabelSelector | undefined): string {
  const pairs = Object.entries(selector?.matchLabels ?? {}).map(([key, value]) => ({ key, text: `${key}=${value}` }));
  const expressions = (selector?.matchExpressions ?? []).map((requirement) => ({
    key: requirement.key,
    text: formatRequirement(requirement),
  }));
  const all = [...pairs, ...expressions].sort((a, b) => compareKeys(a.key, b.key));
  return all.length === 0 ? '<none>' : all.map(({ text }) => text).join(',');
}

function formatRequirement({ key, operator, values = [] }: NodeSelectorRequirement): string {
  const [first = ''] = values;
  const set = `(${[...values].sort(compareKeys).join(',')})`;
  switch (operator) {
    case 'In':
      return `${key} in ${set}`;
    case 'NotIn':
      return `${key} notin ${set}`;
    case 'Exists':
      return key;
    case 'DoesNotExist':
      return `!${key}`;
    case 'Gt':
      return `${key}>${first}`;
    case 'Lt':
      return `${key}<${first}`;
    default:
      return `${key} ${operator} ${set}`;
  }
}
