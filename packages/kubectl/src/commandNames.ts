/** The commands that the real kubectl has, to tell an unknown one from one that is not done here. Twin: spf13/cobra SuggestionsFor. */

/** In the order of the client's help, in which it makes suggestions. */
export const KUBECTL_COMMANDS: readonly string[] = `
create expose run set explain get edit delete rollout scale autoscale certificate cluster-info top cordon uncordon drain
taint describe logs attach exec port-forward proxy cp auth debug events diff apply patch replace wait kustomize label
annotate completion api-resources config plugin version api-versions options help`
  .trim()
  .split(/\s/);

/** What `kubectl set` can set. */
export const SET_COMMANDS: readonly string[] = ['env', 'image', 'resources', 'selector', 'serviceaccount', 'subject'];

/** Letters that may be wrong. */
const DISTANCE_MAX = 2;

/** The commands that somebody who wrote `word` may have meant. */
export function findSuggestions(word: string): readonly string[] {
  const lower = word.toLowerCase();
  return KUBECTL_COMMANDS.filter((name) => name.startsWith(lower) || editDistance(lower, name) <= DISTANCE_MAX);
}

/** How many letters must be put in, left out or replaced to make one word of the other. */
function editDistance(from: string, to: string): number {
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [at, letter] of Array.from(from).entries()) {
    const next = [at + 1];
    for (const [column, other] of Array.from(to).entries()) {
      const replaced = (row[column] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(replaced, (row[column + 1] ?? 0) + 1, (next[column] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? 0;
}
