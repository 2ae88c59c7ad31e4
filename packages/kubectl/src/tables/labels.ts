/** Labels in a cell: `app=agent,tier=gold`. Twin: apimachinery labels.FormatLabels. */
import { compareKeys } from '@everynode/core/api/meta';

/** By key; `<none>` where there are none. */
export function formatLabels(labels: Readonly<Record<string, string>>): string {
  const keys = Object.keys(labels).sort(compareKeys);
  return keys.length === 0 ? '<none>' : keys.map((key) => `${key}=${labels[key] ?? ''}`).join(',');
}
