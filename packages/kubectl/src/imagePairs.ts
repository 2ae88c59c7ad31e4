/** Which arguments of `kubectl set image` are resources, and which say an image. Twin: kubectl cmd/util GetResourcesAndPairs, ParsePairs. */

export type ImagePairs =
  | { readonly ok: true; readonly resources: readonly string[]; readonly images: Readonly<Record<string, string>> }
  | { readonly ok: false; readonly error: string };

/** `container=image` after the resources; of several for one container the last counts. */
export function parseImagePairs(args: readonly string[]): ImagePairs {
  // `name-` removes in other commands; here it is a pair all the same, and a malformed one.
  const isPair = (word: string): boolean => isAssignment(word) || (word.endsWith('-') && word !== '-');
  const start = args.findIndex(isPair);
  const [resources, pairs] = start === -1 ? [args, []] : [args.slice(0, start), args.slice(start)];
  const late = pairs.find((word) => !isPair(word));
  if (late !== undefined) {
    return { ok: false, error: `all resources must be specified before image changes: ${late}` };
  }
  const malformed = pairs.filter((word) => !isAssignment(word));
  if (malformed.length > 0) return { ok: false, error: `invalid image format: ${malformed.join(', ')}` };
  const images = pairs.map((pair): [string, string] => {
    const at = pair.indexOf('=');
    return [pair.slice(0, at), pair.slice(at + 1)];
  });
  return { ok: true, resources, images: Object.fromEntries(images) };
}

function isAssignment(word: string): boolean {
  return word.indexOf('=') > 0;
}
