/** Paths as `--sort-by` and custom columns take them: with or without braces, with or without the dot. Twin: kubectl get RelaxedJSONPathExpression. */
import { parseJsonPath, type Parsed } from './jsonPathParser.ts';

const RELAXED = /^\{\.?([^{}]+)\}$|^\.?([^{}]+)$/;

export function parseRelaxedPath(
  text: string,
): { readonly ok: true; readonly parse: () => Parsed } | { readonly ok: false; readonly error: string } {
  if (text === '') return { ok: true, parse: () => parseJsonPath('') };
  const match = RELAXED.exec(text);
  if (match === null) {
    const forms = "'name1.name2' or '.name1.name2' or '{name1.name2}' or '{.name1.name2}'";
    return { ok: false, error: `unexpected path string, expected a ${forms}` };
  }
  return { ok: true, parse: () => parseJsonPath(`{.${match[1] ?? match[2] ?? ''}}`) };
}
