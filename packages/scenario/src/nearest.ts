/** "Did you mean": the known name closest to a misspelt one. */
import { distance } from 'fastest-levenshtein';
import { compareKeys } from '@everynode/core/api/meta';

/** Lists longer than this are cut: the nearest name is the help, the list only the way to look further. */
const NAMES_SHOWN_MAX = 24;
/** Names longer than this are garbage, and measuring their distance is quadratic. */
const NAME_LENGTH_MAX = 200;

/** The known name within a third of the length, at least 2 letters off at most; letter case counts little. Ties: by name. */
export function findNearest(name: string, known: readonly string[]): string | undefined {
  if (name.length > NAME_LENGTH_MAX) return undefined;
  const wanted = name.toLowerCase();
  const limit = Math.max(2, Math.trunc(name.length / 3));
  let nearest: { readonly name: string; readonly off: number } | undefined;
  for (const each of [...known].sort(compareKeys)) {
    const off = distance(wanted, each.toLowerCase());
    if (off <= limit && (nearest === undefined || off < nearest.off)) nearest = { name: each, off };
  }
  return nearest?.name;
}

/** `unknown fault "WatchLagg"; did you mean WatchLag? (faults: ApiError, …)`. */
export function unknownName(what: string, plural: string, name: string, known: readonly string[]): string {
  const nearest = findNearest(name, known);
  const advice = nearest === undefined ? `write one of the known ${plural}` : `did you mean ${nearest}?`;
  return `unknown ${what} ${JSON.stringify(name)}; ${advice} (${plural}: ${listNames(known)})`;
}

export function listNames(names: readonly string[]): string {
  if (names.length === 0) return 'none';
  const shown = names.slice(0, NAMES_SHOWN_MAX).join(', ');
  return names.length > NAMES_SHOWN_MAX ? `${shown}, … ${names.length - NAMES_SHOWN_MAX} more` : shown;
}
