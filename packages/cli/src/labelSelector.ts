/** Label selectors as kubectl's `-l` takes them: `tier=regression,area!=rollout,pack in (a,b),!slow`. */
import type { LabelSelectorRequirement } from '@everynode/core/api/daemonSet';
import { matchesLabelSelector } from '@everynode/core/match/selectors';
import { UsageError } from './usageError.ts';

const PART =
  /\s*(?:(!?)([A-Za-z0-9][-A-Za-z0-9_./]*)(?:\s*(==|=|!=)\s*([-A-Za-z0-9_.]*)|\s+(in|notin)\s*\(([^)]*)\))?)\s*(,|$)/y;

/** Whether the selector picks the labels. Throws `UsageError` where it is none. */
export function matchesSelector(selector: string, labels: Readonly<Record<string, string>>): boolean {
  return matchesLabelSelector({ matchExpressions: parseSelector(selector) }, labels);
}

function parseSelector(text: string): readonly LabelSelectorRequirement[] {
  const requirements: LabelSelectorRequirement[] = [];
  const pattern = new RegExp(PART);
  let isEnd = false;
  while (!isEnd) {
    const match = pattern.exec(text);
    if (match === null)
      throw new UsageError(
        `${JSON.stringify(text)} is no label selector; write one such as tier=regression or pack in (a,b)`,
      );
    const [, not, key = '', sign, value = '', set, values = '', end] = match;
    if (set !== undefined)
      requirements.push({
        key,
        operator: set === 'in' ? 'In' : 'NotIn',
        values: values.split(',').map((each) => each.trim()),
      });
    else if (sign !== undefined) requirements.push({ key, operator: sign === '!=' ? 'NotIn' : 'In', values: [value] });
    else requirements.push({ key, operator: not === '!' ? 'DoesNotExist' : 'Exists' });
    isEnd = end === '';
  }
  return requirements;
}
